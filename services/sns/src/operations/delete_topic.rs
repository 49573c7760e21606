//! DeleteTopic: deletes a topic with all its subscriptions. One that is not there does not matter.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::{self, Nascent};
use crate::{Call, Sns};

/// DeleteTopic.
pub struct DeleteTopic;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: String,
}

impl Operation for DeleteTopic {
    const NAME: &'static str = "DeleteTopic";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Nascent;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Nascent> {
        Nascent::find(call, find::topic_arn(call, &input.topic_arn)?).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Nascent>) -> Result<()> {
        let Some(found) = &target.found else { return Ok(()) };
        call.service.remove_all(&target.place).await?;
        // Whoever subscribed meanwhile has changed the topic, and then this starts anew.
        let mut changes = call.service.records.changes();
        changes.remove(&*found.topic);
        call.service.commit(changes).await
    }
}
