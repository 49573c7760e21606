//! ListSubscriptions: lists the subscriptions of the caller's account, to topics of any account.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::shapes::ShownSubscription;
use crate::{Call, Sns, error, find, page, paths};

/// ListSubscriptions.
pub struct ListSubscriptions;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Where to go on.
    pub next_token: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The subscriptions.
    pub subscriptions: Vec<ShownSubscription>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for ListSubscriptions {
    const NAME: &'static str = "ListSubscriptions";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Sns;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(find::everything(call))
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let prefix = paths::subscribed(&account.0, call.region, None);
        let rest = page::rest(&prefix, input.next_token.as_deref())?;
        let records = &call.service.records;
        let found = records.scan_index(rest, Direction::Forward, page::PAGE).await;
        let found = found.map_err(error::of_record)?;
        let last = found.entries.last().filter(|_| found.more);
        let next_token = last.map(|(key, _)| page::token(&prefix, key));
        let mut subscriptions = Vec::with_capacity(found.entries.len());
        for (_, key) in &found.entries {
            let subscription = call.service.read_subscription(key).await?;
            subscriptions.extend(subscription.map(|found| found.shown()));
        }
        Ok(Output { subscriptions, next_token })
    }
}
