//! `strongroom tls init`: makes an authority and a certificate for `serve --tls`.

use std::process::ExitCode;

use clap::ArgMatches;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::Failure;
use crate::{files, tls};

/// Makes the certificates.
///
/// # Errors
/// For the operator: they exist already, or cannot be written.
pub fn run(config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let more: Vec<String> =
        matches.get_many::<String>("name").into_iter().flatten().cloned().collect();
    let names = tls::names(config, &more);
    files::private_folder(config.data.path())?;
    let made = tls::init(&config.data.tls(), &names, tls::today(&SystemClock))?;
    println!("a certificate for {} is in {}", names.join(", "), config.data.tls().display());
    println!("clients have to trust {}, as AWS_CA_BUNDLE does", made.authority.display());
    Ok(ExitCode::SUCCESS)
}
