//! `strongroom exec`: runs a program with secrets in its environment or in files that no disk sees.

mod files;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use strongroom_client::Client;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::changes::{Feed, NotOffered};
use crate::failure::Failure;
use crate::secrets::{Place, fetch, select, variables};
use files::Files;

/// How long a program may take to end before it is killed for its successor.
const GRACE: Duration = Duration::from_secs(10);

/// What to do when a secret changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChange {
    /// Nothing: what the program got at its start stays.
    Ignore,
    /// End it and start it again.
    Restart,
    /// Write the files anew and send this signal.
    Tell(i32),
}

/// What to run, with what.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// Secrets whose JSON keys become variables.
    pub secrets: Vec<String>,
    /// Variables by name.
    pub env: Vec<(String, Place)>,
    /// Files, and the variables that name them.
    pub files: Vec<(String, Place)>,
    /// The folder for files; on a file system in memory.
    pub folder: Option<PathBuf>,
    /// What happens when a secret changes.
    pub on_change: OnChange,
    /// How often to look for changes where there is no change feed.
    pub poll: Duration,
}

/// What the program gets.
#[derive(PartialEq, Eq)]
struct Given {
    env: BTreeMap<String, Zeroizing<Vec<u8>>>,
    files: BTreeMap<String, Zeroizing<Vec<u8>>>,
}

/// Runs the program; returns its exit code, 128 and the signal's number if one ended it.
///
/// # Errors
/// For secrets that cannot be read and programs that cannot be started.
pub async fn run(client: Client, plan: Plan) -> Result<u8, Failure> {
    let given = gather(&client, &plan).await?;
    if plan.on_change == OnChange::Ignore && plan.files.is_empty() {
        return Err(replace(&plan, &given));
    }
    let files = match plan.files.is_empty() {
        true => None,
        false => Some(Files::open(plan.folder.as_deref(), client.machine().as_ref())?),
    };
    Keeper { client, plan, files, given }.keep().await
}

/// Becomes the program: nothing is left between it and whoever waits for it.
fn replace(plan: &Plan, given: &Given) -> Failure {
    let (program, arguments) = split(plan);
    let mut command = std::process::Command::new(program);
    command.args(arguments).envs(environment(given));
    unstartable(program, &command.exec())
}

/// Stays beside the program.
struct Keeper {
    client: Client,
    plan: Plan,
    files: Option<Files>,
    given: Given,
}

/// Why the program is looked after.
enum Turn {
    Ended(ExitStatus),
    Signal(i32),
    Changed,
}

impl Keeper {
    async fn keep(mut self) -> Result<u8, Failure> {
        let mut signals = signals()?;
        let mut changes = self.watch();
        let mut child = self.start()?;
        loop {
            let turn = tokio::select! {
                status = child.wait() => Turn::Ended(status.map_err(|cause| {
                    Failure::new(format!("the program cannot be waited for: {cause}"))
                })?),
                Some(number) = signals.recv() => Turn::Signal(number),
                Some(()) = changes.recv() => Turn::Changed,
            };
            match turn {
                Turn::Ended(status) => return Ok(code(status)),
                Turn::Signal(number) => send(&child, number),
                Turn::Changed => {
                    // Several changes in a row, such as those of a rotation, are one.
                    while changes.try_recv().is_ok() {}
                    if let Some(next) = self.renew(&mut child).await? {
                        child = next;
                    }
                }
            }
        }
    }

    fn start(&self) -> Result<Child, Failure> {
        let (program, arguments) = split(&self.plan);
        let mut command = Command::new(program);
        command.args(arguments).envs(environment(&self.given));
        if let Some(files) = &self.files {
            command.env("STRONGROOM_FILES", files.folder());
            for (name, content) in &self.given.files {
                command.env(name, files.write(name, content)?);
            }
        }
        command.spawn().map_err(|cause| unstartable(program, &cause))
    }

    /// Brings the changed secrets to the program; gives its successor if it is started again.
    async fn renew(&mut self, child: &mut Child) -> Result<Option<Child>, Failure> {
        let given = match gather(&self.client, &self.plan).await {
            Ok(given) => given,
            Err(failure) => {
                tracing::warn!(%failure, "a secret has changed and cannot be read");
                return Ok(None);
            }
        };
        if given == self.given {
            return Ok(None);
        }
        self.given = given;
        match self.plan.on_change {
            OnChange::Ignore => Ok(None),
            OnChange::Tell(number) => {
                if let Some(files) = &self.files {
                    for (name, content) in &self.given.files {
                        files.write(name, content)?;
                    }
                }
                send(child, number);
                Ok(None)
            }
            OnChange::Restart => {
                end(child).await;
                self.start().map(Some)
            }
        }
    }

    /// Says when to look at the secrets again.
    fn watch(&self) -> mpsc::Receiver<()> {
        let (tell, changes) = mpsc::channel(16);
        if self.plan.on_change != OnChange::Ignore {
            tokio::spawn(watch(self.client.clone(), self.plan.poll, tell.clone()));
        }
        // Kept open, so that who waits is not told of its end.
        tokio::spawn(async move { tell.closed().await });
        changes
    }
}

