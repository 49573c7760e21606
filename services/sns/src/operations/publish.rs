//! Publish: sends a message to everybody who subscribed to a topic.

use std::collections::BTreeMap;

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Sensitive, Shape};

use crate::publish::{self, Sent};
use crate::shapes::MessageAttributeValue;
use crate::topic::Found;
use crate::{Call, Sns, error, find};

/// Publish.
pub struct Publish;

/// Its request.
#[derive(Debug, Default, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: Option<String>,
    /// The topic, in the words of mobile push.
    pub target_arn: Option<String>,
    /// A telephone, which nobody can reach here.
    pub phone_number: Option<Sensitive<String>>,
    /// The message.
    pub message: Sensitive<String>,
    /// Its subject, for mails.
    pub subject: Option<Sensitive<String>>,
    /// `json` for a message with a text for each protocol.
    pub message_structure: Option<String>,
    /// Its attributes.
    pub message_attributes: Option<BTreeMap<String, MessageAttributeValue>>,
    /// What tells two messages of a FIFO topic apart.
    pub message_deduplication_id: Option<String>,
    /// The group within which messages of a FIFO topic are ordered.
    pub message_group_id: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The id of the message.
    pub message_id: String,
    /// Its place in the order of a FIFO topic.
    pub sequence_number: Option<String>,
}

impl Publish {
    /// What another service publishes: an alarm, an event.
    #[must_use]
    pub fn input(topic_arn: &str, subject: Option<&str>, message: String) -> Input {
        Input {
            topic_arn: Some(topic_arn.to_owned()),
            subject: subject.map(|subject| Sensitive::new(subject.to_owned())),
            message: Sensitive::new(message),
            ..Input::default()
        }
    }
}

impl Input {
    /// The same with attributes: names, types and values.
    #[must_use]
    pub fn with(mut self, attributes: &[(String, String, String)]) -> Self {
        let value = |kind: &String, text: &String| MessageAttributeValue {
            data_type: kind.clone(),
            string_value: Some(Sensitive::new(text.clone())),
            binary_value: None,
        };
        let all = attributes.iter().map(|(name, kind, text)| (name.clone(), value(kind, text)));
        self.message_attributes = (!attributes.is_empty()).then(|| all.collect());
        self
    }
}

impl Operation for Publish {
    const NAME: &'static str = "Publish";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts", "Subject": "A secret was read", "Message": "PLANTED-hunter2-VALUE"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        if input.phone_number.is_some() {
            return Err(error::invalid_parameter(
                "PhoneNumber Reason: no telephone network is connected to this server",
            ));
        }
        match (&input.topic_arn, &input.target_arn) {
            (Some(arn), None) | (None, Some(arn)) => find::topic(call, arn).await,
            _ => Err(error::invalid_parameter(
                "TopicArn or TargetArn Reason: no value for required parameter",
            )),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, topic: Authorized<Found>) -> Result<Output> {
        let sent = Sent {
            message: input.message.reveal(),
            subject: input.subject.as_ref().map(|subject| subject.reveal().as_str()),
            structure: input.message_structure.as_deref(),
            attributes: input.message_attributes.as_ref(),
            group: input.message_group_id.as_deref(),
            deduplication: input.message_deduplication_id.as_deref(),
        };
        let message = publish::check(&topic, &sent)?;
        let accepted = call.service.publish(call, &topic, vec![message]).await?;
        let accepted = accepted.into_iter().next();
        let accepted = accepted.ok_or_else(|| error::internal("a message was lost"))?;
        Ok(Output { message_id: accepted.message_id, sequence_number: accepted.sequence_number })
    }
}
