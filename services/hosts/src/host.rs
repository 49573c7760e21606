//! Hosts that have joined.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strongroom_api::{Reply, Result, Target, Timestamp};
use strongroom_records::{Record, Stored};

use crate::assigned::Assigned;
use crate::{Call, Hosts, error, ids, paths};

/// How the ids of hosts begin.
pub const ID_PREFIX: &str = "i-";

/// A host that has joined.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Host {
    /// Its account.
    pub account: String,
    /// Its id.
    pub id: String,
    /// The public half of its key.
    pub public_key: Vec<u8>,
    /// What it gets sessions of.
    pub assigned: Assigned,
    /// The Region that it was told.
    pub region: String,
    /// What people call it, or the token that it joined with.
    pub label: Option<String>,
    /// The token that it joined with.
    pub token_id: String,
    /// The ARN of who made that token.
    pub invited_by: String,
    /// When it joined.
    pub joined: Timestamp,
    /// How many sessions it was given; see [`crate::challenge`].
    pub turn: u64,
    /// When and to which address it was given the last one.
    pub last: Option<(Timestamp, String)>,
}

impl Record for Host {
    const KIND: &'static str = "host";
}

impl Host {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.account, &self.id)
    }
}

/// The ARN of a host.
#[must_use]
pub fn arn(account: &str, id: &str) -> String {
    format!("arn:aws:strongroom::{account}:host/{id}")
}

/// Where a host is, as its ARN says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The account.
    pub account: &'a str,
    /// The id.
    pub id: &'a str,
}

impl<'a> Place<'a> {
    /// Reads an ARN; `None` if it is no host's.
    #[must_use]
    pub fn of_arn(arn: &'a str) -> Option<Self> {
        let (account, id) = arn.strip_prefix("arn:aws:strongroom::")?.split_once(":host/")?;
        (ids::is_account(account) && ids::is(ID_PREFIX, id)).then_some(Self { account, id })
    }
}

/// A host that was found.
pub struct Found {
    pub(crate) read: Arc<Stored<Host>>,
    arn: String,
}

impl Target for Found {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.read.value.account
    }
}

/// A host that somebody says he is, for calls that have yet to prove it.
pub struct Claimed {
    pub(crate) account: String,
    pub(crate) arn: String,
}

impl Target for Claimed {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Hosts {
    /// The host of this id in the caller's account.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub(crate) async fn find_host(&self, call: &Call<'_>, id: &str) -> Result<Found> {
        let account = call.caller.account();
        let read = self.host(account, id).await?;
        let read = read.ok_or_else(|| error::no_such_host(id).about(arn(account, id)))?;
        Ok(Found { arn: read.arn(), read })
    }

    /// The host of this id.
    pub(crate) async fn host(&self, account: &str, id: &str) -> Result<Option<Arc<Stored<Host>>>> {
        self.records.get(&paths::host(account, id)).await.map_err(error::storage)
    }
}

/// CloudTrail's `userIdentity` of somebody who says that he is this host, proven or not. Both texts
/// keep to their patterns, so nothing in them needs to be escaped.
pub(crate) fn identity(account: &str, host_id: &str) -> Option<String> {
    (ids::is_account(account) && ids::is(ID_PREFIX, host_id)).then(|| {
        format!(
            r#"{{"type":"Unknown","principalId":"{account}:{host_id}","accountId":"{account}","userName":"{host_id}"}}"#
        )
    })
}

/// A host as lists show it.
#[derive(Debug, Reply)]
pub struct Summary {
    host_id: String,
    arn: String,
    label: Option<String>,
    role_arn: Option<String>,
    instance_profile_arn: Option<String>,
    region: String,
    token_id: String,
    invited_by: String,
    join_date: Timestamp,
    sessions: i64,
    last_session_date: Option<Timestamp>,
    last_session_address: Option<String>,
}

impl From<&Host> for Summary {
    fn from(host: &Host) -> Self {
        let profile = host.assigned.profile().map(|(_, arn, _)| arn.to_owned());
        let role = profile.is_none().then(|| host.assigned.arn().to_owned());
        Self {
            host_id: host.id.clone(),
            arn: host.arn(),
            label: host.label.clone(),
            role_arn: role,
            instance_profile_arn: profile,
            region: host.region.clone(),
            token_id: host.token_id.clone(),
            invited_by: host.invited_by.clone(),
            join_date: host.joined,
            sessions: i64::try_from(host.turn).unwrap_or(i64::MAX),
            last_session_date: host.last.as_ref().map(|(when, _)| *when),
            last_session_address: host.last.as_ref().map(|(_, address)| address.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn an_arn_is_read_only_if_it_is_a_host_s() {
        let arn = "arn:aws:strongroom::123456789012:host/i-0123456789abcdef0";
        let read = Place::of_arn(arn);
        assert_eq!(read, Some(Place { account: "123456789012", id: "i-0123456789abcdef0" }));
        for odd in [
            "arn:aws:strongroom::123456789012:host/i-0123456789abcdef",
            "arn:aws:strongroom::123456789012:host/i-0123456789abcde/0",
            "arn:aws:strongroom::12345678901:host/i-0123456789abcdef0",
            "arn:aws:strongroom::123456789012:join-token/jt-0123456789abcdef0",
        ] {
            assert_eq!(Place::of_arn(odd), None, "{odd}");
        }
    }
}
