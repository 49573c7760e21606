//! A subscription.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use strongroom_api::{Entropy, ResourceRule, Target, Timestamp};
use strongroom_records::{Record, Stored};

use crate::arn::TopicArn;
use crate::delivery_policy::{self, Manner, Retries};
use crate::endpoint::Protocol;
use crate::filter_policy::{FilterPolicy, Scope};
use crate::shapes::ShownSubscription;
use crate::topic::Topic;

/// A subscription of an endpoint to a topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id, which ends its ARN.
    pub id: String,
    /// The account of the topic.
    pub topic_account: String,
    /// The region of the topic.
    pub topic_region: String,
    /// The name of the topic.
    pub topic_name: String,
    /// How it is delivered to.
    pub protocol: Protocol,
    /// Where to.
    pub endpoint: String,
    /// The account that subscribed.
    pub owner: String,
    /// Who subscribed.
    pub principal: String,
    /// Whether the endpoint has agreed.
    pub state: State,
    /// What was set of its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Whether it was confirmed by a signed call.
    pub authenticated: bool,
    /// Whether only a signed call cancels it.
    pub authenticate_on_unsubscribe: bool,
    /// The digest of the token that confirmed it, so that the same link works twice.
    #[serde(default)]
    confirmed_by: Option<String>,
    #[serde(skip)]
    filter: OnceLock<Option<Arc<FilterPolicy>>>,
}

/// Whether the endpoint has agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It was asked, and this is the token that agrees.
    Pending {
        /// The token.
        token: String,
        /// When it is too late.
        ends: Timestamp,
    },
    /// It gets messages.
    Confirmed,
    /// It was cancelled, and this is the token that restores it.
    Deleted {
        /// The token.
        token: String,
        /// When it is too late.
        ends: Timestamp,
    },
}

impl Record for Subscription {
    const KIND: &'static str = "subscription";
}

/// Random bytes of a token beside the id, so that it has 288 hexadecimal digits as AWS's have.
const TOKEN_BYTES: usize = 128;

/// A new token of the subscription `id`, which begins with it.
pub fn new_token(id: &str, entropy: &dyn Entropy) -> String {
    let mut bytes = [0; TOKEN_BYTES];
    entropy.fill(&mut bytes);
    id.replace('-', "") + &HEXLOWER.encode(&bytes)
}

/// The id of the subscription that a token is of.
pub fn id_of_token(token: &str) -> Option<String> {
    let head = token.get(..32).filter(|_| token.len() == 32 + 2 * TOKEN_BYTES)?;
    if !token.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let parts = [&head[..8], &head[8..12], &head[12..16], &head[16..20], &head[20..]];
    Some(parts.join("-"))
}

impl Subscription {
    /// A subscription that nobody has confirmed.
    pub fn new(topic: &TopicArn, id: String, protocol: Protocol, endpoint: String) -> Self {
        Self {
            id,
            topic_account: topic.account.clone(),
            topic_region: topic.region.clone(),
            topic_name: topic.name.clone(),
            protocol,
            endpoint,
            owner: String::new(),
            principal: String::new(),
            state: State::Confirmed,
            attributes: BTreeMap::new(),
            authenticated: false,
            authenticate_on_unsubscribe: false,
            confirmed_by: None,
            filter: OnceLock::new(),
        }
    }

    /// The topic.
    pub fn topic(&self) -> TopicArn {
        TopicArn {
            region: self.topic_region.clone(),
            account: self.topic_account.clone(),
            name: self.topic_name.clone(),
        }
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        self.topic().text() + ":" + &self.id
    }

    /// Whether it waits for the endpoint to agree.
    pub fn is_pending(&self) -> bool {
        matches!(self.state, State::Pending { .. })
    }

    /// Whether it gets messages.
    pub fn is_confirmed(&self) -> bool {
        self.state == State::Confirmed
    }

    /// Whether `token` confirms or restores it at `now`.
    pub fn accepts(&self, token: &str, now: Timestamp) -> bool {
        match &self.state {
            State::Pending { token: ours, ends } | State::Deleted { token: ours, ends } => {
                now <= *ends && verify_slices_are_equal(ours.as_bytes(), token.as_bytes()).is_ok()
            }
            State::Confirmed => false,
        }
    }

    /// Confirms or restores it with `token`.
    pub fn confirm(&mut self, token: &str) {
        self.state = State::Confirmed;
        self.confirmed_by = Some(digest(token));
    }

    /// Whether it was `token` that confirmed it.
    pub fn was_confirmed_by(&self, token: &str) -> bool {
        let ours = self.confirmed_by.as_ref().filter(|_| self.is_confirmed());
        ours.is_some_and(|ours| {
            verify_slices_are_equal(ours.as_bytes(), digest(token).as_bytes()).is_ok()
        })
    }

