//! How a step ended, and what of a failure may be kept: never what a function said, since that may hold
//! the secret it was working with.

use serde_json::Value;
use strongroom_api::Error;
use strongroom_wire::Family;

use crate::functions::Outcome;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The function returned.
    Done,
    /// It failed, for this reason.
    Failed(String),
    /// It was not run because too many are running.
    Busy,
}

/// A longer description of a failure is not looked at.
const LONGEST_PAYLOAD: usize = 256 << 10;
const LONGEST_TYPE: usize = 64;
const LONGEST_MESSAGE: usize = 300;

impl Ending {
    /// What is kept of a function's failure: the type of the error, and its message only of those that
    /// come with the server, whose messages hold no secret.
    #[must_use]
    pub fn of_failure(outcome: &Outcome, is_ours: bool) -> Self {
        let described = Some(&outcome.payload).filter(|payload| payload.len() <= LONGEST_PAYLOAD);
        let described: Option<Value> = described.and_then(|p| serde_json::from_slice(p).ok());
        let member = |name: &str| described.as_ref()?.get(name)?.as_str();
        let message = member("errorMessage").unwrap_or_default();
        if message.contains("Task timed out after")
            || member("errorType") == Some("Sandbox.Timedout")
        {
            return Self::Failed("the function timed out".to_owned());
        }
        let Some(name) = member("errorType").map(plain).filter(|name| !name.is_empty()) else {
            return Self::Failed("the function failed and did not say how".to_owned());
        };
        if is_ours && !message.is_empty() {
            let short: String = message.chars().take(LONGEST_MESSAGE).collect();
            return Self::Failed(format!("the function failed with {name}: {short}"));
        }
        Self::Failed(format!("the function failed with {name}"))
    }

    /// What is kept of an invocation that did not come about.
    #[must_use]
    pub fn of_refusal(error: &Error) -> Self {
        match error.code(Family::Json) {
            "TooManyRequestsException" | "ThrottlingException" => Self::Busy,
            "AccessDeniedException" if error.message().contains("cannot be assumed") => {
                Self::Failed("Lambda cannot assume the function's role".to_owned())
            }
            "AccessDeniedException" => Self::Failed(
                "the function's policy does not let Secrets Manager invoke it".to_owned(),
            ),
            "ResourceNotFoundException" => Self::Failed("there is no such function".to_owned()),
            code => Self::Failed(format!("the function could not be invoked: {}", plain(code))),
        }
    }
}

/// The name of a class, and nothing that only looks like one.
fn plain(name: &str) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_');
    name.chars().take_while(is_plain).take(LONGEST_TYPE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(payload: &[u8], is_ours: bool) -> String {
        let outcome =
            Outcome { payload: payload.to_vec(), function_error: Some("Unhandled".to_owned()) };
        match Ending::of_failure(&outcome, is_ours) {
            Ending::Failed(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_that_a_function_says_is_kept_but_the_type_of_its_error() {
        let payload = br#"{"errorMessage": "bad password hunter2", "errorType": "ValueError",
            "stackTrace": ["hunter2"]}"#;
        assert_eq!(reason(payload, false), "the function failed with ValueError");
        assert!(reason(payload, true).ends_with("ValueError: bad password hunter2"));
        let payload = br#"{"errorType": "ValueError: hunter2"}"#;
        assert_eq!(reason(payload, false), "the function failed with ValueError");
    }

    #[test]
    fn a_time_out_is_named_and_garbage_is_not_repeated() {
        let payload =
            br#"{"errorMessage": "2026-01-31T10:20:30Z 1234 Task timed out after 3.00 seconds"}"#;
        assert_eq!(reason(payload, false), "the function timed out");
        for garbage in [
            &b""[..],
            b"\xff\xfe",
            b"hunter2",
            b"[]",
            b"{\"errorType\": 7}",
            b"{\"errorType\": \"\"}",
        ] {
            assert_eq!(reason(garbage, false), "the function failed and did not say how");
        }
        let long = format!(r#"{{"errorType": "{}"}}"#, "x".repeat(1_000));
        assert!(reason(long.as_bytes(), false).len() < 100);
        let longer = format!(r#"{{"errorType": "{}"}}"#, "x".repeat(300 << 10));
        assert_eq!(reason(longer.as_bytes(), false), "the function failed and did not say how");
    }
}
