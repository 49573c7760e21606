//! GetTrustAnchor: describes a trust anchor.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::{self, Found};
use crate::shapes::TrustAnchorId;
use crate::trust_anchor::{TrustAnchor, TrustAnchorReply};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct GetTrustAnchor;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    trust_anchor_id: TrustAnchorId,
}

impl Operation for GetTrustAnchor {
    const NAME: &'static str = "GetTrustAnchor";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"trustAnchorId": "0f0e0d0c-0b0a-4908-8706-050403020100"}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("GET", "/trustanchor/{trustAnchorId}"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Found<TrustAnchor>;
    type Output = TrustAnchorReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<TrustAnchor>> {
        find::find(call, &input.trust_anchor_id.0).await
    }

    async fn run(
        _: &Call<'_>,
        _: &Input,
        found: Authorized<Found<TrustAnchor>>,
    ) -> Result<TrustAnchorReply> {
        Ok((&found.read.value).into())
    }
}
