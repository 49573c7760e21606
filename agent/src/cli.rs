//! What a person types: `agent`, `exec`, `get`, `credentials`, `host`.

mod grammar;
mod hosts;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgMatches, Command};
use strongroom_client::{AssumeRole, Provide as _, ThisMachine, Variables, process_variables};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::agent::{self, Order, Running};
use crate::config::{self, Config};
use crate::exec::{self, OnChange, Plan};
use crate::failure::Failure;
use crate::gate::{new_token, replace_token};
use crate::get;
use crate::secrets::Place;
use crate::value::wiped;
use crate::workload::{CONTAINER_PATH, Role};

/// The commands of this crate, for a binary that has others, too.
#[must_use]
pub fn commands() -> Vec<Command> {
    vec![
        grammar::agent_command(),
        grammar::exec_command(),
        grammar::get_command(),
        grammar::credentials_command(),
        grammar::host_command(),
    ]
}

/// The whole command line of the agent's own binary.
#[must_use]
pub fn command() -> Command {
    Command::new("strongroom-agent")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Secrets and credentials for what runs on this host")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(commands())
}

/// Carries one of [`commands`] out.
///
/// # Errors
/// For the person who typed it.
pub fn run(name: &str, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    match name {
        "agent" => run_agent(matches),
        "exec" => run_exec(matches),
        "get" => run_get(matches),
        "credentials" => run_credentials(matches),
        "host" => hosts::run(matches),
        _ => Err(Failure::new("no such command")),
    }
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one::<String>(name).cloned()
}

fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(|cause| Failure::new(format!("cannot start: {cause}")))
}

fn role(matches: &ArgMatches) -> Option<Role> {
    let profile = text(matches, "instance-profile").map(Role::InstanceProfile);
    profile.or_else(|| text(matches, "role").map(Role::Arn))
}

