//! UpdateTrustAnchor: changes the name or the certificates of a trust anchor.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::{self, Found};
use crate::shapes::{ResourceName, Source, TrustAnchorId};
use crate::trust_anchor::{self, TrustAnchor, TrustAnchorReply};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct UpdateTrustAnchor;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    trust_anchor_id: TrustAnchorId,
    name: Option<ResourceName>,
    source: Option<Source>,
    crl_dp_revocation_enabled: Option<bool>,
}

impl Operation for UpdateTrustAnchor {
    const NAME: &'static str = "UpdateTrustAnchor";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"trustAnchorId": "0f0e0d0c-0b0a-4908-8706-050403020100", "name": "machines"}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("PATCH", "/trustanchor/{trustAnchorId}"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Found<TrustAnchor>;
    type Output = TrustAnchorReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<TrustAnchor>> {
        find::find(call, &input.trust_anchor_id.0).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found<TrustAnchor>>,
    ) -> Result<TrustAnchorReply> {
        trust_anchor::check_revocation(input.crl_dp_revocation_enabled)?;
        let edit = |anchor: &mut TrustAnchor| {
            if let Some(name) = &input.name {
                anchor.facts.name.clone_from(&name.0);
            }
            if let Some(source) = &input.source {
                anchor.certificates = trust_anchor::bundle(source)?;
            }
            Ok(())
        };
        let changed = call.service.change(call, &found.read, edit).await?;
        Ok((&changed).into())
    }
}
