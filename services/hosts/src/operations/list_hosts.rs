//! ListHosts: the hosts of the account.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result};

use crate::host::{Host, Summary};
use crate::page::{self, Input};
use crate::{Call, Hosts, paths};

/// The operation.
pub struct ListHosts;

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    hosts: Vec<Summary>,
    next_token: Option<String>,
}

impl Operation for ListHosts {
    const NAME: &'static str = "ListHosts";
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
            page::read::<Host>(call, input, &paths::hosts(&account.0)).await?;
        let hosts = found.iter().map(|one| Summary::from(&one.value)).collect();
        Ok(Output { hosts, next_token })
    }
}
