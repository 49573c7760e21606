//! The ARNs of topics and subscriptions.

use strongroom_wire::Result;

use crate::error;

/// The ARN of a topic, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicArn {
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
    /// The topic's name.
    pub name: String,
}

impl TopicArn {
    /// Reads the ARN in the parameter called `parameter`.
    ///
    /// # Errors
    /// AWS's `InvalidParameter` for a text that is no topic's ARN.
    pub fn read(text: &str, parameter: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        if parts.len() < 6 {
            return Err(error::short_arn(parameter, parts.len()));
        }
        match parts[..] {
            ["arn", "aws", "sns", region, account, name]
                if is_account(account) && !region.is_empty() && is_topic_name(name) =>
            {
                Ok(Self { region: region.into(), account: account.into(), name: name.into() })
            }
            _ => Err(error::invalid_parameter(parameter)),
        }
    }

    /// The text.
    pub fn text(&self) -> String {
        topic(&self.region, &self.account, &self.name)
    }
}

/// The ARN of a subscription, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionArn {
    /// The topic.
    pub topic: TopicArn,
    /// The id: a UUID.
    pub id: String,
}

impl SubscriptionArn {
    /// Reads the ARN of a subscription.
    ///
    /// # Errors
    /// AWS's `InvalidParameter` for a text that is none.
    pub fn read(text: &str) -> Result<Self> {
        let parts = text.split(':').count();
        if parts < 6 {
            return Err(error::short_arn("SubscriptionArn", parts));
        }
        let (topic, id) = text.rsplit_once(':').ok_or_else(error::subscription_id)?;
        if parts != 7 || !is_id(id) {
            return Err(error::subscription_id());
        }
        Ok(Self { topic: TopicArn::read(topic, "SubscriptionArn")?, id: id.into() })
    }
}

/// The ARN of a topic.
pub fn topic(region: &str, account: &str, name: &str) -> String {
    ["arn:aws:sns:", region, ":", account, ":", name].concat()
}

/// Whether a topic can be called `name`.
pub fn is_topic_name(name: &str) -> bool {
    let stem = name.strip_suffix(FIFO).unwrap_or(name);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !stem.is_empty() && name.len() <= 256 && stem.bytes().all(plain)
}

/// What the name of a FIFO topic ends with.
pub const FIFO: &str = ".fifo";

/// Whether `text` is an account id.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_no_arn_is_refused_in_the_words_of_aws() {
        let message = |text| TopicArn::read(text, "TopicArn").unwrap_err().message().to_owned();
        assert_eq!(
            message("a:b"),
            "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 2"
        );
        assert_eq!(message("arn:aws:sqs:us-east-1:123456789012:q"), "Invalid parameter: TopicArn");
        assert_eq!(
            message("arn:aws:sns:us-east-1:123456789012:a/b"),
            "Invalid parameter: TopicArn"
        );
    }

    #[test]
    fn a_subscription_belongs_to_the_topic_that_its_arn_begins_with() {
        let text = "arn:aws:sns:us-east-1:123456789012:t:6b0e71bd-7e97-4d97-80ce-4a0994e55286";
        let arn = SubscriptionArn::read(text).unwrap();
        assert_eq!(arn.topic.text(), "arn:aws:sns:us-east-1:123456789012:t");
        assert!(SubscriptionArn::read(&text[..text.len() - 1]).is_err());
    }
}
