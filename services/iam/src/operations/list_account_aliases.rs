//! ListAccountAliases: tells the name of the account.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::page::Wanted;
use crate::shape::{Marker, MaxItems};
use crate::{Call, Iam};

/// The operation.
pub struct ListAccountAliases;

/// The request.
#[derive(Shape)]
pub struct Input {
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    account_aliases: Vec<String>,
    is_truncated: bool,
}

impl Operation for ListAccountAliases {
    const NAME: &'static str = "ListAccountAliases";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Account>) -> Result<Output> {
        Wanted::read(input.marker.as_ref(), input.max_items)?;
        let ledger = call.service.ledger(&target.0).await?;
        let alias = ledger.and_then(|ledger| ledger.alias.clone());
        Ok(Output { account_aliases: alias.into_iter().collect(), is_truncated: false })
    }
}
