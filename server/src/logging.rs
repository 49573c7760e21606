//! The log: on standard error, as text or JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Sends the log to standard error. `RUST_LOG`, if set, wins over the configuration.
pub fn start(config: &Config) {
    let filter = EnvFilter::try_from_default_env()
        .or_else(|_| EnvFilter::try_new(&config.log_level))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start within one process (tests) keeps the first log.
    let _kept = match config.log_json {
        true => log.json().flatten_event(true).try_init(),
        false => log.with_target(false).with_ansi(std::io::stderr().is_terminal()).try_init(),
    };
}