/// Follows the change feed; where there is none, looks once in a while.
async fn watch(client: Client, poll: Duration, tell: mpsc::Sender<()>) {
    let mut feed = Feed::new(client, false);
    let NotOffered = feed
        .follow(|_| {
            // A full channel says it already.
            let _told = tell.try_send(());
        })
        .await;
    while tell.send(()).await.is_ok() {
        tokio::time::sleep(poll).await;
    }
}

async fn gather(client: &Client, plan: &Plan) -> Result<Given, Failure> {
    let mut fetched = BTreeMap::new();
    let places = plan.env.iter().chain(&plan.files).map(|(_, place)| &place.secret);
    for id in plan.secrets.iter().chain(places) {
        if !fetched.contains_key(id) {
            fetched.insert(id.clone(), fetch(client, id, None, None).await?);
        }
    }
    let mut given = Given { env: BTreeMap::new(), files: BTreeMap::new() };
    for value in plan.secrets.iter().filter_map(|id| fetched.get(id)) {
        given.env.extend(variables(value)?);
    }
    for (wanted, into) in [(&plan.env, &mut given.env), (&plan.files, &mut given.files)] {
        for (name, place) in wanted {
            if let Some(value) = fetched.get(&place.secret) {
                into.insert(name.clone(), select(value, place.key.as_deref())?);
            }
        }
    }
    match given.env.iter().find(|(_, value)| value.contains(&0)) {
        Some((name, _)) => Err(Failure::new(format!("the value for {name} holds a zero byte"))
            .hint("give it to the program as a file: --file")),
        None => Ok(given),
    }
}

fn environment(given: &Given) -> impl Iterator<Item = (&String, OsString)> {
    given.env.iter().map(|(name, value)| (name, OsString::from_vec(value.to_vec())))
}

fn split(plan: &Plan) -> (&OsString, &[OsString]) {
    static NOTHING: OsString = OsString::new();
    plan.command.split_first().unwrap_or((&NOTHING, &[]))
}

fn unstartable(program: &OsString, cause: &std::io::Error) -> Failure {
    Failure::new(format!("cannot run {}: {cause}", program.display()))
}

fn code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|number| 128 + number));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// The signals that are passed on.
fn signals() -> Result<mpsc::Receiver<i32>, Failure> {
    use std::io::IsTerminal as _;
    let mut kinds = vec![
        SignalKind::terminate(),
        SignalKind::hangup(),
        SignalKind::user_defined1(),
        SignalKind::user_defined2(),
        SignalKind::window_change(),
    ];
    let at_keyboard = [SignalKind::interrupt(), SignalKind::quit()];
    let is_at_keyboard = std::io::stdin().is_terminal();
    let (tell, heard) = mpsc::channel(16);
    kinds.extend(at_keyboard);
    for kind in kinds {
        let failed = |cause| Failure::new(format!("signals cannot be received: {cause}"));
        let mut signal = signal(kind).map_err(failed)?;
        // A terminal sends these to the program itself.
        let is_heard_by_all = is_at_keyboard && at_keyboard.contains(&kind);
        let tell = tell.clone();
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                if !is_heard_by_all && tell.send(kind.as_raw_value()).await.is_err() {
                    break;
                }
            }
        });
    }
    Ok(heard)
}

/// Sends a signal; a program that has just ended does not hear it.
fn send(child: &Child, number: i32) {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let (Some(id), Some(signal)) = (id, Signal::from_named_raw(number)) {
        let _ended = kill_process(id, signal);
    }
}

async fn end(child: &mut Child) {
    send(child, SignalKind::terminate().as_raw_value());
    if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
        // It had its time.
        let _ended = child.kill().await;
    }
}

/// The number of a signal by its name: `HUP`, `SIGUSR1`.
#[must_use]
pub fn signal_number(name: &str) -> Option<i32> {
    let name = name.to_ascii_uppercase();
    let kind = match name.strip_prefix("SIG").unwrap_or(&name) {
        "HUP" => SignalKind::hangup(),
        "INT" => SignalKind::interrupt(),
        "TERM" => SignalKind::terminate(),
        "USR1" => SignalKind::user_defined1(),
        "USR2" => SignalKind::user_defined2(),
        "QUIT" => SignalKind::quit(),
        _ => return None,
    };
    Some(kind.as_raw_value())
}

/// A client for one command.
///
/// # Errors
/// When the variables name no Region or what cannot be used.
pub fn client(
    variables: strongroom_client::Variables,
    machine: Arc<dyn strongroom_client::Machine>,
) -> Result<Client, Failure> {
    let settings = strongroom_client::Settings::from_environment(&variables)?;
    let found = strongroom_client::chain(&variables, &settings, &machine)?;
    let fresh = strongroom_client::Fresh::new(found, Arc::clone(&machine));
    Ok(Client::new(settings, Arc::new(fresh), machine).named(crate::agent::USER_AGENT))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[test]
    fn the_code_of_a_program_is_passed_on() {
        assert_eq!(code(ExitStatus::from_raw(3 << 8)), 3);
        assert_eq!(code(ExitStatus::from_raw(15)), 143);
    }

    #[test]
    fn signals_have_names() {
        assert_eq!(signal_number("hup"), Some(1));
        assert_eq!(signal_number("SIGTERM"), Some(15));
        assert_eq!(signal_number("KILLALL"), None);
    }
}
