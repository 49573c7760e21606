//! Where things are stored.
//!
//! ```text
//! ACCOUNT/REGION/sns/topic/TOPIC                   a topic
//! ACCOUNT/REGION/sns/subscription/TOPIC/ID         a subscription
//! ACCOUNT/REGION/sns/unsubscribed/TOPIC/ID         one that can still be restored
//! ACCOUNT/REGION/sns/endpoint/TOPIC/HASH           which subscription an endpoint has
//! OWNER/REGION/sns/subscribed/ACCOUNT/TOPIC/ID     the subscriptions of an account
//! ACCOUNT/REGION/sns/message/ID                    a message that is not delivered everywhere yet
//! ACCOUNT/REGION/sns/delivery/MESSAGE/ID           its delivery to a subscription
//! ACCOUNT/REGION/sns/deduplication/TOPIC/HASH      a message of a FIFO topic, for five minutes
//! ACCOUNT/REGION/sns/failure/TIME/ID               a delivery that was given up
//! due/sns/message/TIME/ACCOUNT/REGION/ID           messages to be fanned out
//! due/sns/delivery/TIME/ACCOUNT/REGION/MESSAGE/ID  deliveries to be attempted
//! due/sns/end/TIME/KEY                             what is deleted then, under its key
//! system/sns/signing/key                           what messages are signed with
//! system/sns/signing/certificate/ID                certificates that messages name
//! ```
//! Times are milliseconds since the epoch with 15 digits, so that keys sort as time does.

use data_encoding::HEXLOWER;
use strongroom_api::Timestamp;
use strongroom_store::Range;

use crate::arn::TopicArn;

/// Messages to be fanned out.
pub const MESSAGES: &str = "due/sns/message/";
/// Deliveries to be attempted.
pub const DELIVERIES: &str = "due/sns/delivery/";
/// What is deleted when its time has come.
pub const ENDS: &str = "due/sns/end/";
/// What messages are signed with.
pub const SIGNING_KEY: &str = "system/sns/signing/key";

/// The prefix of everything of SNS in an account and region.
pub fn home(account: &str, region: &str) -> String {
    format!("{account}/{region}/sns/")
}

/// A topic; the prefix of all with an empty name.
pub fn topic(account: &str, region: &str, name: &str) -> String {
    format!("{account}/{region}/sns/topic/{name}")
}

/// A subscription; the prefix of the topic's with an empty id.
pub fn subscription(topic: &TopicArn, id: &str) -> String {
    of_topic(topic, "subscription", id)
}

/// A subscription that can still be restored.
pub fn unsubscribed(topic: &TopicArn, id: &str) -> String {
    of_topic(topic, "unsubscribed", id)
}

/// Which subscription an endpoint has.
pub fn endpoint(topic: &TopicArn, protocol: &str, endpoint: &str) -> String {
    of_topic(topic, "endpoint", &hash(&[protocol, "\0", endpoint].concat()))
}

/// What a deduplication id stands for.
pub fn deduplication(topic: &TopicArn, id: &str) -> String {
    of_topic(topic, "deduplication", &hash(id))
}

/// An entry of the subscriptions of `owner`; the prefix of all without a topic.
pub fn subscribed(owner: &str, region: &str, of: Option<(&TopicArn, &str)>) -> String {
    let place = of.map(|(topic, id)| format!("{}/{}/{id}", topic.account, topic.name));
    format!("{owner}/{region}/sns/subscribed/{}", place.unwrap_or_default())
}

/// A message.
pub fn message(topic: &TopicArn, id: &str) -> String {
    home(&topic.account, &topic.region) + "message/" + id
}

/// The delivery of a message to a subscription; the prefix of all of the message with an empty id.
pub fn delivery(account: &str, region: &str, message: &str, subscription: &str) -> String {
    format!("{account}/{region}/sns/delivery/{message}/{subscription}")
}

/// The prefix of the deliveries that an account's region has given up.
pub fn failures(account: &str, region: &str) -> String {
    home(account, region) + "failure/"
}

/// The certificate with this id.
pub fn certificate(id: &str) -> String {
    format!("system/sns/signing/certificate/{id}")
}

/// An entry of an index of what is due.
pub fn due(index: &str, at: Timestamp, rest: &str) -> String {
    format!("{index}{:015}/{rest}", at.millis())
}

/// What is due at `now`.
pub fn due_at(index: &str, now: Timestamp) -> Range {
    Range::new(index, format!("{index}{:015}0", now.millis()))
}

/// The time of an entry of an index of what is due, and the rest of its key.
pub fn read_due<'k>(index: &str, key: &'k str) -> Option<(Timestamp, &'k str)> {
    let (time, rest) = key.strip_prefix(index)?.split_once('/')?;
    Some((Timestamp::from_millis(time.parse().ok()?), rest))
}

fn of_topic(topic: &TopicArn, kind: &str, rest: &str) -> String {
    let TopicArn { account, region, name } = topic;
    format!("{account}/{region}/sns/{kind}/{name}/{rest}")
}

fn hash(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    HEXLOWER.encode(&digest.as_ref()[..16])
}
