//! A message on its way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;
use strongroom_records::Record;

use crate::arn::{self, TopicArn};
use crate::filter_policy::Attribute;
use crate::message_attributes::MessageAttribute;

/// A message that is not delivered everywhere yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    /// Its id: a UUID.
    pub id: String,
    /// The account of the topic.
    pub account: String,
    /// The region of the topic.
    pub region: String,
    /// The name of the topic.
    pub topic: String,
    /// When it was published.
    pub published: Timestamp,
    /// What it is.
    pub kind: Kind,
    /// Its subject.
    pub subject: Option<String>,
    /// What is delivered.
    pub text: String,
    /// What is delivered instead by some protocols.
    pub texts: BTreeMap<String, String>,
    /// Its attributes.
    pub attributes: BTreeMap<String, MessageAttribute>,
    /// How it is signed: 1 or 2.
    pub signature_version: u8,
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// What somebody has published.
    Notification,
    /// The question whether an endpoint wants to subscribe.
    SubscriptionConfirmation {
        /// The token that says yes.
        token: String,
    },
    /// The news that a subscription was cancelled.
    UnsubscribeConfirmation {
        /// The token that restores it.
        token: String,
    },
}

impl Record for Message {
    const KIND: &'static str = "message";
}

impl Message {
    /// The topic.
    pub fn topic_arn(&self) -> String {
        arn::topic(&self.region, &self.account, &self.topic)
    }

    /// The topic, taken apart.
    pub fn place(&self) -> TopicArn {
        TopicArn {
            region: self.region.clone(),
            account: self.account.clone(),
            name: self.topic.clone(),
        }
    }

    /// What is delivered by `protocol`.
    pub fn text_for(&self, protocol: &str) -> &str {
        self.texts.get(protocol).unwrap_or(&self.text)
    }

    /// An attribute as filters see it.
    pub fn filterable(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name).map(MessageAttribute::filterable)
    }
}

impl Kind {
    /// AWS's name for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Notification => "Notification",
            Self::SubscriptionConfirmation { .. } => "SubscriptionConfirmation",
            Self::UnsubscribeConfirmation { .. } => "UnsubscribeConfirmation",
        }
    }

    /// The token that its link carries.
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Notification => None,
            Self::SubscriptionConfirmation { token } | Self::UnsubscribeConfirmation { token } => {
                Some(token)
            }
        }
    }
}
