//! Deliveries that were given up: what an operator looks at.

use serde::{Deserialize, Serialize};
use strongroom_api::{Result, Timestamp};
use strongroom_records::Record;
use strongroom_store::{Direction, Range};

use crate::message::Message;
use crate::subscription::Subscription;
use crate::{Sns, error, paths};

/// A delivery that was given up, with the message that was to be delivered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failure {
    /// The topic.
    pub topic_arn: String,
    /// The subscription.
    pub subscription_arn: String,
    /// How it is delivered to.
    pub protocol: String,
    /// Where to, without a password.
    pub endpoint: String,
    /// The message.
    pub message_id: String,
    /// What it is: `Notification`.
    pub kind: String,
    /// Its subject.
    pub subject: Option<String>,
    /// Its text.
    pub message: String,
    /// When it was published.
    pub published: Timestamp,
    /// When it was given up.
    pub given_up: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// What happened the last time.
    pub reason: String,
}

impl Record for Failure {
    const KIND: &'static str = "failed delivery";
}

/// How long they are kept: as long as AWS keeps messages in a queue of dead letters at most.
pub const KEPT_MILLIS: i64 = 14 * 86_400_000;

impl Failure {
    /// The failure of a delivery.
    pub(crate) fn of(
        message: &Message,
        subscription: &Subscription,
        attempts: u32,
        reason: String,
        now: Timestamp,
    ) -> Self {
        Self {
            topic_arn: message.topic_arn(),
            subscription_arn: subscription.arn(),
            protocol: subscription.protocol.text().to_owned(),
            endpoint: without_password(&subscription.endpoint),
            message_id: message.id.clone(),
            kind: message.kind.name().to_owned(),
            subject: message.subject.clone(),
            message: message.text_for(subscription.protocol.text()).to_owned(),
            published: message.published,
            given_up: now,
            attempts,
            reason,
        }
    }

    /// Where it stands.
    pub(crate) fn key(&self, message: &Message, subscription: &str) -> String {
        let prefix = paths::failures(&message.account, &message.region);
        format!("{prefix}{:015}/{}/{subscription}", self.given_up.millis(), message.id)
    }
}

impl Sns {
    /// The deliveries that were given up lately in an account's region, newest first.
    ///
    /// # Errors
    /// Internal only.
    pub async fn failures(&self, account: &str, region: &str, most: usize) -> Result<Vec<Failure>> {
        let range = Range::prefix(paths::failures(account, region));
        let page = self.records.scan::<Failure>(range, Direction::Backward, most).await;
        let page = page.map_err(error::of_record)?;
        Ok(page.records.iter().map(|found| found.value.clone()).collect())
    }
}

/// `https://user:…@host/` without the part before the `@`.
fn without_password(endpoint: &str) -> String {
    let Some((scheme, rest)) = endpoint.split_once("://") else { return endpoint.to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}{}", &rest[authority.len()..]),
        None => endpoint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(without_password("https://anna:word@host:1/x?y"), "https://host:1/x?y");
        assert_eq!(without_password("http://host/a@b"), "http://host/a@b");
        assert_eq!(without_password("anna@example.com"), "anna@example.com");
    }
}
