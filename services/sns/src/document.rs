//! What is sent: the JSON documents of SNS, and what of them is signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use strongroom_api::Timestamp;

use crate::message::{Kind, Message};
use crate::subscription::Subscription;

/// How a message looks from outside: its links.
pub struct Links {
    /// Where this server is reached.
    pub base_url: String,
}

/// What the signature of a message needs.
pub struct Signed {
    /// The signature.
    pub bytes: Vec<u8>,
    /// The id of the certificate that verifies it.
    pub certificate: String,
}

/// Everything that stands in a query as it is, beside letters and digits; colons too, as AWS leaves
/// them.
const IN_QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

impl Links {
    /// The link that confirms or restores a subscription.
    pub fn subscribe(&self, topic_arn: &str, token: &str) -> String {
        let topic_arn = utf8_percent_encode(topic_arn, IN_QUERY);
        format!("{}/?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}", self.base_url)
    }

    /// The link that cancels a subscription.
    pub fn unsubscribe(&self, subscription_arn: &str) -> String {
        let arn = utf8_percent_encode(subscription_arn, IN_QUERY);
        format!("{}/?Action=Unsubscribe&SubscriptionArn={arn}", self.base_url)
    }

    /// Where the certificate with this id is.
    pub fn certificate(&self, id: &str) -> String {
        format!("{}/SimpleNotificationService-{id}.pem", self.base_url)
    }
}

/// What a confirmation says to people.
pub fn question(topic_arn: &str) -> String {
    format!(
        "You have chosen to subscribe to the topic {topic_arn}.\nTo confirm the subscription, visit \
         the SubscribeURL included in this message."
    )
}

/// What a cancellation says to people.
pub fn farewell(subscription_arn: &str) -> String {
    format!(
        "You have chosen to deactivate subscription {subscription_arn}.\nTo cancel this operation \
         and restore the subscription, visit the SubscribeURL included in this message."
    )
}

/// `2026-01-31T10:20:30.123Z`
pub fn time(at: Timestamp) -> String {
    let seconds = at.iso8601();
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), at.millis().rem_euclid(1_000))
}

/// What of a message is signed, as AWS documents it: names and values in the order of the names.
pub fn signed_text(message: &Message, text: &str, links: &Links) -> String {
    let topic_arn = message.topic_arn();
    let published = time(message.published);
    let mut pairs = vec![("Message", text), ("MessageId", &message.id)];
    let link;
    match message.kind.token() {
        Some(token) => {
            link = links.subscribe(&topic_arn, token);
            pairs.extend([("SubscribeURL", &*link), ("Timestamp", &*published), ("Token", token)]);
        }
        None => {
            pairs.extend(message.subject.as_deref().map(|subject| ("Subject", subject)));
            pairs.push(("Timestamp", &published));
        }
    }
    pairs.extend([("TopicArn", &*topic_arn), ("Type", message.kind.name())]);
    pairs.iter().flat_map(|(name, value)| [*name, "\n", *value, "\n"]).collect()
}

/// The document that HTTP endpoints and `email-json` get.
pub fn of_web(
    message: &Message,
    text: &str,
    subscription: &Subscription,
    signed: &Signed,
    links: &Links,
) -> String {
    let mut document = begin(message, text, signed);
    document.insert("SigningCertURL".into(), json!(links.certificate(&signed.certificate)));
    match message.kind.token() {
        Some(token) => {
            let link = links.subscribe(&message.topic_arn(), token);
            document.insert("Token".into(), json!(token));
            document.insert("SubscribeURL".into(), json!(link));
        }
        None => {
            let link = links.unsubscribe(&subscription.arn());
            document.insert("UnsubscribeURL".into(), json!(link));
            if !message.attributes.is_empty() {
                document.insert("MessageAttributes".into(), attributes(message));
            }
        }
    }
    written(document)
}

