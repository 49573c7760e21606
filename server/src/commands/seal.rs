//! `strongroom seal`: the keys that open the data.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgMatches;
use strongroom_api::Timestamp;

use crate::admin::Order;
use crate::commands::office::perform;
use crate::config::Config;
use crate::failure::Failure;

/// Carries out `add`, `remove` or `list`.
///
/// # Errors
/// For the operator.
pub fn run(verb: &str, config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    // The server has another working directory, perhaps.
    let path = |name| {
        let text = matches.get_one::<String>(name)?;
        Some(std::path::absolute(text).unwrap_or_else(|_| PathBuf::from(text)))
    };
    match verb {
        "add" => {
            let order = Order::SealAdd {
                key_file: path("new-key-file"),
                passphrase_file: path("new-passphrase-file"),
                credential_file: path("new-credential-file"),
            };
            let answer = perform(config, order)?;
            for id in answer["added"].as_array().into_iter().flatten() {
                println!("added {}", id.as_str().unwrap_or_default());
            }
        }
        "remove" => {
            let id = matches.get_one::<String>("id").cloned().unwrap_or_default();
            perform(config, Order::SealRemove { id: id.clone() })?;
            println!("removed {id}; copies of seal.json made before still accept its key");
        }
        _ => {
            let answer = perform(config, Order::SealList)?;
            for wrap in answer["wraps"].as_array().into_iter().flatten() {
                let created = Timestamp::from_millis(wrap["created_ms"].as_i64().unwrap_or(0));
                println!(
                    "{}  {:<10}  {}",
                    wrap["id"].as_str().unwrap_or_default(),
                    wrap["kind"].as_str().unwrap_or_default(),
                    created.iso8601()
                );
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
