//! Subscribe: has messages of a topic delivered to an endpoint, once that agrees.

use strongroom_api::{
    Audit, Authorized, Operation, Reply, Result, Sensitive, Shape, Values, random_uuid,
};

use crate::endpoint::{self, Protocol};
use crate::shapes::Attributes;
use crate::subscription::{State, Subscription};
use crate::subscription_attributes::{self, MOST_FILTERED};
use crate::topic::Found;
use crate::write::CONFIRMATION_MILLIS;
use crate::{Call, Sns, error, find, paths};

/// Subscribe.
pub struct Subscribe;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: String,
    /// How to deliver: `https`.
    pub protocol: String,
    /// Where to.
    pub endpoint: Option<Sensitive<String>>,
    /// Attributes of the subscription.
    pub attributes: Option<Attributes>,
    /// Whether to tell the ARN of a subscription that is not confirmed yet.
    pub return_subscription_arn: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The subscription, or `pending confirmation`.
    pub subscription_arn: String,
}

/// AWS's limit on the subscriptions of a topic.
const MOST_SUBSCRIPTIONS: u32 = 12_500_000;

impl Operation for Subscribe {
    const NAME: &'static str = "Subscribe";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts", "Protocol": "https", "Endpoint": "https://example.com/alerts"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::topic(call, &input.topic_arn).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        match key {
            "sns:protocol" => Some(Values::one(&input.protocol)),
            "sns:endpoint" => input.endpoint.as_ref().map(|text| Values::one(text.reveal())),
            _ => None,
        }
    }

    async fn run(call: &Call<'_>, input: &Input, topic: Authorized<Found>) -> Result<Output> {
        let protocol = Protocol::read(&input.protocol)?;
        let endpoint = input.endpoint.as_ref().map_or("", |text| text.reveal());
        protocol.check(endpoint)?;
        if topic.is_fifo() {
            return Err(error::invalid_parameter(
                "Invalid parameter: Endpoint Reason: Please use FIFO SQS queue",
            ));
        }
        let nothing = Attributes::new();
        let given = input.attributes.as_ref().unwrap_or(&nothing);
        let attributes = subscription_attributes::initial(protocol, given)?;
        let shown = |subscription: &Subscription| Output {
            subscription_arn: match input.return_subscription_arn {
                Some(true) => subscription.arn(),
                _ if subscription.is_pending() => "pending confirmation".to_owned(),
                _ => subscription.arn(),
            },
        };

        let (service, place) = (call.service, topic.arn_parts());
        let mut changes = service.records.changes();
        if let Some(found) = service.holder(&place, protocol.text(), endpoint).await? {
            if !subscription_attributes::agree(&found, &attributes) {
                return Err(error::invalid_parameter(
                    "Attributes Reason: Subscription already exists with different attributes",
                ));
            }
            let mut again = found.value.clone();
            if let State::Pending { ends, .. } = &found.state {
                // Whoever asks again has lost the first message, or its time is nearly over.
                if *ends != call.now.plus_millis(CONFIRMATION_MILLIS) {
                    changes.delete(&paths::due(paths::ENDS, *ends, &found.key));
                }
                service.ask(call, &mut changes, &topic, &mut again)?;
                changes.replace(&found, &again).map_err(error::of_record)?;
                service.commit(changes).await?;
            }
            return Ok(shown(&again));
        }

        let counts = topic.counts;
        if counts.confirmed.saturating_add(counts.pending) >= MOST_SUBSCRIPTIONS {
            return Err(error::too_many_subscriptions());
        }
        let id = random_uuid(call.entropy).to_string();
        let mut new = Subscription::new(&place, id, protocol, endpoint.to_owned());
        new.owner = call.caller.account().to_owned();
        new.principal = call.caller.arn().to_owned();
        new.attributes = attributes;
        if new.is_filtered() && counts.filtered >= MOST_FILTERED {
            return Err(error::too_many_filter_policies());
        }
        // A function of the caller's own account needs nobody's word beside the function's policy.
        let agreed = endpoint::function_account(endpoint) == Some(call.caller.account());
        new.authenticated = agreed;
        if !agreed {
            service.ask(call, &mut changes, &topic, &mut new)?;
        }
        let key = paths::subscription(&place, &new.id);
        changes.create(&key, &new).map_err(error::of_record)?;
        service.enlist(&mut changes, &new)?;
        service.recount(&mut changes, &topic.topic, |counts| {
            *(if agreed { &mut counts.confirmed } else { &mut counts.pending }) += 1;
            counts.filtered += u32::from(new.is_filtered());
        })?;
        service.commit(changes).await?;
        Ok(shown(&new))
    }
}
