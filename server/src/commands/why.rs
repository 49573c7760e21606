//! `strongroom why`: what the trail knows of one call, and how its denial came about.

mod search;
mod words;

use std::process::ExitCode;

use clap::ArgMatches;
use serde_json::Value;

use crate::commands::trail;
use crate::config::Config;
use crate::failure::Failure;

/// Tells of the records with this event id, or of all records of this request.
///
/// # Errors
/// For the operator: the trail cannot be read, or has no such record.
pub fn run(config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let id = matches.get_one::<String>("id").map_or("", String::as_str);
    let found = search::records(&trail::folder(config)?, id)?;
    if found.is_empty() {
        return Err(Failure::new(format!("the trail has no record with the id {id:?}")).hint(
            "a reply's x-amzn-requestid header has a request id; `strongroom trail tail` shows \
             both ids",
        ));
    }
    let told: Vec<String> = match matches.get_flag("json") {
        true => explanations(&found),
        false => found.iter().map(words::tell).collect(),
    };
    println!("{}", told.join("\n").trim_end());
    Ok(ExitCode::SUCCESS)
}

/// The explanations, one to a line; `null` if there are none.
fn explanations(records: &[Value]) -> Vec<String> {
    let told: Vec<_> = records.iter().filter_map(explanation).map(Value::to_string).collect();
    if told.is_empty() { vec![Value::Null.to_string()] } else { told }
}

fn explanation(record: &Value) -> Option<&Value> {
    record.get("additionalEventData")?.get("explanation")
}
