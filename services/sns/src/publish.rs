//! Publishing: what a message may be, and how it is stored.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strongroom_api::{Timestamp, random_uuid};
use strongroom_records::{Changes, Record};
use strongroom_wire::{Error, Result};

use crate::message::{Kind, Message};
use crate::message_attributes::{self, MessageAttribute};
use crate::shapes::MessageAttributeValue;
use crate::topic::Topic;
use crate::write::signature_version;
use crate::{Call, Sns, due, error, paths};

/// AWS's limit on a message with its attributes, in bytes.
pub const MOST_BYTES: usize = 262_144;
const SUBJECT_CHARS: usize = 100;
/// How long a FIFO topic remembers what it has got.
const DEDUPLICATION_MILLIS: i64 = 300_000;

/// A message as it is sent.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// The text, or JSON with a text for each protocol.
    pub message: &'a str,
    /// The subject.
    pub subject: Option<&'a str>,
    /// `json`, or nothing.
    pub structure: Option<&'a str>,
    /// The attributes.
    pub attributes: Option<&'a BTreeMap<String, MessageAttributeValue>>,
    /// The group of a FIFO topic within which messages are ordered.
    pub group: Option<&'a str>,
    /// What tells two messages of a FIFO topic apart.
    pub deduplication: Option<&'a str>,
}

/// A message that has been checked.
pub struct Checked {
    text: String,
    texts: BTreeMap<String, String>,
    subject: Option<String>,
    attributes: BTreeMap<String, MessageAttribute>,
    deduplication: Option<String>,
    /// How many bytes count against AWS's limit.
    pub bytes: usize,
}

/// What the publisher is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Accepted {
    /// The id of the message.
    pub message_id: String,
    /// Its place in the order of a FIFO topic.
    pub sequence_number: Option<String>,
}

impl Record for Accepted {
    const KIND: &'static str = "deduplication";
}

/// Checks a message.
///
/// # Errors
/// AWS's.
pub fn check(topic: &Topic, sent: &Sent<'_>) -> Result<Checked> {
    if sent.message.is_empty() {
        return Err(error::invalid_parameter("Empty message"));
    }
    check_subject(sent.subject)?;
    let (attributes, attribute_bytes) = message_attributes::read(sent.attributes)?;
    let bytes = sent.message.len() + attribute_bytes;
    if bytes > MOST_BYTES {
        return Err(error::invalid_parameter("Message too long"));
    }
    let (text, texts) = match sent.structure {
        None | Some("") => (sent.message.to_owned(), BTreeMap::new()),
        Some("json") => structured(sent.message)?,
        Some(_) => return Err(error::invalid_parameter("MessageStructure")),
    };
    let deduplication = deduplication(topic, sent)?;
    let subject = sent.subject.map(str::to_owned);
    Ok(Checked { text, texts, subject, attributes, deduplication, bytes })
}

fn check_subject(subject: Option<&str>) -> Result<()> {
    let Some(subject) = subject else { return Ok(()) };
    let plain = subject.bytes().all(|b| (b' '..=b'~').contains(&b));
    let starts = subject.bytes().next().is_some_and(|b| b.is_ascii_graphic());
    match plain && starts && subject.len() <= SUBJECT_CHARS {
        true => Ok(()),
        false => Err(error::invalid_parameter("Subject")),
    }
}

/// A text for each protocol, and the one for all others.
fn structured(message: &str) -> Result<(String, BTreeMap<String, String>)> {
    let fault = |what: &str| error::invalid_parameter(format!("Message Structure - {what}"));
    let body: Value =
        serde_json::from_str(message).map_err(|_| fault("JSON message body failed to parse"))?;
    let Value::Object(body) = body else {
        return Err(fault("JSON message body failed to parse"));
    };
    let mut texts = BTreeMap::new();
    for (protocol, text) in body {
        // AWS passes over protocols whose text is none.
        if let Value::String(text) = text {
            texts.insert(protocol, text);
        }
    }
    let text = texts.remove("default");
    let text = text.ok_or_else(|| fault("No default entry in JSON message body"))?;
    Ok((text, texts))
}

