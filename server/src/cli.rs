//! What a person types: every command, and who carries it out.

use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use crate::clock::Stopwatch;
use crate::commands;
use crate::config::{self, Config};
use crate::failure::Failure;
use crate::settings::{Layers, SETTINGS};

/// Settings that every command takes, since they say which data it is about.
const WHICH_DATA: &[&str] = &["data_dir", "key_file", "passphrase_file", "credential_file"];
/// Settings that say where the server is, too.
const WHICH_SERVER: &[&str] = &["data_dir", "listen", "account_id", "region", "dev", "tls"];

/// Reads the command line and carries the command out.
#[must_use]
pub fn main() -> ExitCode {
    let started = Stopwatch::start();
    let matches = command().get_matches();
    match run(&matches, started) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// The whole command line.
#[must_use]
pub fn command() -> Command {
    let all: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    Command::new("strongroom")
        .version(env!("CARGO_PKG_VERSION"))
        .about("AWS Secrets Manager on your own machines")
        .after_help(
            "Getting started:\n  strongroom serve\n  eval \"$(strongroom env)\"\n  \
             aws secretsmanager create-secret --name prod/api --secret-string hunter2\n\n\
             Every setting is also an environment variable (STRONGROOM_DATA_DIR) and a line of a \
             configuration file (data_dir = \"...\").",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            with_settings(Command::new("serve"), &all)
                .about("Run the server")
                .after_help("Ctrl-C and SIGTERM finish the requests in progress and stop."),
        )
        .subcommand(
            with_settings(Command::new("env"), WHICH_SERVER)
                .about("Print what AWS SDKs and the AWS CLI need in the environment")
                .arg(switch("json", "Print JSON instead of shell commands"))
                .arg(
                    Arg::new("profile")
                        .long("profile")
                        .value_name("NAME")
                        .default_value(crate::credentials::DEFAULT)
                        .help("Which access key of the credentials file"),
                )
                .after_help("Use it as: eval \"$(strongroom env)\""),
        )
        .subcommand(account())
        .subcommand(
            with_settings(Command::new("doctor"), &all)
                .about("Check data directory, keys, clock, permissions and port"),
        )
        .subcommand(trail())
        .subcommand(why())
        .subcommand(rotation())
        .subcommand(seal())
        .subcommand(keyring())
        .subcommand(sns())
        .subcommand(tls())
        .subcommands(strongroom_agent::cli::commands())
        .subcommand(Command::new("completions").about("Print completions for a shell").arg(
            Arg::new("shell").required(true).value_name("SHELL").value_parser(value_parser!(Shell)),
        ))
        .subcommand(
            Command::new("model").hide(true).about("Print the models of all operations as JSON"),
        )
        .subcommand(rotator())
}

/// Started by Lambda and by nobody else.
fn rotator() -> Command {
    let name = Arg::new("name").long("name").env("AWS_LAMBDA_FUNCTION_NAME").required(true);
    Command::new("rotator")
        .hide(true)
        .about("Be a built-in function, for the Lambda Runtime API in the environment")
        .arg(name.value_name("NAME").help("The function's name"))
}

fn account() -> Command {
    let create = Command::new("create").about("Create an account with a root access key");
    let enroll = Command::new("enroll")
        .about("Take an account that stands alone into the organization of the first account");
    let list = Command::new("list").about("List the accounts");
    group("account", "Accounts")
        .subcommand(with_settings(create, WHICH_DATA).args(newcomer()))
        .subcommand(with_settings(enroll, WHICH_DATA).args(newcomer()))
        .subcommand(with_settings(list, WHICH_DATA))
}

fn newcomer() -> [Arg; 3] {
    [
        Arg::new("id").long("id").required(true).value_name("ID").help("The account's 12 digits"),
        Arg::new("name")
            .long("name")
            .value_name("NAME")
            .help("What the organization calls it [default: its id]"),
        Arg::new("email").long("email").value_name("ADDRESS").help(
            "The address of its root user in the organization [default: one that reaches nobody]",
        ),
    ]
}

fn trail() -> Command {
    let verify = Command::new("verify").about("Prove that no record was changed, removed or moved");
    let tail = Command::new("tail").about("Print the latest records");
    group("trail", "The record of all calls")
        .subcommand(
            with_settings(verify, WHICH_DATA).arg(
                Arg::new("key")
                    .long("key")
                    .value_name("FINGERPRINT")
                    .help("The key of the oldest digests, as you noted it elsewhere"),
            ),
        )
        .subcommand(
            with_settings(tail, &["data_dir"])
                .arg(
                    Arg::new("count")
                        .short('n')
                        .long("count")
                        .value_name("COUNT")
                        .default_value("10")
                        .value_parser(value_parser!(u64))
                        .help("How many records"),
                )
                .arg(switch("follow", "Go on as records are written").short('f')),
        )
}

fn why() -> Command {
    with_settings(Command::new("why"), &["data_dir"])
        .about("Tell what came of a call, and which policies denied it")
        .arg(
            Arg::new("id")
                .required(true)
                .value_name("ID")
                .help("An event id of the trail, or the request id of a reply"),
        )
        .arg(switch("json", "Print the explanation as JSON"))
        .after_help("It reads the trail's files, whether a server runs or not.")
}

fn rotation() -> Command {
    let verb = |name: &'static str, about: &'static str| {
        with_settings(Command::new(name).about(about), WHICH_DATA)
            .arg(
                Arg::new("secret")
                    .required(true)
                    .value_name("SECRET")
                    .help("Its name in the first account and region, or its ARN"),
            )
            .arg(switch("json", "Print JSON"))
    };
    group("rotation", "The rotation of secrets")
        .subcommand(verb("status", "Tell how the rotation of a secret is, and what failed"))
        .subcommand(verb("retry", "Try a rotation again at once that is not complete"))
        .subcommand(verb("abandon", "Make an end of a rotation that is not complete"))
        .subcommand(
            verb("rehearse", "Try what a rotation would do; credentials in use are not touched")
                .arg(
                    Arg::new("function")
                        .long("function")
                        .value_name("NAME")
                        .help("Another built-in rotator than the one that is set up"),
                ),
        )
}

fn seal() -> Command {
    let file = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("FILE").help(help)
    };
    let add = Command::new("add").about("Let another key open the data");
    let remove = Command::new("remove").about("Take a key's right to open the data away");
    let list = Command::new("list").about("List the keys that open the data");
    group("seal", "The keys that open the data")
        .subcommand(
            with_settings(add, WHICH_DATA)
                .arg(file("new-key-file", "A key file; created if it is not there"))
                .arg(file("new-passphrase-file", "A file whose first line is a passphrase"))
                .arg(file("new-credential-file", "A credential, such as systemd's"))
                .group(
                    clap::ArgGroup::new("new")
                        .args(["new-key-file", "new-passphrase-file", "new-credential-file"])
                        .required(true),
                ),
        )
        .subcommand(
            with_settings(remove, WHICH_DATA).arg(
                Arg::new("id")
                    .required(true)
                    .value_name("ID")
                    .help("As `strongroom seal list` shows it"),
            ),
        )
        .subcommand(with_settings(list, WHICH_DATA))
}

