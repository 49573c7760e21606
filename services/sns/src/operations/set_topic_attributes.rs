//! SetTopicAttributes: sets one attribute of a topic, its policy among them.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::topic::Found;
use crate::{Call, Sns, error, find, topic_attributes};

/// SetTopicAttributes.
pub struct SetTopicAttributes;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: String,
    /// Which attribute.
    pub attribute_name: String,
    /// Its value; empty to take it away.
    pub attribute_value: Option<String>,
}

impl Operation for SetTopicAttributes {
    const NAME: &'static str = "SetTopicAttributes";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts", "AttributeName": "DisplayName", "AttributeValue": "Alerts"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::topic(call, &input.topic_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, topic: Authorized<Found>) -> Result<()> {
        let value = input.attribute_value.as_deref().unwrap_or_default();
        let mut changed = topic.topic.value.clone();
        topic_attributes::set(&mut changed, &input.attribute_name, value)?;
        let mut changes = call.service.records.changes();
        changes.replace(&topic.topic, &changed).map_err(error::of_record)?;
        call.service.commit(changes).await
    }
}
