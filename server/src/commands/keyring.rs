//! `strongroom keyring`: the keys that seal every stored value.

use std::process::ExitCode;

use crate::admin::Order;
use crate::commands::office::perform;
use crate::config::Config;
use crate::failure::Failure;
use clap::ArgMatches;

/// Carries out `rotate`, `list` or `retire`.
///
/// # Errors
/// For the operator.
pub fn run(verb: &str, config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    if verb == "rotate" {
        let answer = perform(config, Order::KeyringRotate)?;
        println!("generation {} seals from now on", answer["generation"]);
        return Ok(ExitCode::SUCCESS);
    }
    if verb == "retire" {
        let generation = matches.get_one::<u32>("generation").copied().unwrap_or_default();
        let at_once = matches.get_flag("at-once");
        perform(config, Order::KeyringRetire { generation, at_once })?;
        println!(
            "generation {generation} is gone from the keyring; whole backups made before hold it still"
        );
        return Ok(ExitCode::SUCCESS);
    }
    let answer = perform(config, Order::KeyringList)?;
    for generation in answer["generations"].as_array().into_iter().flatten() {
        let created = generation["created"].as_str().unwrap_or_default();
        let number = |name: &str| generation[name].as_u64().unwrap_or_default();
        println!("{:>4}  {created}  {} records", number("generation"), number("records"));
    }
    Ok(ExitCode::SUCCESS)
}
