//! ListSubscriptionsByTopic: lists the subscriptions to a topic.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::shapes::ShownSubscription;
use crate::subscription::Subscription;
use crate::topic::Found;
use crate::{Call, Sns, error, find, page, paths};

/// ListSubscriptionsByTopic.
pub struct ListSubscriptionsByTopic;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: String,
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

impl Operation for ListSubscriptionsByTopic {
    const NAME: &'static str = "ListSubscriptionsByTopic";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::topic(call, &input.topic_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, topic: Authorized<Found>) -> Result<Output> {
        let prefix = paths::subscription(&topic.arn_parts(), "");
        let rest = page::rest(&prefix, input.next_token.as_deref())?;
        let records = &call.service.records;
        let found = records.scan::<Subscription>(rest, Direction::Forward, page::PAGE).await;
        let found = found.map_err(error::of_record)?;
        let last = found.records.last().filter(|_| found.more);
        let next_token = last.map(|last| page::token(&prefix, &last.key));
        let subscriptions = found.records.iter().map(|found| found.shown()).collect();
        Ok(Output { subscriptions, next_token })
    }
}
