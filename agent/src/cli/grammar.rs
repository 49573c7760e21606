//! The commands and their options.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgGroup, Command, value_parser};

pub(super) fn agent_command() -> Command {
    Command::new("agent")
        .about("Serve secrets and credentials to programs on this host")
        .arg(option("config", "FILE", "A TOML file with the keys of AWS's agent and ours"))
        .arg(option("listen", "ADDRESS", "Where to listen [default: 127.0.0.1:2773]"))
        .arg(option("unix-socket", "PATH", "Listen on this Unix socket, too"))
        .arg(option(
            "token-file",
            "FILE",
            "The token that callers show, if no variable holds it; made if it is not there",
        ))
        .args(role_options())
        .arg(option(
            "container-token-file",
            "FILE",
            "Where to write the token of the container credentials endpoint",
        ))
        .arg(option(
            "metadata-listen",
            "ADDRESS",
            "Serve instance metadata here, too, such as 169.254.169.254:80",
        ))
        .arg(
            option("hop-limit", "HOPS", "How many hops answers travel [default: 1]")
                .value_parser(value_parser!(u32).range(1..=64)),
        )
        .after_help(
            "Endpoint, Region and credentials come from the standard AWS variables and files.\n\
             The token is AWS_TOKEN, else AWS_SESSION_TOKEN, else that of the token file.",
        )
}

fn role_options() -> [Arg; 2] {
    [
        option("instance-profile", "NAME", "Serve credentials of this instance profile's role")
            .conflicts_with("role"),
        option("role", "ARN", "Serve credentials of this role"),
    ]
}

pub(super) fn exec_command() -> Command {
    let many = |arg: Arg| arg.action(ArgAction::Append);
    Command::new("exec")
        .about("Run a program with secrets in its environment or in files")
        .arg(many(option("secret", "NAME", "Every key of this secret's JSON becomes a variable")))
        .arg(many(option("env", "VAR=SECRET#KEY", "One variable; without #KEY the whole secret")))
        .arg(many(option(
            "file",
            "VAR=SECRET#KEY",
            "A file in memory whose path the variable holds",
        )))
        .arg(option("files-in", "FOLDER", "Where files in memory go"))
        .arg(option(
            "on-change",
            "WHAT",
            "When a secret changes: `restart`, or a signal to send such as `HUP`",
        ))
        .arg(
            option("poll", "SECONDS", "How often to look where changes are not told [default: 60]")
                .value_parser(value_parser!(u64).range(1..=86_400)),
        )
        .arg(
            Arg::new("command")
                .required(true)
                .num_args(1..)
                .last(true)
                .value_name("COMMAND")
                .value_parser(value_parser!(OsString)),
        )
        .after_help("Example: strongroom exec --env PGPASSWORD=prod/db#password -- psql")
}

pub(super) fn get_command() -> Command {
    Command::new("get")
        .about("Print a secret")
        .arg(Arg::new("name").required(true).value_name("NAME").help("Name or ARN"))
        .arg(option("key", "KEY", "Only this key of its JSON"))
        .arg(option("version-id", "ID", "This version"))
        .arg(option("version-stage", "LABEL", "The version with this label"))
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .conflicts_with("key")
                .help("Everything about it, as JSON"),
        )
}

pub(super) fn credentials_command() -> Command {
    Command::new("credentials")
        .about("Print credentials of a role, for credential_process")
        .args(role_options())
        .group(ArgGroup::new("which").args(["instance-profile", "role"]).required(true))
        .arg(
            option("duration-seconds", "SECONDS", "How long they are good")
                .value_parser(value_parser!(u32).range(900..=43_200)),
        )
        .after_help("In ~/.aws/config: credential_process = strongroom credentials --role ARN")
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}
