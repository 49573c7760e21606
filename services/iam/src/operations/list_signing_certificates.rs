//! ListSigningCertificates: lists the signing certificates of a user, of which there are none.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::found::KeyOwner;
use crate::page::Wanted;
use crate::shape::{ExistingUserName, Marker, MaxItems};
use crate::{Call, Iam};

/// The operation.
pub struct ListSigningCertificates;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: Option<ExistingUserName>,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    certificates: Vec<String>,
    is_truncated: bool,
}

impl Operation for ListSigningCertificates {
    const NAME: &'static str = "ListSigningCertificates";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = KeyOwner;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<KeyOwner> {
        call.service.find_key_owner(call, input.user_name.as_deref()).await
    }

    async fn run(_: &Call<'_>, input: &Input, _: Authorized<KeyOwner>) -> Result<Output> {
        Wanted::read(input.marker.as_ref(), input.max_items)?;
        Ok(Output { certificates: Vec::new(), is_truncated: false })
    }
}
