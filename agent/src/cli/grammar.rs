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
        .arg(
            option(
                "join",
                "TOKEN",
                "Join with this token, and serve credentials of the role that it is for; better in \
                 STRONGROOM_JOIN_TOKEN or in a file",
            )
            .conflicts_with_all(["role", "instance-profile"]),
        )
        .arg(option("join-file", "FILE", "The same with the token in a file").conflicts_with_all([
            "role",
            "instance-profile",
            "join",
        ]))
        .arg(option("state-folder", "FOLDER", "Where the key of a host that has joined is kept"))
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
             The token is AWS_TOKEN, else AWS_SESSION_TOKEN, else that of the token file.\n\
             A host that has joined needs neither token nor credentials when it starts again.",
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

pub(super) fn host_command() -> Command {
    let json = || {
        Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print the answer as JSON")
    };
    let token = Command::new("token")
        .about("Make a token with which one host can join")
        .args(role_options().map(|arg| match arg.get_id().as_str() {
            "role" => arg.help("The host is to have this role"),
            _ => arg.help("The host is to have the role of this instance profile"),
        }))
        .group(ArgGroup::new("which").args(["instance-profile", "role"]).required(true))
        .arg(option("expires", "TIME", "How long it is good, at most 24h [default: 15m]"))
        .arg(option("name", "LABEL", "What to call the host"))
        .arg(json())
        .after_help(
            "It takes strongroom:CreateJoinToken, and iam:PassRole for the role, which has to trust \
             ec2.amazonaws.com.\nOn the host: STRONGROOM_JOIN_TOKEN=... strongroom agent",
        );
    let list = Command::new("list")
        .about("List the hosts that have joined, and the tokens that are good")
        .arg(json());
    let revoke = Command::new("revoke")
        .about("Take a host's enrolment away, or a token's worth; its sessions end at once")
        .arg(Arg::new("id").required(true).value_name("ID").help("i-..., or jt-... of a token"))
        .arg(json());
    Command::new("host")
        .about("Hosts that join with a token, and prove who they are with a key of their own")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([token, list, revoke])
        .after_help(
            "Endpoint, Region and credentials come from the standard AWS variables and files.",
        )
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}
