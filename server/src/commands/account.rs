//! `strongroom account`: creates and lists accounts.

use std::process::ExitCode;

use clap::ArgMatches;

use crate::admin::Order;
use crate::commands::office::perform;
use crate::config::{self, Config};
use crate::failure::Failure;

/// Carries out `create` or `list`.
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
    let id = matches.get_one::<String>("id").map_or("", String::as_str);
    let id =
        config::account(id).map_err(|expected| Failure::new(format!("--id {id:?}: {expected}")))?;
    let answer = perform(config, Order::AccountCreate { id })?;
    println!(
        "account {} is ready; its root access key is profile [{}] in {}",
        answer["account"].as_str().unwrap_or_default(),
        answer["profile"].as_str().unwrap_or_default(),
        answer["credentials"].as_str().unwrap_or_default()
    );
    Ok(ExitCode::SUCCESS)
}
