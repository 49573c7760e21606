//! ListJoinTokens: the tokens of the account that are good, and those that were not long ago. What is
//! written on them is not known here.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result};

use crate::page::{self, Input};
use crate::token::{Summary, Token};
use crate::{Call, Hosts, paths};

/// The operation.
pub struct ListJoinTokens;

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    tokens: Vec<Summary>,
    next_token: Option<String>,
}

impl Operation for ListJoinTokens {
    const NAME: &'static str = "ListJoinTokens";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"MaxResults": 10}"#;

    type Service = Hosts;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let (found, next_token) =
            page::read::<Token>(call, input, &paths::tokens(&account.0)).await?;
        let tokens = found.iter().map(|one| Summary::from(&one.value)).collect();
        Ok(Output { tokens, next_token })
    }
}
