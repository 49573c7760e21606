//! `strongroom trail`: proves and prints the record of all calls.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use strongroom_api::Entropy;
use strongroom_seal::SystemEntropy;
use strongroom_trail::{Expectations, tail, verify};

use crate::admin::{Order, ask};
use crate::clock::{Clock as _, SystemClock};
use crate::commands::office;
use crate::config::Config;
use crate::failure::Failure;
use crate::foundation::{Foundation, of_trail};
use crate::keeper::{self, Memory};

/// Carries out `verify` or `tail`.
///
/// # Errors
/// For the operator: the trail cannot be read.
pub fn run(verb: &str, config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let folder = folder(config)?;
    if verb == "verify" {
        return prove(&folder, config, matches.get_one::<String>("key").cloned());
    }
    let count = matches.get_one::<u64>("count").copied().unwrap_or(10);
    let mut reader = tail(&folder, count).map_err(of_trail)?;
    let mut out = std::io::stdout().lock();
    loop {
        for entry in &mut reader {
            let entry = entry.map_err(of_trail)?;
            if out.write_all(&entry.line).and_then(|()| out.write_all(b"\n")).is_err() {
                // Whoever read this has read enough.
                return Ok(ExitCode::SUCCESS);
            }
        }
        if !matches.get_flag("follow") || out.flush().is_err() {
            return Ok(ExitCode::SUCCESS);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The folder of the trail's files.
///
/// # Errors
/// For the operator: it does not exist.
pub fn folder(config: &Config) -> Result<PathBuf, Failure> {
    let folder = config.data.trail();
    match folder.exists() {
        true => Ok(folder),
        false => Err(Failure::new(format!("there is no trail at {}", folder.display()))
            .hint("name the folder of the data with --data-dir")),
    }
}

fn prove(folder: &Path, config: &Config, key: Option<String>) -> Result<ExitCode, Failure> {
    // Somebody who changes the files cannot change what the store remembers.
    let memory = office::runtime()?.block_on(memory(config));
    let remembered = memory.as_ref().ok().cloned().flatten();
    let expected = Expectations {
        head: None,
        digest: remembered.as_ref().map(Memory::remembered),
        key,
        ..Expectations::default()
    };
    let report = verify(folder, &expected).map_err(of_trail)?;
    println!(
        "{} records in {} segments, up to number {} with chain {}",
        report.records, report.segments, report.end.sequence, report.end.chain
    );
    if let Some(last) = &report.last_digest {
        let digest = &last.digest;
        println!(
            "{} digests, the last one of {} signed with key {}",
            report.digests, digest.digest_end_time, digest.digest_public_key_fingerprint
        );
    }
    match (&memory, &remembered) {
        (Err(failure), _) => println!(
            "not compared with what the store remembers of the trail: {}",
            failure.message()
        ),
        (Ok(_), Some(memory)) => {
            println!(
                "the store remembers digest {} and record {}",
                memory.number, memory.position.sequence
            );
        }
        (Ok(_), None) => {}
    }
    match report.problem {
        None => {
            println!("every record is as it was written");
            Ok(ExitCode::SUCCESS)
        }
        Some(problem) => Err(Failure::new(format!("the trail is not what was written: {problem}"))
            .hint("nothing was changed; records after this place are not vouched for")),
    }
}

/// What the store remembers of the trail, asked of the server if one runs.
async fn memory(config: &Config) -> Result<Option<Memory>, Failure> {
    let answer = match ask(&config.data.admin_socket(), &Order::TrailRemembered).await {
        Some(answer) => answer?,
        None => {
            let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
            let records = Foundation::records_of(config, SystemClock.now(), &entropy).await?;
            return keeper::memory(&records).await;
        }
    };
    let digest = answer.get("digest").cloned().unwrap_or_default();
    serde_json::from_value(digest).map_err(|error| Failure::new(error.to_string()))
}
