//! Deliveries and what becomes due, as it is written.

use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;
use strongroom_records::{Changes, Record, RecordError};

use crate::message::Message;
use crate::paths;

/// The delivery of a message to a subscription.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// The account of the topic.
    pub account: String,
    /// The region of the topic.
    pub region: String,
    /// The topic.
    pub topic: String,
    /// The message.
    pub message: String,
    /// The subscription.
    pub subscription: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub due: Timestamp,
    /// Whether it was put off until then because its subscription takes only so many in a second.
    #[serde(default)]
    pub has_turn: bool,
}

impl Record for Delivery {
    const KIND: &'static str = "delivery";
}

impl Delivery {
    /// The delivery of `message` to the subscription with this id, due at once.
    pub fn new(message: &Message, subscription: &str, now: Timestamp) -> Self {
        Self {
            account: message.account.clone(),
            region: message.region.clone(),
            topic: message.topic.clone(),
            message: message.id.clone(),
            subscription: subscription.to_owned(),
            attempts: 0,
            due: now,
            has_turn: false,
        }
    }

    /// Where it stands.
    pub fn key(&self) -> String {
        paths::delivery(&self.account, &self.region, &self.message, &self.subscription)
    }

    /// Where it stands among what is due.
    pub fn due_key(&self) -> String {
        let rest = [&*self.account, &*self.region, &*self.message, &*self.subscription].join("/");
        paths::due(paths::DELIVERIES, self.due, &rest)
    }
}

/// How long after it was published a message is first looked at for whether everybody has it.
const FIRST_LOOK_MILLIS: i64 = 30_000;

/// Stores a message that is to be fanned out.
pub fn publish(changes: &mut Changes<'_>, message: &Message) -> Result<(), RecordError> {
    changes.create(&paths::message(&message.place(), &message.id), message)?;
    changes.index(&fan_out_key(message), "");
    Ok(())
}

/// Stores a message for one subscription.
pub fn send_to(
    changes: &mut Changes<'_>,
    message: &Message,
    subscription: &str,
) -> Result<(), RecordError> {
    let key = paths::message(&message.place(), &message.id);
    changes.create(&key, message)?;
    deliver_to(changes, message, subscription, message.published)?;
    forget_message_at(changes, &key, message.published.plus_millis(FIRST_LOOK_MILLIS));
    Ok(())
}

/// Stores a delivery and that it is due.
pub fn deliver_to(
    changes: &mut Changes<'_>,
    message: &Message,
    subscription: &str,
    now: Timestamp,
) -> Result<(), RecordError> {
    let delivery = Delivery::new(message, subscription, now);
    changes.put(&delivery.key(), &delivery)?;
    changes.index(&delivery.due_key(), "");
    Ok(())
}

/// Where a message stands among those to be fanned out.
pub fn fan_out_key(message: &Message) -> String {
    let rest = [&*message.account, &*message.region, &*message.id].join("/");
    paths::due(paths::MESSAGES, message.published, &rest)
}

/// Has the message under `key` looked at, and forgotten if nothing of it is left to be delivered.
pub fn forget_message_at(changes: &mut Changes<'_>, key: &str, at: Timestamp) {
    changes.index(&paths::due(paths::ENDS, at, key), "");
}

/// The same from now on.
pub fn forget_message(changes: &mut Changes<'_>, message: &Message, now: Timestamp) {
    let key = paths::message(&message.place(), &message.id);
    forget_message_at(changes, &key, now.plus_millis(FIRST_LOOK_MILLIS));
}
