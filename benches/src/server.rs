//! The server as a process: built, started, killed, asked to stop.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::process::{self, Memory};
use crate::signer::{Credentials, Service, Signer};
use crate::{Failure, Result};

/// A server that is running. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// From being started to saying that it is ready.
    pub ready_in: Duration,
    child: Child,
    /// Held so that what the server says later meets no broken pipe.
    _output: BufReader<ChildStdout>,
}

/// A start that takes longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary `strongroom`: the one that `STRONGROOM_BIN` names, seen from the root of the repository,
/// or one built now with the same optimisation as this program.
///
/// # Errors
/// It cannot be built.
pub fn binary() -> Result<PathBuf> {
    if let Some(given) = std::env::var_os("STRONGROOM_BIN") {
        return Ok(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(given).canonicalize()?);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--package", "strongroom", "--bin", "strongroom"]);
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    if profile == "release" {
        build.arg("--release");
    }
    if !build.status()?.success() {
        return Err("the server could not be built".into());
    }
    // `target/PROFILE/` or, for a test, `target/PROFILE/deps/`.
    let this = std::env::current_exe()?;
    let found = this.ancestors().skip(1).take(2).map(|folder| folder.join("strongroom"));
    found.into_iter().find(|path| path.is_file()).ok_or_else(|| "the built server is lost".into())
}

impl Server {
    /// Starts `binary` on the data in `directory` and waits until it is ready. What it says of errors
    /// goes to the file `stderr` beside the directory.
    ///
    /// # Errors
    /// It does not become ready.
    pub fn start(binary: &Path, directory: &Path) -> Result<Self> {
        Self::spawn(&mut Self::command(binary, directory)?)
    }

    /// The command that starts the server.
    ///
    /// # Errors
    /// Its log cannot be opened.
    pub fn command(binary: &Path, directory: &Path) -> Result<Command> {
        let log = directory.with_extension("stderr");
        let mut command = Command::new(binary);
        command.arg("serve").arg("--data-dir").arg(directory);
        command.args(["--listen", "127.0.0.1:0"]);
        command.stderr(OpenOptions::new().create(true).append(true).open(log)?);
        Ok(command)
    }

    /// Starts any program that says where it listens, as the server does.
    ///
    /// # Errors
    /// It does not become ready.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let started = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or("a child without output")?);
        match await_address(output) {
            Ok((address, output)) => {
                Ok(Self { address, ready_in: started.elapsed(), child, _output: output })
            }
            Err(failure) => {
                child.kill()?;
                child.wait()?;
                Err(failure)
            }
        }
    }

    /// CPU time taken so far.
    ///
    /// # Errors
    /// It has ended.
    pub fn cpu(&self) -> Result<Duration> {
        process::cpu(self.child.id())
    }

    /// Memory in use.
    ///
    /// # Errors
    /// It has ended.
    pub fn memory(&self) -> Result<Memory> {
        process::memory(self.child.id())
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    ///
    /// # Errors
    /// The kernel's.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Kills it with SIGKILL while others still look at it.
    ///
    /// # Errors
    /// The kernel's.
    pub fn interrupt(&self) -> Result<()> {
        self.signal("-KILL")
    }

    /// Kills it with SIGKILL and waits until it is gone.
    ///
    /// # Errors
    /// It had ended by itself, which it never should.
    pub fn kill(mut self) -> Result<()> {
        if !self.is_running()? {
            return Err(format!("the server ended by itself: {}", self.child.wait()?).into());
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    ///
    /// # Errors
    /// It ended with an error.
    pub fn stop(mut self) -> Result<()> {
        self.signal("-TERM")?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the server ended: {status}").into()) }
    }

    fn signal(&self, signal: &str) -> Result<()> {
        Command::new("kill").arg(signal).arg(self.child.id().to_string()).status()?;
        Ok(())
    }

    /// Signs requests to Secrets Manager of this server with the root access key in `directory`, for five
    /// minutes from now.
    ///
    /// # Errors
    /// There is no access key.
    pub fn signer(&self, directory: &Path) -> Result<Signer> {
        self.signer_for(Service::SecretsManager, directory)
    }

    /// The same for any service.
    ///
    /// # Errors
    /// There is no access key.
    pub fn signer_for(&self, service: Service, directory: &Path) -> Result<Signer> {
        Ok(self.signer_as(&Credentials::root(directory)?, service))
    }

    /// Signs requests to a service of this server with `credentials`, for five minutes from now.
    #[must_use]
    pub fn signer_as(&self, credentials: &Credentials, service: Service) -> Signer {
        let now = jiff::Timestamp::now();
        Signer::new(credentials, service, &self.address.to_string(), now)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Reads lines until one holds an address.
fn await_address(output: BufReader<ChildStdout>) -> Result<(SocketAddr, BufReader<ChildStdout>)> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(read_address(output)));
    receiver.recv_timeout(PATIENCE)?
}

fn read_address(
    mut output: BufReader<ChildStdout>,
) -> Result<(SocketAddr, BufReader<ChildStdout>), Failure> {
    let mut said = String::new();
    loop {
        let start = said.len();
        if output.read_line(&mut said)? == 0 {
            return Err(format!("the program ended before it was ready: {said}").into());
        }
        let Some((_, address)) = said[start..].split_once("http://") else { continue };
        let end = address.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
        return Ok((address[..end.unwrap_or(address.len())].parse()?, output));
    }
}
