//! A record of the trail, as LookupEvents shows it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::events::Query;
use crate::{resources, terms};

/// A record of the trail, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// The account that it belongs to.
    pub account: String,
    /// The region it happened in.
    pub region: String,
    /// Its id.
    pub id: String,
    /// What was done.
    pub name: String,
    /// Where: `secretsmanager.amazonaws.com`.
    pub source: String,
    /// When, in seconds since the epoch.
    pub seconds: i64,
    /// Whether it changed nothing.
    pub read_only: bool,
    /// Who did it, as AWS calls them: an IAM user's name, a session's name, `root`.
    pub username: Option<String>,
    /// The access key that signed it.
    pub access_key_id: Option<String>,
    /// To what it was done.
    pub resources: Vec<Resource>,
    /// Whether it is a management event.
    pub is_management: bool,
    /// The record.
    pub json: String,
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `AWS::SecretsManager::Secret`.
    pub kind: String,
    /// A name or an ARN.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(default)]
    user_identity: Identity,
    event_time: String,
    event_source: String,
    event_name: String,
    aws_region: String,
    #[serde(borrow, default)]
    request_parameters: Option<&'a RawValue>,
    #[serde(borrow, default)]
    response_elements: Option<&'a RawValue>,
    #[serde(borrow, default)]
    additional_event_data: Option<&'a RawValue>,
    #[serde(rename = "eventID")]
    event_id: String,
    #[serde(default)]
    read_only: bool,
    #[serde(default)]
    resources: Vec<RawResource>,
    #[serde(default)]
    management_event: bool,
    recipient_account_id: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Identity {
    #[serde(rename = "type")]
    kind: String,
    principal_id: String,
    user_name: Option<String>,
    access_key_id: Option<String>,
    invoked_by: Option<String>,
}

#[derive(Deserialize)]
struct RawResource {
    #[serde(rename = "ARN", default)]
    arn: String,
    #[serde(rename = "type", default)]
    kind: String,
}

impl Event {
    /// Takes a record apart; nothing if it is not one of CloudTrail's.
    #[must_use]
    pub fn parse(record: &[u8]) -> Option<Self> {
        let json = std::str::from_utf8(record).ok()?;
        let raw: Raw<'_> = serde_json::from_str(json).ok()?;
        let resources = raw.resources();
        Some(Self {
            account: raw.recipient_account_id,
            region: raw.aws_region,
            id: raw.event_id,
            name: raw.event_name,
            source: raw.event_source,
            seconds: seconds(&raw.event_time)?,
            read_only: raw.read_only,
            username: raw.user_identity.username(),
            access_key_id: raw.user_identity.access_key_id,
            resources,
            is_management: raw.management_event,
            json: json.to_owned(),
        })
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

impl Raw<'_> {
    fn resources(&self) -> Vec<Resource> {
        let named = |one: &RawResource| Resource { kind: one.kind.clone(), name: one.arn.clone() };
        let mut found: Vec<_> = self.resources.iter().map(named).collect();
        let value = |raw: Option<&RawValue>| {
            raw.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok())
        };
        resources::add(
            &mut found,
            &self.event_source,
            &self.event_name,
            [
                value(self.request_parameters),
                value(self.response_elements),
                // The explanation of a denial is long and names no resource.
                value(self.additional_event_data.filter(|raw| raw.get().len() < 4_096)),
            ],
        );
        found
    }
}

impl Identity {
    fn username(&self) -> Option<String> {
        match self.kind.as_str() {
            "Root" => Some("root".to_owned()),
            // `AROA…:session`
            "AssumedRole" | "FederatedUser" => {
                self.principal_id.split_once(':').map(|(_, session)| session.to_owned())
            }
            "AWSService" => self.invoked_by.clone(),
            _ => self.user_name.clone(),
        }
    }
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
            Event::parse(record.to_string().as_bytes()).unwrap().username
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
