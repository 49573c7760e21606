//! DisableTrustAnchor: makes a trust anchor count no longer.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::{self, Found};
use crate::shapes::TrustAnchorId;
use crate::trust_anchor::{TrustAnchor, TrustAnchorReply};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct DisableTrustAnchor;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    trust_anchor_id: TrustAnchorId,
}

impl Operation for DisableTrustAnchor {
    const NAME: &'static str = "DisableTrustAnchor";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"trustAnchorId": "0f0e0d0c-0b0a-4908-8706-050403020100"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("POST", "/trustanchor/{trustAnchorId}/disable"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Found<TrustAnchor>;
    type Output = TrustAnchorReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<TrustAnchor>> {
        find::find(call, &input.trust_anchor_id.0).await
    }

    async fn run(
        call: &Call<'_>,
        _: &Input,
        found: Authorized<Found<TrustAnchor>>,
    ) -> Result<TrustAnchorReply> {
        let changed = call.service.enable(call, &found.read, false).await?;
        Ok((&changed).into())
    }
}
