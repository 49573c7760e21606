//! `strongroom account`: creates, enrols and lists accounts.

use std::process::ExitCode;

use clap::ArgMatches;
use serde_json::Value;

use crate::admin::{Newcomer, Order};
use crate::commands::office::perform;
use crate::config::Config;
use crate::failure::Failure;

/// Carries out `create`, `enroll` or `list`.
///
/// # Errors
/// For the operator.
pub fn run(verb: &str, config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    if verb == "list" {
        let answer = perform(config, Order::AccountList)?;
        for account in answer["accounts"].as_array().into_iter().flatten() {
            println!("{}", account.as_str().unwrap_or_default());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let newcomer =
        Newcomer { id: text("id").unwrap_or_default(), name: text("name"), email: text("email") };
    if verb == "enroll" {
        let answer = perform(config, Order::AccountEnroll(newcomer))?;
        println!("account {} is in the organization", shown(&answer, "account"));
        return Ok(ExitCode::SUCCESS);
    }
    let answer = perform(config, Order::AccountCreate(newcomer))?;
    let joined = if answer["enrolled"] == true { " and in the organization" } else { "" };
    println!(
        "account {} is ready{joined}; its root access key is profile [{}] in {}",
        shown(&answer, "account"),
        shown(&answer, "profile"),
        shown(&answer, "credentials")
    );
    Ok(ExitCode::SUCCESS)
}

fn shown<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().unwrap_or_default()
}
