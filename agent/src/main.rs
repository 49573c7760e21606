//! The binary `strongroom-agent`: the client side of `strongroom` alone.

use std::process::ExitCode;

fn main() -> ExitCode {
    let matches = strongroom_agent::cli::command().get_matches();
    let Some((name, matches)) = matches.subcommand() else { return ExitCode::FAILURE };
    match strongroom_agent::cli::run(name, matches) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
