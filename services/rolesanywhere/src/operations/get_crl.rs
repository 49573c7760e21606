//! GetCrl: describes a revocation list.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::crl::{Crl, CrlReply};
use crate::find::{self, Found};
use crate::shapes::CrlId;
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct GetCrl;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    crl_id: CrlId,
}

impl Operation for GetCrl {
    const NAME: &'static str = "GetCrl";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"crlId": "0f0e0d0c-0b0a-4908-8706-050403020100"}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("GET", "/crl/{crlId}"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Found<Crl>;
    type Output = CrlReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Crl>> {
        find::find(call, &input.crl_id.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found<Crl>>) -> Result<CrlReply> {
        Ok((&found.read.value).into())
    }
}
