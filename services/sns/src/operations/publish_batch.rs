//! PublishBatch: sends up to ten messages to everybody who subscribed to a topic.

use std::collections::{BTreeMap, BTreeSet};

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Reply, Result, Sensitive, Shape,
};

use crate::publish::{self, MOST_BYTES, Sent};
use crate::shapes::MessageAttributeValue;
use crate::topic::Found;
use crate::{Call, Sns, error, find};

/// PublishBatch.
pub struct PublishBatch;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: String,
    /// The messages.
    pub publish_batch_request_entries: Vec<Entry>,
}

/// One message of a batch.
#[derive(Debug, Shape)]
pub struct Entry {
    /// What it is called in the reply.
    pub id: String,
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
    /// The messages that were taken.
    pub successful: Vec<Taken>,
    /// Those that were not.
    pub failed: Vec<Refused>,
}

/// A message that was taken.
#[derive(Debug, Reply)]
pub struct Taken {
    /// What it is called in the request.
    pub id: String,
    /// The id of the message.
    pub message_id: String,
    /// Its place in the order of a FIFO topic.
    pub sequence_number: Option<String>,
}

/// A message that was not taken.
#[derive(Debug, Reply)]
pub struct Refused {
    /// What it is called in the request.
    pub id: String,
    /// Why.
    pub code: String,
    /// Why, in words.
    pub message: String,
    /// Whether the sender is to blame.
    pub sender_fault: bool,
}

/// AWS's limit.
const MOST_ENTRIES: usize = 10;

impl Operation for PublishBatch {
    const NAME: &'static str = "PublishBatch";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts", "PublishBatchRequestEntries": [{"Id": "1", "Message": "PLANTED-hunter2-VALUE"}]}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::topic(call, &input.topic_arn).await
    }

    fn demands<'t>(_: &'t Input, topic: &'t Found) -> Demands<'t> {
        // There is no permission of its own for batches.
        Demands::from_iter([Demand::of("sns:Publish", topic)])
    }

    async fn run(call: &Call<'_>, input: &Input, topic: Authorized<Found>) -> Result<Output> {
        let entries = &input.publish_batch_request_entries;
        check_ids(entries)?;
        let (mut taken, mut messages, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            match publish::check(&topic, &entry.sent()) {
                Ok(message) => {
                    messages.push(message);
                    taken.push(entry.id.clone());
                }
                Err(refused) => {
                    let (code, message, sender_fault) = publish::refusal(&refused);
                    failed.push(Refused { id: entry.id.clone(), code, message, sender_fault });
                }
            }
        }
        if messages.iter().map(|message| message.bytes).sum::<usize>() > MOST_BYTES {
            return Err(error::batch_too_long());
        }
        let accepted = call.service.publish(call, &topic, messages).await?;
        let successful = taken.into_iter().zip(accepted).map(|(id, accepted)| Taken {
            id,
            message_id: accepted.message_id,
            sequence_number: accepted.sequence_number,
        });
        Ok(Output { successful: successful.collect(), failed })
    }
}

impl Entry {
    fn sent(&self) -> Sent<'_> {
        Sent {
            message: self.message.reveal(),
            subject: self.subject.as_ref().map(|subject| subject.reveal().as_str()),
            structure: self.message_structure.as_deref(),
            attributes: self.message_attributes.as_ref(),
            group: self.message_group_id.as_deref(),
            deduplication: self.message_deduplication_id.as_deref(),
        }
    }
}

fn check_ids(entries: &[Entry]) -> Result<()> {
    if entries.is_empty() {
        return Err(error::empty_batch());
    }
    if entries.len() > MOST_ENTRIES {
        return Err(error::batch_too_many());
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let is_id = |id: &str| (1..=80).contains(&id.len()) && id.bytes().all(plain);
    if entries.iter().any(|entry| !is_id(&entry.id)) {
        return Err(error::batch_id());
    }
    let ids: BTreeSet<_> = entries.iter().map(|entry| &entry.id).collect();
    if ids.len() < entries.len() {
        return Err(error::batch_ids_not_distinct());
    }
    Ok(())
}
