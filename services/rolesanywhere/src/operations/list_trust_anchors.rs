//! ListTrustAnchors: the trust anchors of the account in this region.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Rest, Result};

use crate::page::{self, Input};
use crate::trust_anchor::{TrustAnchor, TrustAnchorDetail};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct ListTrustAnchors;

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    next_token: Option<String>,
    trust_anchors: Vec<TrustAnchorDetail>,
}

impl Operation for ListTrustAnchors {
    const NAME: &'static str = "ListTrustAnchors";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"pageSize": 10}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/trustanchors").request(page::PLACES));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let (found, next_token) = page::read::<TrustAnchor>(call, input).await?;
        let trust_anchors = found.iter().map(|one| TrustAnchorDetail::from(&one.value)).collect();
        Ok(Output { next_token, trust_anchors })
    }
}