    /// An attribute that was set.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Sets an attribute whose value has been checked; an empty one is taken away.
    pub fn set(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.attributes.remove(name);
        } else {
            self.attributes.insert(name.to_owned(), value.to_owned());
        }
        self.filter = OnceLock::new();
    }

    /// Whether the message alone is delivered, without anything around it.
    pub fn is_raw(&self) -> bool {
        self.attribute("RawMessageDelivery") == Some("true")
    }

    /// Which part of messages the filter looks at.
    pub fn scope(&self) -> Scope {
        match self.attribute("FilterPolicyScope") {
            Some("MessageBody") => Scope::MessageBody,
            _ => Scope::MessageAttributes,
        }
    }

    /// Whether messages are filtered.
    pub fn is_filtered(&self) -> bool {
        self.attribute("FilterPolicy").is_some()
    }

    /// The filter; `None` when every message passes. The error is a stored policy that cannot be read:
    /// nothing passes it.
    pub fn filter(&self) -> Result<Option<&FilterPolicy>, ()> {
        let Some(text) = self.attribute("FilterPolicy") else { return Ok(None) };
        let parse = || FilterPolicy::parse(text, self.scope()).ok().map(Arc::new);
        self.filter.get_or_init(parse).as_deref().map(Some).ok_or(())
    }

    /// How it is delivered to.
    pub fn manner(&self, topic: Option<&Topic>) -> Manner {
        let retries = |retries: Retries| Manner { retries, ..Manner::http() };
        match self.protocol {
            Protocol::Http | Protocol::Https => Manner::of(
                topic.and_then(|topic| topic.attribute("DeliveryPolicy")),
                self.attribute("DeliveryPolicy"),
            ),
            Protocol::Email | Protocol::EmailJson => retries(delivery_policy::EMAIL),
            Protocol::Lambda => retries(delivery_policy::MANAGED),
        }
    }

    /// As lists show it.
    pub fn shown(&self) -> ShownSubscription {
        let pending = self.is_pending().then(|| "PendingConfirmation".to_owned());
        ShownSubscription {
            subscription_arn: pending.unwrap_or_else(|| self.arn()),
            owner: self.owner.clone(),
            protocol: self.protocol.text(),
            endpoint: self.endpoint.clone(),
            topic_arn: self.topic().text(),
        }
    }
}

fn digest(token: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    HEXLOWER.encode(digest.as_ref())
}

/// A subscription that was found, with its topic.
#[derive(Clone, Debug)]
pub struct Subscribed {
    /// Its record.
    pub subscription: Arc<Stored<Subscription>>,
    /// Its topic; `None` if that is gone.
    pub topic: Option<Arc<Stored<Topic>>>,
    topic_arn: String,
    /// The account whose rights decide: the topic's, or the subscriber's when he asks for his own.
    account: String,
    /// Whether the caller shows what lets him do this instead of signing.
    pub by_link: bool,
}

impl Subscribed {
    /// A subscription as `caller_account` asks for it.
    pub fn new(
        subscription: Arc<Stored<Subscription>>,
        topic: Option<Arc<Stored<Topic>>>,
        caller_account: &str,
    ) -> Self {
        let own = subscription.owner == caller_account;
        let account = if own { &subscription.owner } else { &subscription.topic_account };
        Self {
            account: account.clone(),
            topic_arn: subscription.topic().text(),
            by_link: caller_account.is_empty(),
            subscription,
            topic,
        }
    }

    /// Whether the account that asks is the one that subscribed, and not the topic's.
    fn is_strangers(&self) -> bool {
        self.account != self.subscription.topic_account
    }
}

impl std::ops::Deref for Subscribed {
    type Target = Subscription;

    fn deref(&self) -> &Subscription {
        &self.subscription.value
    }
}

impl Target for Subscribed {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.topic_arn)
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let tags = &self.topic.as_ref()?.tags;
        let found = tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str())
    }

    fn rule(&self) -> ResourceRule<'_> {
        match &self.topic {
            Some(topic) if !self.is_strangers() => ResourceRule::Ordinary(topic.policy.compiled()),
            // A subscription is its owner's, whatever the topic of another account says.
            _ => ResourceRule::None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use strongroom_seal::SeededEntropy;

    use super::*;

    #[test]
    fn a_token_leads_to_its_subscription() {
        let id = "6b0e71bd-7e97-4d97-80ce-4a0994e55286";
        let token = new_token(id, &SeededEntropy::new(1));
        assert_eq!(token.len(), 288);
        assert_eq!(id_of_token(&token).as_deref(), Some(id));
        for wrong in ["", "x", &token[1..], &token.replace('a', "g"), &"é".repeat(144)] {
            assert_eq!(id_of_token(wrong), None, "{wrong}");
        }
    }
}
