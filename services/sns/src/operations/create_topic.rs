//! CreateTopic: makes a topic, or tells the ARN of the one that is there.

use std::collections::BTreeMap;

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values};

use crate::arn::{self, TopicArn};
use crate::find::Nascent;
use crate::shapes::Attributes;
use crate::tag::{self, Tag};
use crate::topic::{Attached, Counts, Place, Topic};
use crate::{Call, Sns, error, paths, topic_attributes};

/// CreateTopic.
pub struct CreateTopic;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The name, which no other topic of the account and region has.
    pub name: String,
    /// Its attributes.
    pub attributes: Option<Attributes>,
    /// Its tags.
    pub tags: Option<Vec<Tag>>,
    /// What AWS would look for in messages.
    pub data_protection_policy: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The topic.
    pub topic_arn: String,
}

impl Operation for CreateTopic {
    const NAME: &'static str = "CreateTopic";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Name": "alerts", "Attributes": {"DisplayName": "Alerts"}, "Tags": [{"Key": "team", "Value": "payments"}]}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Nascent;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Nascent> {
        if !arn::is_topic_name(&input.name) {
            return Err(error::invalid_parameter("Topic Name"));
        }
        let place = TopicArn {
            region: call.region.to_owned(),
            account: call.caller.account().to_owned(),
            name: input.name.clone(),
        };
        Nascent::find(call, place).await
    }

    fn demands<'t>(input: &'t Input, topic: &'t Nascent) -> Demands<'t> {
        let tagging = input.tags.as_ref().filter(|tags| !tags.is_empty());
        let tagging = tagging.map(|_| Demand::of("sns:TagResource", topic));
        std::iter::once(Demand::own::<Self>(topic)).chain(tagging).collect()
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Nascent>, key: &str) -> Option<Values<'v>> {
        tag::condition(input.tags.as_ref(), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Nascent>) -> Result<Output> {
        if input.data_protection_policy.as_ref().is_some_and(|policy| !policy.is_empty()) {
            return Err(error::invalid_parameter(
                "DataProtectionPolicy Reason: messages are not searched for personal data here",
            ));
        }
        let nothing = Attributes::new();
        let given = input.attributes.as_ref().unwrap_or(&nothing);
        let (attributes, policy) = topic_attributes::initial(&target.place, given)?;
        let mut tags = BTreeMap::new();
        tag::add(&mut tags, input.tags.as_deref().unwrap_or_default())?;
        let topic_arn = target.place.text();
        if let Some(found) = &target.found {
            let differs = |what: &str| {
                error::invalid_parameter(format!(
                    "{what} Reason: Topic already exists with different {}",
                    what.to_lowercase()
                ))
            };
            if !topic_attributes::agree(found, given, &attributes) {
                return Err(differs("Attributes"));
            }
            if input.tags.as_ref().is_some_and(|sent| !sent.is_empty()) && tags != found.tags {
                return Err(differs("Tags"));
            }
            return Ok(Output { topic_arn });
        }
        let TopicArn { region, account, name } = target.place.clone();
        let key = paths::topic(&account, &region, &name);
        let topic = Topic {
            place: Place { account, region, name },
            created: call.now,
            attributes,
            policy: policy.unwrap_or_else(|| Attached::default_of(&target.place)),
            tags,
            counts: Counts::default(),
        };
        let mut changes = call.service.records.changes();
        changes.create(&key, &topic).map_err(error::of_record)?;
        call.service.commit(changes).await?;
        Ok(Output { topic_arn })
    }
}
