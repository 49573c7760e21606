//! GetSubject: describes somebody who has shown certificates.

use strongroom_api::{Audit, Authorized, Operation, Reply, Rest, Result, Shape};

use crate::find::{self, Found};
use crate::shapes::SubjectId;
use crate::subject::{Subject, SubjectDetail};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct GetSubject;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    subject_id: SubjectId,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    subject: SubjectDetail,
}

impl Operation for GetSubject {
    const NAME: &'static str = "GetSubject";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"subjectId": "0f0e0d0c-0b0a-4908-8706-050403020100"}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("GET", "/subject/{subjectId}"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Found<Subject>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Subject>> {
        find::find(call, &input.subject_id.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found<Subject>>) -> Result<Output> {
        Ok(Output { subject: (&found.read.value).into() })
    }
}
