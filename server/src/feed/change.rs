//! A change of a secret: a record of the trail in the shape of an EventBridge event.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use strongroom_trail::Entry;

/// A change of a secret.
#[derive(Clone, Debug)]
pub struct Change {
    /// The record's number.
    pub sequence: u64,
    /// The account that the record belongs to.
    pub account: String,
    /// The region.
    pub region: String,
    /// The secret, as the record names it: its ARN, or the name that was asked for.
    pub secret: String,
    id: String,
    time: String,
    is_service_event: bool,
    record: Box<RawValue>,
}

#[derive(Serialize)]
struct Event<'a> {
    version: &'static str,
    id: &'a str,
    #[serde(rename = "detail-type")]
    detail_type: &'static str,
    source: &'static str,
    account: &'a str,
    time: &'a str,
    region: &'a str,
    resources: [&'a str; 1],
    detail: &'a RawValue,
}

const SOURCE: &str = "secretsmanager.amazonaws.com";

impl Change {
    /// The change that a record tells of; nothing if it tells of none.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        // Most records are passed over without being parsed.
        let line = std::str::from_utf8(&entry.line).ok()?;
        if !line.contains(SOURCE) || line.contains("\"readOnly\":true") {
            return None;
        }
        let event = String::from_utf8(entry.event()).ok()?;
        let record: Value = serde_json::from_str(&event).ok()?;
        let text = |name: &str| record.get(name)?.as_str().map(str::to_owned);
        let is_change = record.get("eventSource")? == SOURCE
            && record.get("readOnly")? == false
            && record.get("errorCode").is_none();
        if !is_change {
            return None;
        }
        Some(Self {
            sequence: entry.sequence,
            account: text("recipientAccountId")?,
            region: text("awsRegion")?,
            secret: secret(&record)?.to_owned(),
            id: text("eventID")?,
            time: text("eventTime")?,
            is_service_event: record.get("eventType")? == "AwsServiceEvent",
            record: RawValue::from_string(event).ok()?,
        })
    }

    /// The event as JSON, on one line; `arn` is the secret's.
    ///
    /// # Errors
    /// Never for what was parsed.
    pub fn event(&self, arn: &str) -> serde_json::Result<String> {
        serde_json::to_string(&Event {
            version: "0",
            id: &self.id,
            detail_type: match self.is_service_event {
                true => "AWS Service Event via CloudTrail",
                false => "AWS API Call via CloudTrail",
            },
            source: "aws.secretsmanager",
            account: &self.account,
            time: &self.time,
            region: &self.region,
            resources: [arn],
            detail: &self.record,
        })
    }
}

/// What a record says of its secret: the ARN if it has it.
fn secret(record: &Value) -> Option<&str> {
    let member = |part: &str, name: &str| record.get(part)?.get(name)?.as_str();
    member("responseElements", "arn")
        .or_else(|| member("additionalEventData", "SecretId"))
        .or_else(|| member("requestParameters", "secretId"))
        .or_else(|| member("requestParameters", "name"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use serde_json::json;
    use strongroom_trail::Trail;

    use super::*;

    fn change(record: Value) -> Option<Change> {
        let trail = Trail::in_memory(1);
        trail.append(record.to_string().as_bytes()).unwrap();
        Change::of(&trail.read_from(1).next().unwrap().unwrap())
    }

    fn record(name: &str) -> Value {
        json!({
            "eventTime": "2026-01-31T10:20:30Z", "eventSource": SOURCE, "eventName": name,
            "awsRegion": "us-east-1", "requestParameters": {"secretId": "db"},
            "responseElements": {"arn": "arn:db"}, "eventID": "e-1", "readOnly": false,
            "eventType": "AwsApiCall", "recipientAccountId": "123456789012",
        })
    }

    #[test]
    fn a_change_is_told_as_eventbridge_tells_it() {
        let told = change(record("PutSecretValue")).unwrap();
        let event: Value = serde_json::from_str(&told.event(&told.secret).unwrap()).unwrap();
        let expected = json!({
            "version": "0", "id": "e-1", "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.secretsmanager", "account": "123456789012",
            "time": "2026-01-31T10:20:30Z", "region": "us-east-1", "resources": ["arn:db"],
            "detail": record("PutSecretValue"),
        });
        assert_eq!(event, expected);
    }

    #[test]
    fn what_a_service_did_is_told_as_a_service_event() {
        let mut rotated = record("RotationSucceeded");
        rotated["eventType"] = json!("AwsServiceEvent");
        rotated["responseElements"] = Value::Null;
        rotated["requestParameters"] = Value::Null;
        rotated["additionalEventData"] = json!({"SecretId": "arn:rotated"});
        let told = change(rotated).unwrap();
        assert_eq!(told.secret, "arn:rotated");
        let event: Value = serde_json::from_str(&told.event("a").unwrap()).unwrap();
        assert_eq!(event["detail-type"], "AWS Service Event via CloudTrail");
    }

    #[test]
    fn reads_refusals_and_other_services_are_no_changes() {
        let with = |member: &str, value: Value| {
            let mut record = record("PutSecretValue");
            record[member] = value;
            change(record)
        };
        assert!(with("readOnly", json!(true)).is_none());
        assert!(with("errorCode", json!("AccessDenied")).is_none());
        assert!(with("eventSource", json!("kms.amazonaws.com")).is_none());
        assert!(with("eventName", json!("TagResource")).is_some());
    }
}
