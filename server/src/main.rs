//! The binary `strongroom`.

use std::process::ExitCode;

fn main() -> ExitCode {
    strongroom::cli::main()
}
