//! HTTP: a batch of lines, or of OTLP log records, in one POST.

use serde_json::{Value, json};
use strongroom_trail::Entry;

use super::Fault;
use crate::outward::{Address, Exit};

/// Posts lines as they are in the trail.
pub(super) async fn post_lines(
    exit: &Exit,
    address: &Address,
    lines: Vec<u8>,
) -> Result<(), Fault> {
    accepted(exit, address, "application/x-ndjson", lines).await
}

/// Posts log records to a collector: the record as the body, its most telling members as attributes.
pub(super) async fn post_otlp(
    exit: &Exit,
    address: &Address,
    batch: &[Entry],
) -> Result<(), Fault> {
    let body = serde_json::to_vec(&request(batch))?;
    accepted(exit, address, "application/json", body).await
}

async fn accepted(
    exit: &Exit,
    address: &Address,
    content_type: &'static str,
    body: Vec<u8>,
) -> Result<(), Fault> {
    let status = exit.post(address, &[("content-type", content_type)], body).await?;
    match status.is_success() {
        true => Ok(()),
        false => Err(format!("the answer was {status}").into()),
    }
}

/// `ExportLogsServiceRequest` of OTLP, in its JSON form.
fn request(batch: &[Entry]) -> Value {
    let records: Vec<_> = batch.iter().map(record).collect();
    json!({"resourceLogs": [{
        "resource": {"attributes": [attribute("service.name", "strongroom")]},
        "scopeLogs": [{"scope": {"name": "strongroom.trail"}, "logRecords": records}],
    }]})
}

fn record(entry: &Entry) -> Value {
    let text = String::from_utf8_lossy(&entry.line);
    let parsed: Value = serde_json::from_str(&text).unwrap_or_default();
    let member = |name: &str| parsed.get(name).and_then(Value::as_str);
    let time = member("eventTime").and_then(|time| time.parse::<jiff::Timestamp>().ok());
    let nanos = time.map_or(0, jiff::Timestamp::as_nanosecond).to_string();
    let named = [
        ("event.name", "eventName"),
        ("aws.event_source", "eventSource"),
        ("aws.account_id", "recipientAccountId"),
        ("aws.region", "awsRegion"),
        ("aws.error_code", "errorCode"),
    ];
    let attributes: Vec<_> =
        named.iter().filter_map(|(name, own)| Some(attribute(name, member(own)?))).collect();
    // A refusal is worth a second look: WARN rather than INFO.
    let (number, level) = match member("errorCode") {
        Some(_) => (13, "WARN"),
        None => (9, "INFO"),
    };
    json!({
        "timeUnixNano": nanos, "observedTimeUnixNano": nanos, "severityNumber": number,
        "severityText": level, "body": {"stringValue": text}, "attributes": attributes,
    })
}

fn attribute(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[test]
    fn a_log_record_has_the_time_the_text_and_what_it_is_about() {
        let line = r#"{"eventTime":"2026-01-31T10:20:30Z","eventName":"GetSecretValue","errorCode":"AccessDenied"}"#;
        let entry = Entry { sequence: 1, line: line.as_bytes().to_vec() };
        let sent = request(&[entry]);
        let record = &sent["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
        assert_eq!(record["timeUnixNano"], "1769854830000000000");
        assert_eq!(record["body"]["stringValue"], line);
        assert_eq!(
            (&record["severityNumber"], &record["severityText"]),
            (&json!(13), &json!("WARN"))
        );
        assert_eq!(record["attributes"][0], attribute("event.name", "GetSecretValue"));
    }
}
