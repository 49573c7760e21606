//! How the failures of a function look to callers.

use serde_json::json;
use std::time::Duration;

/// The largest reply of a function, in bytes.
pub const LARGEST_REPLY: usize = 6_291_556;

/// The function took too long.
#[must_use]
pub fn timed_out(request_id: &str, timeout: Duration) -> Vec<u8> {
    let message = timeout_message(timeout);
    json!({
        "errorType": "Sandbox.Timedout",
        "errorMessage": format!("RequestId: {request_id} Error: {message}"),
    })
    .to_string()
    .into_bytes()
}

/// What is said of it, also in the log.
#[must_use]
pub fn timeout_message(timeout: Duration) -> String {
    format!("Task timed out after {:.2} seconds", timeout.as_secs_f64())
}

/// The process ended on its own: with a status, by a signal, or nobody knows how.
#[must_use]
pub fn exited(request_id: &str, how: &str) -> Vec<u8> {
    json!({
        "errorType": "Runtime.ExitError",
        "errorMessage": format!("RequestId: {request_id} Error: {how}"),
    })
    .to_string()
    .into_bytes()
}

/// How a process ended, in AWS's words.
#[must_use]
pub fn end(status: std::process::ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        // A shell's and bubblewrap's way of telling a signal.
        (Some(137), _) | (_, Some(9)) => KILLED.to_owned(),
        (Some(0), _) | (None, None) => "Runtime exited without providing a reason".to_owned(),
        (Some(code), _) if code > 128 && code < 160 => {
            format!("Runtime exited with error: signal: {}", signal(code - 128))
        }
        (Some(code), _) => format!("Runtime exited with error: exit status {code}"),
        (None, Some(number)) => format!("Runtime exited with error: signal: {}", signal(number)),
    }
}

/// The process was killed, as one that uses too much memory is.
pub const KILLED: &str = "Runtime exited with error: signal: killed";

/// A signal, as AWS names it.
fn signal(number: i32) -> String {
    match number {
        4 => "illegal instruction".to_owned(),
        6 => "aborted".to_owned(),
        8 => "floating point exception".to_owned(),
        11 => "segmentation fault".to_owned(),
        15 => "terminated".to_owned(),
        31 => "bad system call".to_owned(),
        other => format!("signal {other}"),
    }
}

/// The reply is larger than replies may be.
#[must_use]
pub fn reply_too_large() -> Vec<u8> {
    json!({
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": format!(
            "Response payload size exceeded maximum allowed payload size ({LARGEST_REPLY} bytes)."
        ),
    })
    .to_string()
    .into_bytes()
}

/// The program cannot be started.
#[must_use]
pub fn not_started(request_id: &str, kind: &str, what: &str) -> Vec<u8> {
    json!({ "errorType": kind, "errorMessage": format!("RequestId: {request_id} Error: {what}") })
        .to_string()
        .into_bytes()
}
