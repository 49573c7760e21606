//! What a function's process cannot get past.
//!
//! Bubblewrap gives it a file system of its own: system files, its code and the interpreter, read-only;
//! memory for `/tmp`; nothing else of the machine, and so neither the server's data nor its socket. It
//! has its own process ids, so that it sees no process but its own, and when the first of them ends all
//! do. A server that is root lets each version of a function run as a user of its own; any other one
//! gives it a user namespace. Bubblewrap takes away every capability, and no program can gain one.
//! `prlimit` bounds memory, files and processes, and a filter refuses dangerous system calls.
//!
//! The network is the machine's: functions reach databases on it and this server.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use crate::blueprint::{Blueprint, Folder};
use crate::seccomp;

/// How functions are kept apart from everything else.
#[derive(Clone, Debug)]
pub enum Wall {
    /// By bubblewrap.
    Bubblewrap {
        /// Where it is.
        program: PathBuf,
        /// Whether the server is root, so that functions can be other users.
        is_root: bool,
    },
    /// Not at all: the operator wants it so.
    None,
}

/// Where an instance sees its files.
#[derive(Clone, Debug)]
pub struct Places {
    /// Its code.
    pub task: String,
    /// What layers brought.
    pub opt: String,
    /// What the runtime brings.
    pub runtime: String,
    /// What it may write to.
    pub tmp: String,
}

/// Why functions cannot be contained here.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct NoWall {
    /// What is missing.
    pub reason: String,
    /// What to do about it.
    pub hint: &'static str,
}

/// Open files and processes, as AWS has it.
const MOST_FILES: u32 = 1_024;
const MOST_PROCESSES: u32 = 1_024;
/// What an interpreter maps beyond the function's memory, which is watched besides.
const MAPPED_BEYOND_MIB: u64 = 1_024;
/// A user that exists nowhere, for namespaces: AWS's own number.
const INSIDE: &str = "993";
/// What of `/etc` is shown: names, time, certificates, and where libraries are.
const ETC: &[&str] = &[
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/pki",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
];

impl Wall {
    /// Finds out what this machine offers, by trying it.
    ///
    /// # Errors
    /// [`NoWall`]: what is missing, for the operator.
    pub async fn find() -> Result<Self, NoWall> {
        let program = on_path("bwrap").ok_or_else(|| NoWall {
            reason: "bubblewrap is not installed".to_owned(),
            hint: "install the package `bubblewrap`",
        })?;
        for helper in ["prlimit", "setpriv"] {
            if on_path(helper).is_none() {
                let reason = format!("{helper} is not installed");
                return Err(NoWall { reason, hint: "install the package `util-linux`" });
            }
        }
        let wall = Self::Bubblewrap { program, is_root: rustix::process::geteuid().is_root() };
        let mut trial = wall.plain_command(&["true".to_owned()]);
        let output = trial.stdin(Stdio::null()).output().await;
        match output {
            Ok(output) if output.status.success() => Ok(wall),
            Ok(output) => Err(NoWall {
                reason: format!(
                    "bubblewrap does not work: {}",
                    String::from_utf8_lossy(&output.stderr).trim()
                ),
                hint: "allow unprivileged user namespaces, or run the server as root",
            }),
            Err(cause) => Err(NoWall {
                reason: format!("bubblewrap cannot be started: {cause}"),
                hint: "reinstall the package `bubblewrap`",
            }),
        }
    }

    /// Whether functions can run as users of their own.
    #[must_use]
    pub fn has_users(&self) -> bool {
        matches!(self, Self::Bubblewrap { is_root: true, .. })
    }

    /// Where an instance sees its files.
    #[must_use]
    pub fn places(&self, folder: &Folder) -> Places {
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        match self {
            Self::Bubblewrap { .. } => Places {
                task: "/var/task".to_owned(),
                opt: "/opt".to_owned(),
                runtime: "/var/runtime".to_owned(),
                tmp: "/tmp".to_owned(),
            },
            Self::None => Places {
                task: text(folder.task()),
                opt: text(folder.opt()),
                runtime: text(folder.runtime()),
                tmp: text(std::env::temp_dir()),
            },
        }
    }

