//! ListTopics: lists the topics of an account and region.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::shapes::ShownTopic;
use crate::topic::Topic;
use crate::{Call, Sns, error, find, page, paths};

/// ListTopics.
pub struct ListTopics;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Where to go on.
    pub next_token: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The topics.
    pub topics: Vec<ShownTopic>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for ListTopics {
    const NAME: &'static str = "ListTopics";
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
        let prefix = paths::topic(&account.0, call.region, "");
        let rest = page::rest(&prefix, input.next_token.as_deref())?;
        let records = &call.service.records;
        let found = records.scan::<Topic>(rest, Direction::Forward, page::PAGE).await;
        let found = found.map_err(error::of_record)?;
        let last = found.records.last().filter(|_| found.more);
        let next_token = last.map(|last| page::token(&prefix, &last.key));
        let shown = |topic: &Topic| ShownTopic { topic_arn: topic.arn() };
        let topics = found.records.iter().map(|found| shown(&found.value)).collect();
        Ok(Output { topics, next_token })
    }
}
