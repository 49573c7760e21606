//! RemovePermission: takes a statement out of a topic's policy.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::topic::{Attached, Found};
use crate::{Call, Sns, error, find, permission};

/// RemovePermission.
pub struct RemovePermission;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: String,
    /// What the statement is called.
    pub label: String,
}

impl Operation for RemovePermission {
    const NAME: &'static str = "RemovePermission";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts", "Label": "partner"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::topic(call, &input.topic_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, topic: Authorized<Found>) -> Result<()> {
        let mut changed = topic.topic.value.clone();
        changed.policy = Attached::new(permission::remove(topic.policy.text(), &input.label)?);
        let mut changes = call.service.records.changes();
        changes.replace(&topic.topic, &changed).map_err(error::of_record)?;
        call.service.commit(changes).await
    }
}