    /// Starts the program of `blueprint`. `output` takes what it writes.
    ///
    /// # Errors
    /// The operating system's.
    pub(crate) async fn start(
        &self,
        blueprint: &Blueprint,
        api: &str,
        output: (Stdio, Stdio),
    ) -> io::Result<Child> {
        let mut command = self.command(blueprint);
        command.env_clear().envs(blueprint.environment.iter().map(|(name, value)| (name, value)));
        command.env("AWS_LAMBDA_RUNTIME_API", api);
        command.stdout(output.0).stderr(output.1).kill_on_drop(true).process_group(0);
        let filter = match self {
            Self::Bubblewrap { .. } => seccomp::filter(),
            Self::None => None,
        };
        command.stdin(if filter.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = command.spawn()?;
        if let (Some(filter), Some(mut stdin)) = (filter, child.stdin.take()) {
            // A pipe takes all of it at once. Bubblewrap reads it to the end and closes it.
            stdin.write_all(&filter).await?;
        }
        Ok(child)
    }

    fn command(&self, blueprint: &Blueprint) -> Command {
        let limits = limits(blueprint);
        match self {
            Self::Bubblewrap { program, is_root } => {
                let mut command = Command::new("prlimit");
                command.args(limits).arg("--").arg(program);
                fence(&mut command, *is_root);
                show(&mut command, blueprint);
                if seccomp::filter().is_some() {
                    command.args(["--seccomp", "0"]);
                }
                command.args(["--chdir", "/var/task", "--"]);
                if *is_root {
                    let user = blueprint.folder.user.unwrap_or(NOBODY).to_string();
                    as_user(&mut command, &user);
                }
                command.args(&blueprint.command);
                command
            }
            Self::None => {
                let mut command = Command::new("prlimit");
                command.args(limits).arg("--").args(&blueprint.command);
                command.current_dir(blueprint.folder.task());
                command
            }
        }
    }

    /// A program behind the same wall, without code.
    fn plain_command(&self, program: &[String]) -> Command {
        let Self::Bubblewrap { program: bwrap, is_root } = self else {
            let mut command = Command::new("env");
            command.args(program);
            return command;
        };
        let mut command = Command::new(bwrap);
        fence(&mut command, *is_root);
        command.args(["--remount-ro", "/", "--"]);
        if *is_root {
            as_user(&mut command, &NOBODY.to_string());
        }
        command.args(program);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command
    }
}

const NOBODY: u32 = 65_534;

/// Another user, who cannot become anybody else again.
fn as_user(command: &mut Command, user: &str) {
    command.args(["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]);
    command.args(["--inh-caps=-all", "--no-new-privs", "--"]);
}

/// Namespaces, capabilities, and a bare file system.
fn fence(command: &mut Command, is_root: bool) {
    command.args(["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]);
    command.args(["--hostname", "sandbox", "--die-with-parent", "--new-session"]);
    command.args(["--cap-drop", "ALL"]);
    if is_root {
        // Just enough to become another user.
        command.args(["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]);
    } else {
        command.args(["--unshare-user", "--uid", INSIDE, "--gid", INSIDE]);
    }
    command.args(["--ro-bind", "/usr", "/usr"]);
    for folder in ["bin", "sbin", "lib", "lib32", "lib64"] {
        let at = Path::new("/").join(folder);
        match std::fs::read_link(&at) {
            Ok(target) => command.arg("--symlink").arg(target).arg(&at),
            Err(_) => command.arg("--ro-bind-try").arg(&at).arg(&at),
        };
    }
    for folder in ["/etc", "/etc/ssl"] {
        command.args(["--perms", "0755", "--dir", folder]);
    }
    for path in ETC {
        command.args(["--ro-bind-try", path, path]);
    }
    // Where programs built for AWS look for certificates.
    if !Path::new("/etc/pki/tls/cert.pem").exists() {
        // The folder may be there for other things; then it is as it is.
        let certificates = "/etc/ssl/certs/ca-certificates.crt";
        if !Path::new("/etc/pki").exists() {
            command.args(["--perms", "0755", "--dir", "/etc/pki"]);
            command.args(["--perms", "0755", "--dir", "/etc/pki/tls"]);
            command.args(["--ro-bind-try", certificates, "/etc/pki/tls/cert.pem"]);
        }
    }
    command.args(["--proc", "/proc", "--dev", "/dev"]);
    command.args(["--size", "67108864", "--perms", "1777", "--tmpfs", "/dev/shm"]);
    command.args(["--remount-ro", "/dev"]);
}

/// The function's own files.
fn show(command: &mut Command, blueprint: &Blueprint) {
    let bytes = u64::from(blueprint.ephemeral_mib) << 20;
    command.args(["--size", &bytes.to_string(), "--perms", "1777", "--tmpfs", "/tmp"]);
    let mut made = BTreeSet::new();
    let folder = &blueprint.folder;
    for (from, to) in
        [(folder.task(), "/var/task"), (folder.opt(), "/opt"), (folder.runtime(), "/var/runtime")]
    {
        way_to(command, Path::new(to), &mut made);
        command.arg("--ro-bind").arg(from).arg(to);
    }
    for path in &blueprint.shown {
        way_to(command, path, &mut made);
        command.arg("--ro-bind-try").arg(path).arg(path);
    }
    for (from, to) in &blueprint.lent {
        way_to(command, Path::new(to), &mut made);
        command.arg("--ro-bind").arg(from).arg(to);
    }
    command.args(["--remount-ro", "/"]);
}

/// The folders above `path`, which bubblewrap itself would make for their owner alone.
fn way_to(command: &mut Command, path: &Path, made: &mut BTreeSet<PathBuf>) {
    let mut above: Vec<&Path> = path.ancestors().skip(1).collect();
    above.reverse();
    for folder in above.into_iter().filter(|folder| *folder != Path::new("/")) {
        // System folders are there already, and so is what lies in them.
        let is_there = ["/usr", "/etc", "/proc", "/dev"].iter().any(|one| folder.starts_with(one));
        if !is_there && folder != Path::new("/tmp") && made.insert(folder.to_owned()) {
            command.args(["--perms", "0755", "--dir"]).arg(folder);
        }
    }
}

fn limits(blueprint: &Blueprint) -> Vec<String> {
    let mapped = (u64::from(blueprint.memory_mib) + MAPPED_BEYOND_MIB) << 20;
    let largest_file = u64::from(blueprint.ephemeral_mib) << 20;
    vec![
        "--core=0:0".to_owned(),
        format!("--nofile={MOST_FILES}:{MOST_FILES}"),
        format!("--nproc={MOST_PROCESSES}:{MOST_PROCESSES}"),
        format!("--data={mapped}:{mapped}"),
        format!("--fsize={largest_file}:{largest_file}"),
    ]
}

/// Where a program is that is called by its name.
#[must_use]
pub fn on_path(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
