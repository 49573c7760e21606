//! `strongroom completions SHELL`: completions for a shell.

use std::process::ExitCode;

use clap::ArgMatches;
use clap_complete::Shell;

use crate::cli;
use crate::failure::Failure;

/// Prints them.
///
/// # Errors
/// None that the command line does not refuse first.
pub fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let shell = matches.get_one::<Shell>("shell").copied();
    let shell = shell.ok_or_else(|| Failure::new("which shell?"))?;
    clap_complete::generate(shell, &mut cli::command(), "strongroom", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}
