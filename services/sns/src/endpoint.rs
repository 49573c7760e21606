//! Protocols, and which endpoints they can have.

use serde::{Deserialize, Serialize};
use strongroom_wire::{Error, Result};

use crate::arn;
use crate::error;

/// How a subscription is delivered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// A POST over HTTP.
    Http,
    /// A POST over HTTPS.
    Https,
    /// A mail for people.
    Email,
    /// A mail with JSON.
    EmailJson,
    /// An asynchronous invocation.
    Lambda,
}

/// The longest endpoint that is taken.
const MOST_CHARS: usize = 2_048;

impl Protocol {
    /// Reads the parameter `Protocol`.
    ///
    /// # Errors
    /// AWS's for a protocol that it does not know; ours for one that leads to a service that is not
    /// here.
    pub fn read(text: &str) -> Result<Self> {
        let missing = |service: &str| {
            error::invalid_parameter(format!(
                "Protocol Reason: {service} is not offered by this server, so the protocol {text} \
                 cannot be delivered to"
            ))
        };
        match text {
            "http" => Ok(Self::Http),
            "https" => Ok(Self::Https),
            "email" => Ok(Self::Email),
            "email-json" => Ok(Self::EmailJson),
            "lambda" => Ok(Self::Lambda),
            "sqs" => Err(missing("Amazon SQS")),
            "firehose" => Err(missing("Amazon Data Firehose")),
            "application" => Err(missing("Mobile push")),
            "sms" => Err(missing("SMS")),
            other => Err(error::invalid_parameter(format!(
                "Amazon SNS does not support this protocol string: {other}"
            ))),
        }
    }

    /// As AWS writes it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Email => "email",
            Self::EmailJson => "email-json",
            Self::Lambda => "lambda",
        }
    }

    /// Whether it is HTTP, encrypted or not.
    pub fn is_web(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }

    /// Checks `endpoint` for this protocol.
    ///
    /// # Errors
    /// AWS's.
    pub fn check(self, endpoint: &str) -> Result<()> {
        let reason = match self {
            _ if endpoint.is_empty() => Some("Please provide an endpoint"),
            _ if endpoint.chars().count() > MOST_CHARS => Some("Endpoint is too long"),
            Self::Http if !is_url(endpoint, "http://") => {
                Some("Endpoint must match the specified protocol")
            }
            Self::Https if !is_url(endpoint, "https://") => {
                Some("Endpoint must match the specified protocol")
            }
            Self::Email | Self::EmailJson if !is_address(endpoint) => Some("Email address"),
            Self::Lambda if function_account(endpoint).is_none() => Some("Lambda endpoint ARN"),
            _ => None,
        };
        match reason {
            None => Ok(()),
            Some("Email address") => Err(error::invalid_parameter("Email address")),
            Some("Lambda endpoint ARN") => Err(invalid("Lambda endpoint ARN")),
            Some(reason) => Err(invalid(reason)),
        }
    }
}

/// The account of a function's ARN.
pub fn function_account(text: &str) -> Option<&str> {
    match text.split(':').collect::<Vec<_>>()[..] {
        ["arn", "aws", "lambda", region, account, "function", name]
        | ["arn", "aws", "lambda", region, account, "function", name, _]
            if arn::is_account(account) && !region.is_empty() && !name.is_empty() =>
        {
            Some(account)
        }
        _ => None,
    }
}

fn invalid(reason: &str) -> Error {
    error::invalid_parameter(format!("Endpoint Reason: {reason}"))
}

fn is_url(text: &str, scheme: &str) -> bool {
    let starts = text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    let host = text.get(scheme.len()..).unwrap_or_default();
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    // Nothing may slip into a request line or a header.
    let clean = text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    starts && clean && !host.is_empty() && !host.ends_with('@') && !host.starts_with(':')
}

/// One `@` between two plain parts; what a relay makes of it is the relay's affair.
fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b))
    };
    match text.split_once('@') {
        Some((local, domain)) => {
            plain(local)
                && plain(domain)
                && local.len() <= 64
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && text.len() <= 254
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_match_their_protocol() {
        for (protocol, good, bad) in [
            (Protocol::Http, "http://localhost:8080/x?y", "https://localhost/"),
            (Protocol::Https, "https://user:word@example.com", "https://"),
            (Protocol::Http, "HTTP://a", "http://a\r\nX: y"),
            (Protocol::Email, "anna@example.com", "anna"),
            (Protocol::EmailJson, "a+b@localhost", "a@b@c"),
            (
                Protocol::Lambda,
                "arn:aws:lambda:us-east-1:123456789012:function:f:live",
                "arn:aws:lambda:us-east-1:123456789012:layer:f",
            ),
        ] {
            assert!(protocol.check(good).is_ok(), "{good}");
            assert!(protocol.check(bad).is_err(), "{bad}");
            assert!(protocol.check("").is_err());
        }
    }

    #[test]
    fn services_that_are_not_here_are_named() {
        let message = Protocol::read("sqs").map_err(|e| e.message().to_owned());
        assert!(message.is_err_and(|message| message.contains("Amazon SQS is not offered")));
        let message = Protocol::read("pigeon").map_err(|e| e.message().to_owned());
        let expected =
            "Invalid parameter: Amazon SNS does not support this protocol string: pigeon";
        assert_eq!(message, Err(expected.to_owned()));
    }
}
