//! `strongroom sns failures`: the deliveries that were given up.

use std::process::ExitCode;

use clap::ArgMatches;
use serde_json::Value;

use crate::admin::Order;
use crate::commands::office::perform;
use crate::config::Config;
use crate::failure::Failure;

/// Lists them.
///
/// # Errors
/// For the operator.
pub fn run(config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let order = Order::SnsFailures {
        account: config.account.clone(),
        region: config.region.clone(),
        count: usize::from(*matches.get_one::<u16>("count").unwrap_or(&20)),
    };
    let answer = perform(config, order)?;
    if matches.get_flag("json") {
        println!("{:#}", answer["failures"]);
        return Ok(ExitCode::SUCCESS);
    }
    let failures = answer["failures"].as_array().map_or(&[][..], Vec::as_slice);
    if failures.is_empty() {
        println!("no delivery was given up in account {} in {}", config.account, config.region);
    }
    for failure in failures {
        println!("{}", line(failure));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(failure: &Value) -> String {
    let text = |name: &str| printable(failure[name].as_str().unwrap_or_default());
    format!(
        "{}  {} {} to {} {} after {} attempts: {}",
        text("given_up"),
        text("kind"),
        text("message_id"),
        text("protocol"),
        text("endpoint"),
        failure["attempts"],
        text("reason"),
    )
}

/// Endpoints and their answers are others' texts on our terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
