//! A topic.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use strongroom_api::{ResourceRule, Target, Timestamp};
use strongroom_policy::{Kind, Policy};
use strongroom_records::{Record, Stored};

use crate::arn::{self, TopicArn};

/// A topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Topic {
    /// Its account, region and name.
    #[serde(flatten)]
    pub place: Place,
    /// When it was created.
    pub created: Timestamp,
    /// What was set of its attributes, without the policy.
    pub attributes: BTreeMap<String, String>,
    /// Who may do what with it.
    pub policy: Attached,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// How many subscriptions are confirmed, pending and deleted lately.
    pub counts: Counts,
}

/// Account, region and name of a topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The name.
    pub name: String,
}

/// How many subscriptions a topic has.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Confirmed.
    pub confirmed: u32,
    /// Not confirmed yet.
    pub pending: u32,
    /// Cancelled, but still to be restored.
    pub deleted: u32,
    /// With a filter policy.
    pub filtered: u32,
}

/// A policy as it is attached: its text, compiled when it is first asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attached {
    text: String,
    #[serde(skip)]
    compiled: OnceLock<Option<Arc<Policy>>>,
}

impl Record for Topic {
    const KIND: &'static str = "topic";
}

impl Topic {
    /// Its ARN.
    pub fn arn(&self) -> String {
        arn::topic(&self.place.region, &self.place.account, &self.place.name)
    }

    /// Its ARN, taken apart.
    pub fn arn_parts(&self) -> TopicArn {
        let Place { account, region, name } = self.place.clone();
        TopicArn { region, account, name }
    }

    /// An attribute that was set.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether its messages keep their order.
    pub fn is_fifo(&self) -> bool {
        self.place.name.ends_with(arn::FIFO)
    }
}

impl Attached {
    /// A policy whose text has been checked.
    pub fn new(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// The policy that AWS gives a new topic: everything for the account itself, which is to say for
    /// services that act for the account.
    pub fn default_of(topic: &TopicArn) -> Self {
        let (arn, account) = (topic.text(), &topic.account);
        Self::new(format!(
            "{{\"Version\":\"2008-10-17\",\"Id\":\"__default_policy_ID\",\"Statement\":[{{\
             \"Sid\":\"__default_statement_ID\",\"Effect\":\"Allow\",\
             \"Principal\":{{\"AWS\":\"*\"}},\"Action\":[\"SNS:GetTopicAttributes\",\
             \"SNS:SetTopicAttributes\",\"SNS:AddPermission\",\"SNS:RemovePermission\",\
             \"SNS:DeleteTopic\",\"SNS:Subscribe\",\"SNS:ListSubscriptionsByTopic\",\
             \"SNS:Publish\"],\"Resource\":\"{arn}\",\"Condition\":{{\"StringEquals\":{{\
             \"AWS:SourceOwner\":\"{account}\"}}}}}}]}}"
        ))
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The policy, compiled.
    pub fn compiled(&self) -> Option<&Policy> {
        let parse = |text: &str| Policy::parse(text, Kind::Resource).ok().map(Arc::new);
        // A stored policy that no longer parses denies everything: its denials are unknown.
        self.compiled.get_or_init(|| parse(&self.text).or_else(|| parse(DENY_ALL))).as_deref()
    }
}

const DENY_ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}"#;

/// A topic that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its record.
    pub topic: Arc<Stored<Topic>>,
    /// Its ARN.
    pub arn: String,
}

impl Found {
    /// A topic that was read.
    pub fn new(topic: Arc<Stored<Topic>>) -> Self {
        let arn = topic.arn();
        Self { topic, arn }
    }
}

impl std::ops::Deref for Found {
    type Target = Topic;

    fn deref(&self) -> &Topic {
        &self.topic.value
    }
}

impl Target for Found {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.place.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let found = self.tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str())
    }

    fn rule(&self) -> ResourceRule<'_> {
        ResourceRule::Ordinary(self.policy.compiled())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_default_policy_is_one_that_the_engine_reads() {
        let topic = TopicArn {
            region: "us-east-1".into(),
            account: "123456789012".into(),
            name: "alerts".into(),
        };
        let policy = Attached::default_of(&topic);
        let compiled = policy.compiled().unwrap();
        assert_eq!(compiled.id(), Some("__default_policy_ID"));
        assert_eq!(compiled.statements()[0].actions().count(), 8);
        assert_eq!(compiled.text(), policy.text());
    }
}
