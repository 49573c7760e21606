//! A record of the trail, as LookupEvents shows it.

use std::borrow::Cow;

use serde::Deserialize;

use crate::events::Query;
use crate::parts::{Part, Text};
use crate::{resources, terms};

/// A record of the trail, taken apart. It borrows from the record what it can.
#[derive(Clone, Debug, Default)]
pub struct Event<'r> {
    /// The account that it belongs to.
    pub account: Cow<'r, str>,
    /// The region it happened in.
    pub region: Cow<'r, str>,
    /// Its id.
    pub id: Cow<'r, str>,
    /// What was done.
    pub name: Cow<'r, str>,
    /// Where: `secretsmanager.amazonaws.com`.
    pub source: Cow<'r, str>,
    /// When, in seconds since the epoch.
    pub seconds: i64,
    /// Whether it changed nothing.
    pub read_only: bool,
    /// Who did it, as AWS calls them: an IAM user's name, a session's name, `root`.
    pub username: Option<Cow<'r, str>>,
    /// The access key that signed it.
    pub access_key_id: Option<Cow<'r, str>>,
    /// To what it was done.
    pub resources: Vec<Resource<'r>>,
    /// Whether it is a management event.
    pub is_management: bool,
    /// The record.
    pub json: Cow<'r, str>,
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource<'r> {
    /// `AWS::SecretsManager::Secret`.
    pub kind: Cow<'r, str>,
    /// A name or an ARN.
    pub name: Cow<'r, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'r> {
    #[serde(borrow, default)]
    user_identity: Identity<'r>,
    #[serde(borrow)]
    event_time: Text<'r>,
    #[serde(borrow)]
    event_source: Text<'r>,
    #[serde(borrow)]
    event_name: Text<'r>,
    #[serde(borrow)]
    aws_region: Text<'r>,
    #[serde(borrow, default)]
    request_parameters: Part<'r>,
    #[serde(borrow, default)]
    response_elements: Part<'r>,
    #[serde(borrow, default)]
    additional_event_data: Part<'r>,
    #[serde(borrow, rename = "eventID")]
    event_id: Text<'r>,
    #[serde(default)]
    read_only: bool,
    #[serde(borrow, default)]
    resources: Vec<RawResource<'r>>,
    #[serde(default)]
    management_event: bool,
    #[serde(borrow)]
    recipient_account_id: Text<'r>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Identity<'r> {
    #[serde(borrow, rename = "type")]
    kind: Text<'r>,
    #[serde(borrow)]
    principal_id: Text<'r>,
    #[serde(borrow)]
    user_name: Option<Text<'r>>,
    #[serde(borrow)]
    access_key_id: Option<Text<'r>>,
    #[serde(borrow)]
    invoked_by: Option<Text<'r>>,
}

#[derive(Deserialize)]
struct RawResource<'r> {
    #[serde(borrow, rename = "ARN", default)]
    arn: Text<'r>,
    #[serde(borrow, rename = "type", default)]
    kind: Text<'r>,
}

impl<'r> Event<'r> {
    /// Takes a record apart; nothing if it is not one of CloudTrail's.
    #[must_use]
    pub fn parse(record: &'r [u8]) -> Option<Self> {
        let json = std::str::from_utf8(record).ok()?;
        let raw: Raw<'r> = serde_json::from_str(json).ok()?;
        let seconds = seconds(&raw.event_time.0)?;
        let mut found = Vec::with_capacity(raw.resources.len() + 1);
        found.extend(raw.resources.into_iter().map(RawResource::known));
        let parts = [raw.request_parameters, raw.response_elements, raw.additional_event_data];
        resources::add(&mut found, &raw.event_source.0, &raw.event_name.0, parts);
        Some(Self {
            account: raw.recipient_account_id.0,
            region: raw.aws_region.0,
            id: raw.event_id.0,
            name: raw.event_name.0,
            source: raw.event_source.0,
            seconds,
            read_only: raw.read_only,
            access_key_id: raw.user_identity.access_key_id.clone().map(|text| text.0),
            username: raw.user_identity.username(),
            resources: found,
            is_management: raw.management_event,
            json: Cow::Borrowed(json),
        })
    }