fn keyring() -> Command {
    let rotate = Command::new("rotate").about("Seal with a new key from now on");
    let list = Command::new("list").about("List the generations, and how many records need each");
    let retire = Command::new("retire").about("Destroy a generation that no record needs any more");
    group("keyring", "The keys that seal every stored value")
        .subcommand(with_settings(rotate, WHICH_DATA))
        .subcommand(with_settings(list, WHICH_DATA))
        .subcommand(
            with_settings(retire, WHICH_DATA)
                .arg(
                    Arg::new("generation")
                        .required(true)
                        .value_name("NUMBER")
                        .value_parser(value_parser!(u32))
                        .help("As `strongroom keyring list` shows it"),
                )
                .arg(switch("at-once", "Make sessions and page tokens invalid that may be in use")),
        )
}

fn sns() -> Command {
    let failures = Command::new("failures").about("List the deliveries that were given up");
    group("sns", "What is published to topics").subcommand(
        with_settings(failures, WHICH_SERVER)
            .arg(
                Arg::new("count")
                    .short('n')
                    .long("count")
                    .value_name("COUNT")
                    .default_value("20")
                    .value_parser(value_parser!(u16).range(1..=1_000))
                    .help("How many, the newest first"),
            )
            .arg(switch("json", "Print JSON, with the messages")),
    )
}

