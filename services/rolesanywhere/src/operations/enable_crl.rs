//! EnableCrl: makes a revocation list count again.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::crl::{Crl, CrlReply};
use crate::find::{self, Found};
use crate::shapes::CrlId;
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct EnableCrl;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    crl_id: CrlId,
}

impl Operation for EnableCrl {
    const NAME: &'static str = "EnableCrl";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"crlId": "0f0e0d0c-0b0a-4908-8706-050403020100"}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("POST", "/crl/{crlId}/enable"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Found<Crl>;
    type Output = CrlReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Crl>> {
        find::find(call, &input.crl_id.0).await
    }

    async fn run(call: &Call<'_>, _: &Input, found: Authorized<Found<Crl>>) -> Result<CrlReply> {
        let changed = call.service.enable(call, &found.read, true).await?;
        Ok((&changed).into())
    }
}
