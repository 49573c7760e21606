//! SetSubscriptionAttributes: sets one attribute of a subscription.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::subscription::Subscribed;
use crate::subscription_attributes::{self, MOST_FILTERED};
use crate::{Call, Sns, error, find};

/// SetSubscriptionAttributes.
pub struct SetSubscriptionAttributes;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The subscription.
    pub subscription_arn: String,
    /// Which attribute.
    pub attribute_name: String,
    /// Its value; empty to take it away.
    pub attribute_value: Option<String>,
}

impl Operation for SetSubscriptionAttributes {
    const NAME: &'static str = "SetSubscriptionAttributes";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"SubscriptionArn": "arn:aws:sns:us-east-1:123456789012:alerts:6b0e71bd-7e97-4d97-80ce-4a0994e55286", "AttributeName": "RawMessageDelivery", "AttributeValue": "true"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Subscribed;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subscribed> {
        find::subscription(call, &input.subscription_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Subscribed>) -> Result<()> {
        let value = input.attribute_value.as_deref().unwrap_or_default();
        let mut changed = found.subscription.value.clone();
        subscription_attributes::set(&mut changed, &input.attribute_name, value)?;
        let mut changes = call.service.records.changes();
        changes.replace(&found.subscription, &changed).map_err(error::of_record)?;
        let (before, after) = (found.is_filtered(), changed.is_filtered());
        if let Some(topic) = found.topic.as_ref().filter(|_| before != after) {
            if after && topic.counts.filtered >= MOST_FILTERED {
                return Err(error::too_many_filter_policies());
            }
            call.service.recount(&mut changes, topic, |counts| {
                counts.filtered =
                    counts.filtered.saturating_sub(u32::from(before)) + u32::from(after);
            })?;
        }
        call.service.commit(changes).await
    }
}
