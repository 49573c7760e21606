//! Shapes that several operations share.

use std::collections::BTreeMap;

use strongroom_api::{Blob, Reply, Sensitive, Shape};

/// Attributes of a topic or a subscription.
pub type Attributes = BTreeMap<String, String>;

/// An attribute of a message as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
pub struct MessageAttributeValue {
    /// `String`, `Number`, `Binary` or `String.Array`, possibly with a label behind a dot.
    pub data_type: String,
    /// The value of all but `Binary`.
    pub string_value: Option<Sensitive<String>>,
    /// The value of `Binary`.
    pub binary_value: Option<Sensitive<Blob>>,
}

/// An ARN that tags are asked for by.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=1011)]
pub struct ResourceArn(pub String);

/// A topic as lists show it.
#[derive(Debug, Reply)]
pub struct ShownTopic {
    /// Its ARN.
    pub topic_arn: String,
}

/// A subscription as lists show it.
#[derive(Debug, Reply)]
pub struct ShownSubscription {
    /// Its ARN, or `PendingConfirmation`.
    pub subscription_arn: String,
    /// The account that subscribed.
    pub owner: String,
    /// How it is delivered to.
    pub protocol: &'static str,
    /// Where to.
    pub endpoint: String,
    /// The topic.
    pub topic_arn: String,
}
