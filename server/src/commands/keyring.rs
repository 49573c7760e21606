//! `strongroom keyring`: the keys that seal every stored value.

use std::process::ExitCode;

use crate::admin::Order;
use crate::commands::office::perform;
use crate::config::Config;
use crate::failure::Failure;

/// Carries out `rotate` or `list`.
///
/// # Errors
/// For the operator.
pub fn run(verb: &str, config: &Config) -> Result<ExitCode, Failure> {
    if verb == "rotate" {
        let answer = perform(config, Order::KeyringRotate)?;
        println!("generation {} seals from now on", answer["generation"]);
        return Ok(ExitCode::SUCCESS);
    }
    let answer = perform(config, Order::KeyringList)?;
    for generation in answer["generations"].as_array().into_iter().flatten() {
        let created = generation["created"].as_str().unwrap_or_default();
        println!("{:>4}  {created}", generation["generation"].as_u64().unwrap_or_default());
    }
    Ok(ExitCode::SUCCESS)
}
