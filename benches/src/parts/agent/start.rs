//! Starts the server, and agents before it.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::TOKEN;
use crate::Result;
use crate::parts::Plan;
use crate::server::Server;

/// Whose agent it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    Strongroom,
    Aws,
}

impl Maker {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Strongroom => "Strongroom",
            Self::Aws => "AWS's agent",
        }
    }
}

/// A server with secrets, and what agents need to read them.
pub(super) struct Scene {
    pub(super) server: Server,
    pub(super) directory: PathBuf,
    /// Where the server counts requests.
    pub(super) metrics: SocketAddr,
    binary: PathBuf,
    beside: Option<PathBuf>,
}

impl Scene {
    pub(super) fn new(plan: &Plan, directory: &Path) -> Result<Self> {
        let metrics = free_address()?;
        let mut command = Server::command(&plan.binary, directory)?;
        command.arg("--metrics-listen").arg(metrics.to_string());
        Ok(Self {
            server: Server::spawn(&mut command)?,
            directory: directory.to_owned(),
            metrics,
            binary: plan.binary.clone(),
            beside: plan.beside.clone(),
        })
    }

    /// One agent of each maker, with the root access key of the data directory.
    pub(super) fn agents(&self, ttl_seconds: u64) -> Result<Vec<(Maker, Server)>> {
        let mut agents = vec![(Maker::Strongroom, self.ours(ttl_seconds)?)];
        if let Some(binary) = &self.beside {
            agents.push((Maker::Aws, self.theirs(binary, ttl_seconds)?));
        }
        Ok(agents)
    }

    pub(super) fn ours(&self, ttl_seconds: u64) -> Result<Server> {
        let config = self.config("strongroom", &format!("ttl_seconds = {ttl_seconds}\n"))?;
        let mut command = Command::new("sh");
        // It says where it listens on standard error.
        command.args(["-c", "exec \"$0\" agent --listen 127.0.0.1:0 --config \"$1\" 2>&1"]);
        command.arg(&self.binary).arg(config);
        self.spawn(command)
    }

    /// AWS's own, which takes no port of the system's choice.
    fn theirs(&self, binary: &Path, ttl_seconds: u64) -> Result<Server> {
        let port = free_address()?.port();
        let text = format!(
            "http_port = {port}\nregion = \"us-east-1\"\nlog_to_file = false\n\
             ttl_seconds = {ttl_seconds}\ncache_size = 1000\n"
        );
        let config = self.config("aws", &text)?;
        let mut command = Command::new(binary);
        command.args(["sm", "start", "--config"]).arg(config);
        self.spawn(command)
    }

    fn config(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.directory.with_extension(format!("{name}.toml"));
        std::fs::write(&path, text)?;
        Ok(path)
    }

    fn spawn(&self, mut command: Command) -> Result<Server> {
        for given in
            ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"]
        {
            command.env_remove(given);
        }
        command.env("AWS_ENDPOINT_URL", format!("http://{}", self.server.address));
        command.env("AWS_SHARED_CREDENTIALS_FILE", self.directory.join("credentials"));
        command.env("AWS_REGION", "us-east-1").env("AWS_TOKEN", TOKEN);
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.directory.with_extension("agent.stderr"))?;
        command.stderr(log);
        Server::spawn(&mut command)
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