/// The event that functions get.
pub fn of_function(
    message: &Message,
    text: &str,
    subscription: &Subscription,
    signed: &Signed,
    links: &Links,
) -> String {
    let mut document = begin(message, text, signed);
    document.entry("Subject").or_insert(Value::Null);
    document.insert("SigningCertUrl".into(), json!(links.certificate(&signed.certificate)));
    match message.kind.token() {
        Some(token) => {
            let link = links.subscribe(&message.topic_arn(), token);
            document.insert("Token".into(), json!(token));
            document.insert("SubscribeUrl".into(), json!(link));
        }
        None => {
            let link = links.unsubscribe(&subscription.arn());
            document.insert("UnsubscribeUrl".into(), json!(link));
        }
    }
    document.insert("MessageAttributes".into(), attributes(message));
    json!({"Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription.arn(),
        "Sns": document,
    }]})
    .to_string()
}

fn begin(message: &Message, text: &str, signed: &Signed) -> Map<String, Value> {
    let mut document = Map::new();
    let mut insert = |name: &str, value: Value| document.insert(name.to_owned(), value);
    insert("Type", json!(message.kind.name()));
    insert("MessageId", json!(message.id));
    insert("TopicArn", json!(message.topic_arn()));
    if let (Kind::Notification, Some(subject)) = (&message.kind, &message.subject) {
        insert("Subject", json!(subject));
    }
    insert("Message", json!(text));
    insert("Timestamp", json!(time(message.published)));
    insert("SignatureVersion", json!(message.signature_version.to_string()));
    insert("Signature", json!(STANDARD.encode(&signed.bytes)));
    document
}

fn attributes(message: &Message) -> Value {
    let shown = message.attributes.iter().map(|(name, attribute)| {
        (name.clone(), json!({"Type": attribute.data_type, "Value": attribute.value}))
    });
    Value::Object(shown.collect())
}

/// Indented by two spaces, as AWS sends it.
fn written(document: Map<String, Value>) -> String {
    let document = Value::Object(document);
    serde_json::to_string_pretty(&document).unwrap_or_else(|_| document.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn message(kind: Kind, subject: Option<&str>) -> Message {
        Message {
            id: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324".into(),
            account: "123456789012".into(),
            region: "us-west-2".into(),
            topic: "MyTopic".into(),
            published: Timestamp::from_millis(1_335_999_844_937),
            kind,
            subject: subject.map(str::to_owned),
            text: "Hello world!".into(),
            texts: BTreeMap::new(),
            attributes: BTreeMap::new(),
            signature_version: 1,
        }
    }

    fn links() -> Links {
        Links { base_url: "https://sns.example.com".into() }
    }

    /// The example of AWS's page "Verifying the signatures of Amazon SNS messages".
    #[test]
    fn a_notification_is_signed_over_what_aws_documents() {
        let with = message(Kind::Notification, Some("My First Message"));
        assert_eq!(
            signed_text(&with, "Hello world!", &links()),
            "Message\nHello world!\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\n\
             Subject\nMy First Message\nTimestamp\n2012-05-02T23:04:04.937Z\n\
             TopicArn\narn:aws:sns:us-west-2:123456789012:MyTopic\nType\nNotification\n"
        );
        let without = message(Kind::Notification, None);
        assert!(!signed_text(&without, "Hello world!", &links()).contains("Subject"));
    }

    #[test]
    fn a_confirmation_is_signed_with_its_link_and_token() {
        let asked = message(Kind::SubscriptionConfirmation { token: "2336".into() }, None);
        assert_eq!(
            signed_text(&asked, "x", &links()),
            "Message\nx\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\n\
             SubscribeURL\nhttps://sns.example.com/?Action=ConfirmSubscription&TopicArn=\
             arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336\n\
             Timestamp\n2012-05-02T23:04:04.937Z\nToken\n2336\n\
             TopicArn\narn:aws:sns:us-west-2:123456789012:MyTopic\nType\nSubscriptionConfirmation\n"
        );
    }
}
