//! GetTopicAttributes: tells everything about a topic.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shapes::Attributes;
use crate::topic::Found;
use crate::{Call, Sns, find, topic_attributes};

/// GetTopicAttributes.
pub struct GetTopicAttributes;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: String,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// Everything about it.
    pub attributes: Attributes,
}

impl Operation for GetTopicAttributes {
    const NAME: &'static str = "GetTopicAttributes";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::topic(call, &input.topic_arn).await
    }

    async fn run(_: &Call<'_>, _: &Input, topic: Authorized<Found>) -> Result<Output> {
        Ok(Output { attributes: topic_attributes::shown(&topic) })
    }
}
