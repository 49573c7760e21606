//! UpdateCrl: replaces a revocation list, or renames it.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::crl::{Crl, CrlReply};
use crate::find::{self, Found};
use crate::shapes::{CrlData, CrlId, ResourceName};
use crate::{Call, RolesAnywhere, revocation};

/// The operation.
pub struct UpdateCrl;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    crl_id: CrlId,
    name: Option<ResourceName>,
    crl_data: Option<CrlData>,
}

impl Operation for UpdateCrl {
    const NAME: &'static str = "UpdateCrl";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"crlId": "0f0e0d0c-0b0a-4908-8706-050403020100", "name": "machines"}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("PATCH", "/crl/{crlId}"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Found<Crl>;
    type Output = CrlReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Crl>> {
        find::find(call, &input.crl_id.0).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found<Crl>>,
    ) -> Result<CrlReply> {
        let authorities = call.service.authorities(&found.read.trust_anchor_arn).await?;
        let edit = |crl: &mut Crl| {
            if let Some(name) = &input.name {
                crl.facts.name.clone_from(&name.0);
            }
            if let Some(data) = &input.crl_data {
                crl.der = revocation::read(&data.0.0, &authorities)?;
                crl.data.clone_from(&data.0.0);
            }
            Ok(())
        };
        let changed = call.service.change(call, &found.read, edit).await?;
        Ok((&changed).into())
    }
}
