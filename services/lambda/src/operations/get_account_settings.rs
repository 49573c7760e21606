//! GetAccountSettings: shows what an account may use, and uses.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Rest, Result, Shape};
use strongroom_store::{Direction, Range};

use crate::function::Function;
use crate::{Call, Lambda, code, error, paths};

/// The operation.
pub struct GetAccountSettings;

/// Its request: nothing.
#[derive(Debug, Shape)]
pub struct Input;

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    account_limit: AccountLimit,
    account_usage: AccountUsage,
}

#[derive(Debug, Reply)]
struct AccountLimit {
    total_code_size: u64,
    code_size_unzipped: u64,
    code_size_zipped: u64,
    concurrent_executions: u32,
    unreserved_concurrent_executions: u32,
}

#[derive(Debug, Reply)]
struct AccountUsage {
    total_code_size: u64,
    function_count: u64,
}

/// AWS's: 75 GiB.
const MOST_CODE: u64 = 80_530_636_800;
const PAGE: usize = 500;

impl Operation for GetAccountSettings {
    const NAME: &'static str = "GetAccountSettings";
    const EVENT: &'static str = "GetAccountSettings20160819";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";
    const REST: Option<&'static Rest> = Some(&Rest::new("GET", "/2016-08-19/account-settings"));

    type Service = Lambda;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, _: &Input, account: Authorized<Account>) -> Result<Output> {
        let capacity = call.service.ports.runner.capacity();
        let (mut reserved, mut usage) = (0, AccountUsage { total_code_size: 0, function_count: 0 });
        let mut range = Range::prefix(paths::functions(&account.0, call.region));
        loop {
            let page =
                call.service.records.scan::<Function>(range.clone(), Direction::Forward, PAGE);
            let page = page.await.map_err(error::storage)?;
            for function in &page.records {
                usage.function_count += 1;
                usage.total_code_size += function.latest.code.bytes;
                reserved += function.reserved_concurrency.unwrap_or_default();
            }
            match page.records.last().filter(|_| page.more) {
                Some(last) => range = range.after(&last.key),
                None => break,
            }
        }
        Ok(Output {
            account_limit: AccountLimit {
                total_code_size: MOST_CODE,
                code_size_unzipped: code::MOST_UNZIPPED,
                code_size_zipped: code::MOST_ZIPPED as u64,
                concurrent_executions: capacity,
                unreserved_concurrent_executions: capacity.saturating_sub(reserved),
            },
            account_usage: usage,
        })
    }
}
