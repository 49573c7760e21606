//! `strongroom rotator`: a built-in function, as the process that Lambda starts.

use std::process::ExitCode;
use std::sync::Arc;

use clap::ArgMatches;
use strongroom_client::ThisMachine;
use tracing_subscriber::EnvFilter;

use crate::commands::office::runtime;
use crate::failure::Failure;

/// Answers invocations until the platform is gone.
///
/// # Errors
/// For the operator: there is no such function, or the environment lacks something.
pub fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let name = matches.get_one::<String>("name").map_or("", String::as_str);
    let builtin = strongroom_rotators::find(name)
        .ok_or_else(|| Failure::new(format!("there is no built-in function {name}")))?;
    // It has the passwords of databases in its memory.
    let _best_effort = strongroom_memory::harden_process();
    log();
    let variables = Arc::new(|name: &str| std::env::var(name).ok());
    let running = strongroom_rotators::run(builtin, variables, ThisMachine::shared());
    runtime()?.block_on(running).map_err(Failure::new)?;
    Ok(ExitCode::SUCCESS)
}

/// What rotators say themselves, on the stream that goes to the function's log group. Drivers of
/// databases are not asked: some quote statements.
fn log() {
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new("strongroom_rotators=info"));
    let _kept = log.with_writer(std::io::stderr).without_time().with_target(false).try_init();
}
