//! What the repository checks and writes about itself: `cargo xtask tidy | docs | model`.

mod complaint;
mod contract;
mod exceptions;
mod model;
mod reference;
mod repository;
mod services;
mod tidy;

use std::process::ExitCode;

use complaint::Complaint;
use repository::Repository;

const USAGE: &str = "usage: cargo xtask <command>

  tidy    say where the repository breaks its own rules
  docs    write the reference pages anew (docs/reference)
  model   say where the operations differ from AWS's models (conformance/models)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let repository = Repository::of_this_build();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => tidy::run(&repository),
        ["docs"] => reference::write(&repository),
        ["model"] => model::run(&repository),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(complaints) => report(&complaints),
    }
}

fn report(complaints: &[Complaint]) -> ExitCode {
    for complaint in complaints {
        eprintln!("{complaint}");
    }
    eprintln!("{} to settle", complaints.len());
    ExitCode::FAILURE
}