fn run_agent(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let variables = process_variables();
    let config = agent_config(matches, &variables)?;
    log(&config);
    harden();
    let role = role(matches);
    let container_token = new_token(&ThisMachine)?;
    let container_token_file = text(matches, "container-token-file")
        .map_or_else(|| default_folder(&variables).join("container-token"), PathBuf::from);
    let has_token = config.token_variables.iter().any(|name| variables(name).is_some());
    let shown_token_file = config.token_file.clone().filter(|_| !has_token);
    let join = hosts::join(matches, &variables)?;
    let order = Order {
        config,
        role,
        join,
        metadata: text(matches, "metadata-listen").map(|text| address_of(&text)).transpose()?,
        hop_limit: matches.get_one::<u32>("hop-limit").copied().unwrap_or(1),
        container_token: container_token.clone(),
        variables,
        machine: ThisMachine::shared(),
    };
    runtime()?.block_on(async {
        let failed = |cause| Failure::new(format!("signals cannot be received: {cause}"));
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let running = agent::start(order).await?;
        if running.role.is_some() {
            // Not before it has started: the file may be that of another agent, which goes on.
            replace_token(&container_token_file, &container_token)?;
        }
        announce(&running, shown_token_file.as_deref(), &container_token_file);
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The configuration file, with what the command line says over it.
fn agent_config(matches: &ArgMatches, variables: &Variables) -> Result<Config, Failure> {
    let file = text(matches, "config").map(PathBuf::from);
    let mut config = config::read(file.as_deref(), variables)?;
    if let Some(address) = text(matches, "listen") {
        config.listen = address_of(&address)?;
    }
    if let Some(path) = text(matches, "unix-socket") {
        config.unix_socket = Some(path.into());
    }
    if let Some(path) = text(matches, "token-file") {
        config.token_file = Some(path.into());
    }
    config.token_file.get_or_insert_with(|| default_folder(variables).join("token"));
    Ok(config)
}

/// What is ready on standard error, and what a shell needs on standard output.
fn announce(
    running: &Running,
    token_file: Option<&std::path::Path>,
    container_token_file: &std::path::Path,
) {
    let caller = running.caller.as_deref().unwrap_or("an identity that was not checked");
    eprintln!(
        "strongroom agent is ready at http://{} (region {}, as {caller})",
        running.address, running.region
    );
    if let Some(path) = token_file {
        eprintln!("callers show the token in {}", path.display());
    }
    if let Some(host) = &running.host {
        eprintln!("this host has joined as {host}");
    }
    let Some(role) = &running.role else { return };
    eprintln!("credentials of {role} are served; a shell needs:");
    let metadata = running.metadata.unwrap_or(running.address);
    let path = std::path::absolute(container_token_file);
    let path = path.as_deref().unwrap_or(container_token_file);
    println!("export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://{metadata}");
    println!(
        "export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://{}{CONTAINER_PATH}",
        running.address
    );
    println!("export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE={}", path.display());
}

fn address_of(text: &str) -> Result<SocketAddr, Failure> {
    text.parse().map_err(|_| {
        Failure::new(format!("{text} is not an address")).hint("write it as 127.0.0.1:2773")
    })
}

/// Where tokens are kept: a folder of this user, in memory if the system has one. Never where everybody may
/// write: a token that somebody else has put there would let him in.
fn default_folder(variables: &Variables) -> PathBuf {
    let runtime = variables("XDG_RUNTIME_DIR").map(PathBuf::from);
    let home = || variables("HOME").map(|home| PathBuf::from(home).join(".cache"));
    runtime.or_else(home).unwrap_or_else(|| PathBuf::from("/run")).join("strongroom-agent")
}

fn log(config: &Config) {
    let level = if config.log_level == "none" { "off" } else { &config.log_level };
    let filter = EnvFilter::try_from_default_env()
        .or_else(|_| EnvFilter::try_new(level))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _kept = log.with_target(false).try_init();
}

/// Keeps what the agent holds out of core dumps and out of the sight of this user's other programs.
fn harden() {
    let hardening = strongroom_memory::harden_process();
    for outcome in [hardening.core_dumps_off, hardening.undumpable] {
        if let Err(cause) = outcome {
            tracing::warn!(%cause, "secrets cannot be kept from core dumps or debuggers");
        }
    }
}

fn run_exec(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let all = |name: &str| matches.get_many::<String>(name).into_iter().flatten();
    let pairs = |name: &str| -> Result<Vec<(String, Place)>, Failure> {
        all(name).map(|pair| mapped(name, pair)).collect()
    };
    let on_change = match text(matches, "on-change").as_deref() {
        None => OnChange::Ignore,
        Some("restart") => OnChange::Restart,
        Some(name) => OnChange::Tell(
            exec::signal_number(name)
                .ok_or_else(|| Failure::new(format!("{name} is neither `restart` nor a signal")))?,
        ),
    };
    let plan = Plan {
        command: matches.get_many::<OsString>("command").into_iter().flatten().cloned().collect(),
        secrets: all("secret").cloned().collect(),
        env: pairs("env")?,
        files: pairs("file")?,
        folder: text(matches, "files-in").map(PathBuf::from),
        on_change,
        poll: Duration::from_secs(matches.get_one::<u64>("poll").copied().unwrap_or(60)),
    };
    let client = exec::client(process_variables(), ThisMachine::shared())?;
    let runtime = runtime()?;
    let code = runtime.block_on(exec::run(client, plan))?;
    // What still waits for the service need not be waited for.
    runtime.shutdown_background();
    Ok(ExitCode::from(code))
}

/// `VAR=SECRET#KEY`.
fn mapped(option: &str, pair: &str) -> Result<(String, Place), Failure> {
    let split = pair.split_once('=');
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match split.filter(|(name, place)| is_name(name) && !place.is_empty()) {
        Some((name, place)) => Ok((name.to_owned(), Place::parse(place))),
        None => Err(Failure::new(format!("--{option} {pair} cannot be read"))
            .hint("write it as VAR=SECRET or VAR=SECRET#KEY")),
    }
}

fn run_get(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let wish = get::Wish {
        secret: text(matches, "name").unwrap_or_default(),
        key: text(matches, "key"),
        json: matches.get_flag("json"),
        version_id: text(matches, "version-id"),
        version_stage: text(matches, "version-stage"),
    };
    let client = exec::client(process_variables(), ThisMachine::shared())?;
    runtime()?.block_on(get::run(&client, &wish))?;
    Ok(ExitCode::SUCCESS)
}

fn run_credentials(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Printed<'a> {
        version: u8,
        access_key_id: &'a str,
        secret_access_key: &'a str,
        session_token: Option<&'a str>,
        expiration: Option<String>,
    }
    let client = exec::client(process_variables(), ThisMachine::shared())?;
    let credentials = runtime()?.block_on(async {
        let arn = match role(matches) {
            Some(Role::Arn(arn)) => arn,
            Some(Role::InstanceProfile(name)) => crate::workload::role_of(&client, &name).await?,
            None => return Err(Failure::new("no role is named")),
        };
        let seconds = matches.get_one::<u32>("duration-seconds").copied();
        let session = format!("strongroom-{}", client.machine().now().as_second());
        let assume = AssumeRole::new(client.clone(), &arn, &session).duration_seconds(seconds);
        Ok(assume.provide().await?)
    })?;
    let text = wiped(&Printed {
        version: 1,
        access_key_id: credentials.access_key_id(),
        secret_access_key: credentials.secret_access_key(),
        session_token: credentials.session_token(),
        expiration: credentials.expiration().map(|end| end.to_string()),
    });
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(&text)
        .and_then(|()| out.write_all(b"\n"))
        .map_err(|cause| Failure::new(format!("cannot write the credentials: {cause}")))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn a_token_is_never_kept_where_everybody_may_write() {
        let folder = |set: &'static [(&'static str, &'static str)]| {
            let variables: Variables = std::sync::Arc::new(move |name| {
                set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
            });
            default_folder(&variables).display().to_string()
        };
        assert_eq!(folder(&[]), "/run/strongroom-agent");
        assert_eq!(folder(&[("HOME", "/home/a")]), "/home/a/.cache/strongroom-agent");
        let both = &[("HOME", "/home/a"), ("XDG_RUNTIME_DIR", "/run/user/1")];
        assert_eq!(folder(both), "/run/user/1/strongroom-agent");
    }

    #[test]
    fn a_variable_is_mapped_to_a_secret_and_a_key() {
        let (name, place) = mapped("env", "PGPASSWORD=prod/db#password").unwrap();
        assert_eq!((name.as_str(), place.secret.as_str()), ("PGPASSWORD", "prod/db"));
        assert_eq!(place.key.as_deref(), Some("password"));
        for wrong in ["x", "=a", "A-B=c", "A=", "../A=b"] {
            assert!(mapped("env", wrong).is_err(), "{wrong}");
        }
    }
}
