//! `strongroom trail`: proves and prints the record of all calls.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::ArgMatches;
use strongroom_trail::{Expectations, tail, verify};

use crate::config::Config;
use crate::failure::Failure;
use crate::foundation::of_trail;

/// Carries out `verify` or `tail`.
///
/// # Errors
/// For the operator: the trail cannot be read.
pub fn run(verb: &str, config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let folder = folder(config)?;
    if verb == "verify" {
        return prove(&folder);
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

fn prove(folder: &Path) -> Result<ExitCode, Failure> {
    let report = verify(folder, &Expectations::default()).map_err(of_trail)?;
    println!(
        "{} records in {} segments, up to number {} with chain {}",
        report.records, report.segments, report.end.sequence, report.end.chain
    );
    match report.problem {
        None => {
            println!("every record is as it was written");
            Ok(ExitCode::SUCCESS)
        }
        Some(problem) => Err(Failure::new(format!("the trail is not what was written: {problem}"))
            .hint("nothing was changed; records after this place are not vouched for")),
    }
}