fn deduplication(topic: &Topic, sent: &Sent<'_>) -> Result<Option<String>> {
    let printable = |text: &str| {
        !text.is_empty() && text.len() <= 128 && text.bytes().all(|b| b.is_ascii_graphic())
    };
    for (name, given) in
        [("MessageGroupId", sent.group), ("MessageDeduplicationId", sent.deduplication)]
    {
        if given.is_some_and(|text| !printable(text)) {
            return Err(error::invalid_parameter(name));
        }
    }
    if !topic.is_fifo() {
        return match sent.deduplication {
            None => Ok(None),
            Some(_) => Err(error::invalid_parameter(
                "MessageDeduplicationId Reason: The request includes MessageDeduplicationId \
                 parameter that is not valid for this topic type",
            )),
        };
    }
    if sent.group.is_none() {
        return Err(error::invalid_parameter(
            "The MessageGroupId parameter is required for FIFO topics",
        ));
    }
    match (sent.deduplication, topic.attribute("ContentBasedDeduplication")) {
        (Some(id), _) => Ok(Some(format!("id/{id}"))),
        (None, Some("true")) => Ok(Some(format!("body/{}", sent.message))),
        (None, _) => Err(error::invalid_parameter(
            "The topic should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly",
        )),
    }
}

impl Sns {
    /// Stores messages for everybody who subscribed to `topic`; all of them, or none.
    ///
    /// # Errors
    /// A conflict, or a fault of ours.
    pub(crate) async fn publish(
        &self,
        call: &Call<'_>,
        topic: &Topic,
        messages: Vec<Checked>,
    ) -> Result<Vec<Accepted>> {
        let mut changes = self.records.changes();
        let mut accepted = Vec::with_capacity(messages.len());
        for message in messages {
            accepted.push(self.publish_one(call, topic, message, &mut changes).await?);
        }
        if !changes.is_empty() {
            self.commit(changes).await?;
        }
        Ok(accepted)
    }

    async fn publish_one(
        &self,
        call: &Call<'_>,
        topic: &Topic,
        message: Checked,
        changes: &mut Changes<'_>,
    ) -> Result<Accepted> {
        let name = |id: &String| paths::deduplication(&topic.arn_parts(), id);
        let known = message.deduplication.as_ref().map(name);
        if let Some(key) = &known {
            let found = self.records.get::<Accepted>(key).await.map_err(error::of_record)?;
            if let Some(found) = found {
                return Ok(found.value.clone());
            }
        }
        let sequence_number = topic.is_fifo().then(|| self.next_in_order(call.now));
        let message_id = random_uuid(call.entropy).to_string();
        let accepted = Accepted { message_id, sequence_number };
        if let Some(key) = &known {
            changes.create(key, &accepted).map_err(error::of_record)?;
            let ends = call.now.plus_millis(DEDUPLICATION_MILLIS);
            changes.index(&paths::due(paths::ENDS, ends, key), "");
        }
        if topic.counts.confirmed > 0 {
            let message = message.into_message(call, topic, accepted.message_id.clone());
            due::publish(changes, &message).map_err(error::of_record)?;
        }
        Ok(accepted)
    }

    /// A number that rises from message to message: the time, and what sets two of a moment apart.
    fn next_in_order(&self, now: Timestamp) -> String {
        let floor = u64::try_from(now.millis()).unwrap_or_default() * 1_000;
        let next = |last: u64| Some(last.saturating_add(1).max(floor));
        let update = self.sequence.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let last = update.unwrap_or_default();
        format!("1{:019}", last.saturating_add(1).max(floor))
    }
}

impl Checked {
    fn into_message(self, call: &Call<'_>, topic: &Topic, id: String) -> Message {
        Message {
            id,
            account: topic.place.account.clone(),
            region: topic.place.region.clone(),
            topic: topic.place.name.clone(),
            published: call.now,
            kind: Kind::Notification,
            subject: self.subject,
            text: self.text,
            texts: self.texts,
            attributes: self.attributes,
            signature_version: signature_version(topic),
        }
    }
}

/// The code that an entry of a batch is refused with, and whether the sender is to blame.
pub fn refusal(error: &Error) -> (String, String, bool) {
    let code = error.code(strongroom_wire::Family::Query).to_owned();
    (code, error.message().to_owned(), !error.is_internal())
}
