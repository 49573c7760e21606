//! GetSubscriptionAttributes: tells everything about a subscription.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shapes::Attributes;
use crate::subscription::Subscribed;
use crate::{Call, Sns, find, subscription_attributes};

/// GetSubscriptionAttributes.
pub struct GetSubscriptionAttributes;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The subscription.
    pub subscription_arn: String,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// Everything about it.
    pub attributes: Attributes,
}

impl Operation for GetSubscriptionAttributes {
    const NAME: &'static str = "GetSubscriptionAttributes";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"SubscriptionArn": "arn:aws:sns:us-east-1:123456789012:alerts:6b0e71bd-7e97-4d97-80ce-4a0994e55286"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Subscribed;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subscribed> {
        find::subscription(call, &input.subscription_arn).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Subscribed>) -> Result<Output> {
        let topic = found.topic.as_ref().map(|topic| &topic.value);
        Ok(Output { attributes: subscription_attributes::shown(&found, topic) })
    }
}
