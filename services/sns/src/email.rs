//! Mails: what people read.

use crate::document::Links;
use crate::message::{Kind, Message};
use crate::subscription::Subscription;
use crate::topic::Topic;

/// A mail, ready to be sent.
pub struct Written {
    /// The name of the sender.
    pub from_name: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The link that ends the subscription.
    pub unsubscribe: Option<String>,
}

/// The mail that carries `message`. `json` is the document of the protocol `email-json`.
pub fn write(
    message: &Message,
    text: &str,
    subscription: &Subscription,
    topic: Option<&Topic>,
    links: &Links,
    json: Option<String>,
) -> Written {
    let from_name = topic.and_then(|topic| topic.attribute("DisplayName"));
    let (subject, body) = match &message.kind {
        Kind::Notification => {
            let subject = message.subject.as_deref().unwrap_or("AWS Notification Message");
            (subject, notification(text, subscription, links))
        }
        Kind::SubscriptionConfirmation { token } => {
            ("AWS Notification - Subscription Confirmation", question(message, token, links))
        }
        Kind::UnsubscribeConfirmation { token } => (
            "AWS Notification - Unsubscribe Confirmation",
            farewell(message, token, subscription, links),
        ),
    };
    let unsubscribe = message.kind == Kind::Notification;
    Written {
        from_name: from_name.unwrap_or("AWS Notifications").to_owned(),
        subject: subject.to_owned(),
        body: json.unwrap_or(body),
        unsubscribe: unsubscribe.then(|| links.unsubscribe(&subscription.arn())),
    }
}

fn notification(text: &str, subscription: &Subscription, links: &Links) -> String {
    format!(
        "{text}\n\n--\nIf you wish to stop receiving notifications from this topic, please click or \
         visit the link below to unsubscribe:\n{}\n\nPlease do not reply directly to this email.\n",
        links.unsubscribe(&subscription.arn())
    )
}

fn question(message: &Message, token: &str, links: &Links) -> String {
    let topic = message.topic_arn();
    format!(
        "You have chosen to subscribe to the topic:\n{topic}\n\nTo confirm this subscription, click \
         or visit the link below (If this was in error no action is necessary):\n{}\n\nPlease do \
         not reply directly to this email.\n",
        links.subscribe(&topic, token)
    )
}

fn farewell(message: &Message, token: &str, gone: &Subscription, links: &Links) -> String {
    format!(
        "Your subscription to the topic below has been deactivated:\n{}\n\nIf this was in error, \
         click or visit the link below to restore the subscription {}:\n{}\n",
        message.topic_arn(),
        gone.arn(),
        links.subscribe(&message.topic_arn(), token)
    )
}