fn tls() -> Command {
    let init = Command::new("init").about("Make an authority and a certificate for `serve --tls`");
    group("tls", "Certificates of our own making").subcommand(
        with_settings(init, &["data_dir", "listen"]).arg(
            Arg::new("name")
                .long("name")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("A further host name or address that clients use"),
        ),
    )
}

fn group(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(about).subcommand_required(true).arg_required_else_help(true)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// Adds flags for these settings, and `--config`.
fn with_settings(mut command: Command, keys: &[&str]) -> Command {
    for setting in SETTINGS.iter().filter(|setting| keys.contains(&setting.key)) {
        let mut help = setting.help.to_owned();
        if !setting.default.is_empty() {
            help.push_str(&format!(" [default: {}]", setting.default));
        }
        let arg = Arg::new(setting.key).long(setting.flag()).help(help);
        command = command.arg(match setting.value {
            "" => arg
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .value_name("BOOL")
                .hide_possible_values(true),
            value => arg.value_name(value),
        });
    }
    command.arg(
        Arg::new("config")
            .long("config")
            .value_name("FILE")
            .help("A TOML file with these settings"),
    )
}

fn run(matches: &ArgMatches, started: Stopwatch) -> Result<ExitCode, Failure> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(ExitCode::FAILURE) };
    let nested = matches.subcommand();
    match (name, nested) {
        ("serve", _) => commands::serve::run(&read_config(matches)?, started),
        ("env", _) => commands::env::run(&read_config(matches)?, matches),
        ("doctor", _) => commands::doctor::run(&read_config(matches)?),
        ("account", Some((verb, matches))) => {
            commands::account::run(verb, &read_config(matches)?, matches)
        }
        ("trail", Some((verb, matches))) => {
            commands::trail::run(verb, &read_config(matches)?, matches)
        }
        ("why", _) => commands::why::run(&read_config(matches)?, matches),
        ("rotation", Some((verb, matches))) => {
            commands::rotation::run(verb, &read_config(matches)?, matches)
        }
        ("seal", Some((verb, matches))) => {
            commands::seal::run(verb, &read_config(matches)?, matches)
        }
        ("keyring", Some((verb, matches))) => {
            commands::keyring::run(verb, &read_config(matches)?, matches)
        }
        ("sns", Some((_, matches))) => commands::sns::run(&read_config(matches)?, matches),
        ("tls", Some((_, matches))) => commands::tls::run(&read_config(matches)?, matches),
        ("agent" | "exec" | "get" | "credentials" | "host", _) => {
            Ok(strongroom_agent::cli::run(name, matches)?)
        }
        ("completions", _) => commands::completions::run(matches),
        ("model", _) => commands::model::run(),
        ("rotator", _) => commands::rotator::run(matches),
        _ => Err(Failure::new("no such command")),
    }
}

fn read_config(matches: &ArgMatches) -> Result<Config, Failure> {
    let environment = |name: &str| std::env::var(name).ok();
    let flags = |key: &str| matches.try_get_one::<String>(key).ok().flatten().cloned();
    let file = flags("config").or_else(|| environment("STRONGROOM_CONFIG"));
    let layers = Layers::gather(flags, environment, file.as_deref().map(Path::new))?;
    config::read(&layers, environment)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_sound() {
        super::command().debug_assert();
    }
}
