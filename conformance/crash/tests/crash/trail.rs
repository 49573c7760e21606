//! The trail: unbroken, and with one record for every answer.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use strongroom_benches::Result;

use crate::client::Answered;
use crate::trail_of;

/// Runs `strongroom trail verify`.
pub fn verify(binary: &Path, directory: &Path) -> Result<()> {
    let mut command = Command::new(binary);
    let output = command.args(["trail", "verify", "--data-dir"]).arg(directory).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("the trail does not verify: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// Looks up every answered request in the trail; returns how many records there are in all.
pub fn has_every_answer(directory: &Path, answered: &[Answered]) -> Result<u64> {
    let mut recorded: HashMap<String, Vec<String>> = HashMap::new();
    let mut records = 0;
    for entry in strongroom_trail::read_from(&trail_of(directory), 1) {
        let event: Value = serde_json::from_slice(&entry?.line)?;
        records += 1;
        // What KMS does on behalf of a request has the request's id, too, and so have service events.
        let is_secret = event["eventSource"] == "secretsmanager.amazonaws.com";
        if is_secret && event["eventType"] == "AwsApiCall" {
            let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            recorded.entry(text("requestID")).or_default().push(text("eventName"));
        }
    }
    for (id, operation) in answered {
        if recorded.get(id).map(Vec::as_slice) != Some(&[(*operation).to_owned()]) {
            let found = recorded.get(id);
            return Err(format!("{operation} was answered as {id}, on record is {found:?}").into());
        }
    }
    Ok(records)
}
