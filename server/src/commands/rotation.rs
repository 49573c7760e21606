//! `strongroom rotation`: how the rotation of a secret is, and what to do about it.

use std::process::ExitCode;

use clap::ArgMatches;
use serde_json::Value;

use crate::admin::{Order, RotationAct};
use crate::commands::office::perform;
use crate::config::Config;
use crate::failure::Failure;

/// Carries out `status`, `retry`, `abandon` or `rehearse`.
///
/// # Errors
/// For the operator.
pub fn run(verb: &str, config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let act = match verb {
        "retry" => RotationAct::Retry,
        "abandon" => RotationAct::Abandon,
        "rehearse" => RotationAct::Rehearse,
        _ => RotationAct::Status,
    };
    let text = |name| matches.try_get_one::<String>(name).ok().flatten().cloned();
    let secret = text("secret").unwrap_or_default();
    let answer = perform(config, Order::Rotation { act, secret, function: text("function") })?;
    let has_passed = answer["rehearsal"]["Passed"] != Value::Bool(false);
    if matches.get_flag("json") {
        println!("{answer}");
    } else if act == RotationAct::Rehearse {
        print!("{}", rehearsal(&answer));
    } else {
        print!("{}", status(&answer));
    }
    Ok(if has_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A status in words, one line each.
fn status(answer: &Value) -> String {
    let mut out = String::new();
    for (name, member) in [
        ("secret", "secret"),
        ("state", "state"),
        ("function", "function"),
        ("step", "step"),
        ("version", "version"),
        ("began", "began"),
        ("due", "due"),
        ("last rotated", "last_rotated"),
        ("next rotation", "next_rotation"),
    ] {
        if let Some(text) = answer[member].as_str() {
            let text = if member == "state" { state(text) } else { text };
            out.push_str(&format!("{name:<14} {text}\n"));
        }
    }
    for attempt in answer["attempts"].as_array().into_iter().flatten() {
        let text = |member: &str| attempt[member].as_str().unwrap_or_default();
        let came_to = match attempt["error"].as_str() {
            Some(error) => format!("failed in {}: {error}", text("step")),
            None => format!("succeeded, with {}", text("step")),
        };
        out.push_str(&format!("attempt        {} {came_to}\n", text("ended")));
    }
    out
}

fn state(name: &str) -> &str {
    match name {
        "never" => "never set up",
        "off" => "turned off",
        "idle" => "nothing to do until the next window",
        "due" => "about to begin",
        "running" => "running",
        "waiting" => "failed, and tried again when it is due",
        "stuck" => "failed, and not tried again until asked for (`strongroom rotation retry`)",
        other => other,
    }
}

/// What a rehearsal found, one line each.
fn rehearsal(answer: &Value) -> String {
    let mut out = format!("rehearsed by {}\n", answer["function"].as_str().unwrap_or_default());
    for finding in answer["rehearsal"]["Findings"].as_array().into_iter().flatten() {
        let text = |member: &str| finding[member].as_str().unwrap_or_default();
        out.push_str(&format!("{:<8} {}: {}\n", text("Outcome"), text("Check"), text("Detail")));
    }
    match answer["rehearsal"]["Passed"].as_bool() {
        Some(true) => out.push_str("a rotation should succeed\n"),
        Some(false) => out.push_str("a rotation would fail\n"),
        None => {}
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_status_says_what_failed_and_when_it_goes_on() {
        let answer = json!({
            "secret": "arn", "state": "waiting", "step": "createSecret", "due": "2026-01-31T10:21:00Z",
            "attempts": [{"ended": "2026-01-31T10:20:30Z", "step": "setSecret", "error": "timed out"}],
        });
        let text = status(&answer);
        assert!(text.contains("state          failed, and tried again when it is due\n"));
        assert!(text.contains("due            2026-01-31T10:21:00Z\n"));
        assert!(
            text.ends_with("attempt        2026-01-31T10:20:30Z failed in setSecret: timed out\n")
        );
    }

    #[test]
    fn a_rehearsal_says_what_was_found() {
        let answer = json!({"function": "f", "rehearsal": {"Passed": false, "Findings": [
            {"Check": "log in", "Outcome": "Failed", "Detail": "no such host"},
        ]}});
        let text = rehearsal(&answer);
        assert_eq!(text, "rehearsed by f\nFailed   log in: no such host\na rotation would fail\n");
    }
}
