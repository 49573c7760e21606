//! Names and ARNs of groups and streams, as clients send them.

use strongroom_api::{Result, Shape};

use crate::{Call, error};

/// The name of a log group.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
pub struct GroupName(pub String);

/// The name of a log stream, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=512, pattern = r"[^:*]*")]
pub struct StreamName(pub String);

/// A log group by its name or ARN.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=2048, pattern = r"[\w#+=/:,.@-]*")]
pub struct GroupIdentifier(pub String);

/// The ARN of something with tags.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=1011, pattern = r"[\w+=/:,.@-]*")]
pub struct ResourceArn(pub String);

/// A log group as a request names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The account that owns it.
    pub account: &'a str,
    /// Where it is.
    pub region: &'a str,
    /// Its name.
    pub name: &'a str,
}

impl<'a> Reference<'a> {
    /// The group of this name in the caller's account.
    #[must_use]
    pub fn named(call: &'a Call<'_>, name: &'a GroupName) -> Self {
        Self { account: call.caller.account(), region: call.region, name: &name.0 }
    }

    /// The group that a request names by one of two members.
    ///
    /// # Errors
    /// AWS's error when it has both or neither, or for an ARN of something else.
    pub fn either(
        call: &'a Call<'_>,
        name: Option<&'a GroupName>,
        identifier: Option<&'a GroupIdentifier>,
    ) -> Result<Self> {
        match (name, identifier) {
            (Some(_), Some(_)) => Err(error::name_and_identifier()),
            (Some(name), None) => Ok(Self::named(call, name)),
            (None, Some(identifier)) => Self::identified(call, identifier),
            (None, None) => Err(error::no_group_named()),
        }
    }

    /// The group that an identifier means.
    ///
    /// # Errors
    /// As [`either`](Self::either).
    pub fn identified(call: &'a Call<'_>, identifier: &'a GroupIdentifier) -> Result<Self> {
        match identifier.0.starts_with("arn:") {
            true => Self::of_arn(&identifier.0),
            false => Ok(Self {
                account: call.caller.account(),
                region: call.region,
                name: &identifier.0,
            }),
        }
    }

    /// The group of an ARN, with or without `:*` at its end.
    ///
    /// # Errors
    /// AWS's error for an ARN of something else.
    pub fn of_arn(arn: &'a str) -> Result<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let &["arn", _, "logs", region, account, resource] = parts.as_slice() else {
            return Err(error::invalid_arn());
        };
        let name = resource.strip_prefix("log-group:").ok_or_else(error::invalid_arn)?;
        let name = name.strip_suffix(":*").unwrap_or(name);
        if name.is_empty() || name.contains([':', '*']) {
            return Err(error::invalid_arn());
        }
        Ok(Self { account, region, name })
    }

    /// Its ARN without `:*`.
    #[must_use]
    pub fn arn(&self) -> String {
        group_arn(self.account, self.region, self.name)
    }

    /// The ARN that policies see for most operations on a group: that of a stream without a name.
    #[must_use]
    pub fn policy_arn(&self) -> String {
        stream_arn(&self.arn(), "")
    }
}

/// The ARN of a group, without `:*`.
#[must_use]
pub fn group_arn(account: &str, region: &str, name: &str) -> String {
    ["arn:aws:logs:", region, ":", account, ":log-group:", name].concat()
}

/// The ARN of a stream of the group with `group_arn`.
#[must_use]
pub fn stream_arn(group_arn: &str, stream: &str) -> String {
    [group_arn, ":log-stream:", stream].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_arn_is_read_with_and_without_its_star() {
        let expected = Reference { account: "123456789012", region: "us-east-1", name: "/a/b" };
        for arn in [
            "arn:aws:logs:us-east-1:123456789012:log-group:/a/b",
            "arn:aws:logs:us-east-1:123456789012:log-group:/a/b:*",
        ] {
            assert_eq!(Reference::of_arn(arn).unwrap(), expected);
        }
        for arn in [
            "arn:aws:logs:us-east-1:123456789012:log-group:",
            "arn:aws:logs:us-east-1:123456789012:log-group:a:log-stream:b",
            "arn:aws:s3:::bucket",
            "arn",
        ] {
            assert!(Reference::of_arn(arn).is_err(), "{arn}");
        }
    }
}
