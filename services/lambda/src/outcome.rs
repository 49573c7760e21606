//! What came of an event, as those are told who asked for it.
//!
//! AWS has two forms: destinations get a record of the invocation, dead-letter topics the event itself.

use serde::Serialize;
use serde_json::value::RawValue;
use strongroom_api::Timestamp;

use crate::runner::Finished;
use crate::views::moment_z;

/// How an event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The function has answered.
    Success,
    /// It has failed as often as it may.
    RetriesExhausted,
    /// The event has grown too old.
    EventAgeExceeded,
    /// The function may have no invocations at all.
    ZeroReservedConcurrency,
}

/// An event at its end.
pub struct Outcome<'a> {
    /// How it ended.
    pub condition: Condition,
    /// The ARN that was called, with its qualifier.
    pub function_arn: &'a str,
    /// The id of the invocation.
    pub request_id: &'a str,
    /// The event, as JSON.
    pub payload: &'a str,
    /// How often the function was run for it.
    pub invocations: u32,
    /// The version that ran last.
    pub version: &'a str,
    /// What it answered, if it was run.
    pub finished: Option<&'a Finished>,
    /// Why it was not run: status and message.
    pub fault: Option<(u16, String)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    version: &'static str,
    timestamp: String,
    request_context: RequestContext<'a>,
    request_payload: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_context: Option<ResponseContext<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_payload: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    request_id: &'a str,
    function_arn: &'a str,
    condition: &'static str,
    approximate_invoke_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseContext<'a> {
    status_code: u16,
    executed_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_error: Option<&'static str>,
}

/// AWS's limit on the error message of a dead letter, in bytes.
const LONGEST_MESSAGE: usize = 1_024;

impl Condition {
    const fn text(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::RetriesExhausted => "RetriesExhausted",
            Self::EventAgeExceeded => "EventAgeExceeded",
            Self::ZeroReservedConcurrency => "ZeroReservedConcurrency",
        }
    }
}

impl Outcome<'_> {
    /// The record of the invocation.
    #[must_use]
    pub fn record(&self, now: Timestamp) -> String {
        let response = self.finished.and_then(|finished| {
            serde_json::from_slice::<&RawValue>(finished.payload.as_slice()).ok()
        });
        let record = Invocation {
            version: "1.0",
            timestamp: moment_z(now),
            request_context: RequestContext {
                request_id: self.request_id,
                function_arn: self.function_arn,
                condition: self.condition.text(),
                approximate_invoke_count: self.invocations,
            },
            request_payload: serde_json::from_str(self.payload).unwrap_or(RawValue::NULL),
            response_context: self.finished.map(|finished| ResponseContext {
                status_code: 200,
                executed_version: self.version,
                function_error: finished.is_error.then_some("Unhandled"),
            }),
            response_payload: response,
        };
        serde_json::to_string(&record).unwrap_or_default()
    }

    /// The attributes of a dead letter: names, types and values.
    #[must_use]
    pub fn attributes(&self) -> Vec<(String, String, String)> {
        let (status, message) = self.error();
        let attribute = |name: &str, kind: &str, value: String| {
            (!value.is_empty()).then(|| (name.to_owned(), kind.to_owned(), value))
        };
        [
            attribute("RequestID", "String", self.request_id.to_owned()),
            attribute("ErrorCode", "Number", status.to_string()),
            attribute("ErrorMessage", "String", cut(&message).to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn error(&self) -> (u16, String) {
        if let Some(finished) = self.finished {
            let said: Option<serde_json::Value> = serde_json::from_slice(&finished.payload).ok();
            let message = said.as_ref().and_then(|said| said["errorMessage"].as_str());
            return (200, message.unwrap_or_default().to_owned());
        }
        self.fault.clone().unwrap_or_else(|| (429, "Rate Exceeded.".to_owned()))
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_MESSAGE)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_between_characters() {
        assert_eq!(cut("short"), "short");
        let long = format!("x{}", "ü".repeat(600));
        assert_eq!(cut(&long).len(), 1_023);
    }
}