    /// The event by itself, without the record that it was read from.
    #[must_use]
    pub fn into_owned(self) -> Event<'static> {
        Event {
            account: owned(self.account),
            region: owned(self.region),
            id: owned(self.id),
            name: owned(self.name),
            source: owned(self.source),
            seconds: self.seconds,
            read_only: self.read_only,
            username: self.username.map(owned),
            access_key_id: self.access_key_id.map(owned),
            resources: self.resources.into_iter().map(Resource::into_owned).collect(),
            is_management: self.is_management,
            json: owned(self.json),
        }
    }

    /// Whether `query` is about this event.
    #[must_use]
    pub fn answers(&self, query: &Query) -> bool {
        let in_time = query.from.is_none_or(|from| from <= self.seconds)
            && query.to.is_none_or(|to| self.seconds <= to);
        let is_there = self.account == query.account && self.region == query.region;
        let fits = query.attribute.as_ref().is_none_or(|(attribute, value)| {
            let is_meant = |own: &str| terms::meant(*attribute, value).any(|one| one == own);
            terms::values(self, *attribute).any(is_meant)
        });
        in_time && is_there && fits && self.is_management
    }
}

impl Resource<'_> {
    fn into_owned(self) -> Resource<'static> {
        Resource { kind: owned(self.kind), name: owned(self.name) }
    }
}

impl<'r> RawResource<'r> {
    fn known(self) -> Resource<'r> {
        Resource { kind: self.kind.0, name: self.arn.0 }
    }
}

impl<'r> Identity<'r> {
    fn username(self) -> Option<Cow<'r, str>> {
        match &*self.kind.0 {
            "Root" => Some(Cow::Borrowed("root")),
            // `AROA…:session`
            "AssumedRole" | "FederatedUser" => match self.principal_id.0 {
                Cow::Borrowed(id) => id.split_once(':').map(|(_, session)| session.into()),
                Cow::Owned(id) => id.split_once(':').map(|(_, session)| session.to_owned().into()),
            },
            "AWSService" => self.invoked_by.map(|text| text.0),
            _ => self.user_name.map(|text| text.0),
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

/// Seconds since the epoch of `2026-01-31T10:20:30Z`.
fn seconds(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let is_form = bytes.len() == 20
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            10 => *byte == b'T',
            13 | 16 => *byte == b':',
            19 => *byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    if !is_form {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let clock = number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?;
    // Days since the epoch, counted from March so that leap days come last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days * 86_400 + clock)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use serde_json::json;
    use strongroom_wire::Timestamp;

    use super::{Event, seconds};

    #[test]
    fn a_time_is_read_as_it_was_written() {
        for millis in (0..4_000_000_000_000).step_by(86_399_000 * 31) {
            let time = Timestamp::from_millis(millis);
            assert_eq!(seconds(&time.iso8601()), Some(time.seconds()), "{}", time.iso8601());
        }
        for wrong in ["", "2026-01-31", "2026-01-31T10:20:3xZ", "2026-01-31T10:20:30+01:00"] {
            assert_eq!(seconds(wrong), None);
        }
    }

    #[test]
    fn who_did_it_is_named_as_aws_names_them() {
        let username = |identity: serde_json::Value| {
            let record = json!({
                "userIdentity": identity, "eventTime": "2026-01-31T10:20:30Z",
                "eventSource": "kms.amazonaws.com", "eventName": "Decrypt",
                "awsRegion": "us-east-1", "eventID": "e", "recipientAccountId": "123456789012",
            });
            Event::parse(record.to_string().as_bytes()).unwrap().into_owned().username
        };
        let root = json!({"type": "Root", "principalId": "123456789012"});
        assert_eq!(username(root).as_deref(), Some("root"));
        let user = json!({"type": "IAMUser", "principalId": "AIDA1", "userName": "alice"});
        assert_eq!(username(user).as_deref(), Some("alice"));
        let role = json!({"type": "AssumedRole", "principalId": "AROA1:deploy"});
        assert_eq!(username(role).as_deref(), Some("deploy"));
        let stranger = json!({"type": "AWSAccount", "principalId": "AIDA2"});
        assert_eq!(username(stranger), None);
    }

    #[test]
    fn what_is_no_record_is_nothing() {
        for record in ["", "{}", "[]", r#"{"eventTime":"now"}"#] {
            assert!(Event::parse(record.as_bytes()).is_none());
        }
    }
}
