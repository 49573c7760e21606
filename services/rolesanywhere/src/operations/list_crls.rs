//! ListCrls: the revocation lists of the account in this region.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Rest, Result};

use crate::crl::{Crl, CrlDetail};
use crate::page::{self, Input};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct ListCrls;

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    next_token: Option<String>,
    crls: Vec<CrlDetail>,
}

impl Operation for ListCrls {
    const NAME: &'static str = "ListCrls";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"pageSize": 10}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("GET", "/crls").request(page::PLACES));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let (found, next_token) = page::read::<Crl>(call, input).await?;
        let crls = found.iter().map(|one| CrlDetail::from(&one.value)).collect();
        Ok(Output { next_token, crls })
    }
}
