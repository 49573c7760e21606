//! Warm reads from the agent, against a bare hyper server that returns the same bytes.

use std::path::Path;
use std::process::Command;

use super::{Plan, smallest};
use crate::client::Connection;
use crate::load::{Figures, Requests, median, replay};
use crate::random::Random;
use crate::secrets::name;
use crate::server::Server;
use crate::table::{Table, mebibytes, tenths, whole};
use crate::{Result, bare};

const CONNECTIONS: [usize; 2] = [64, 1];
/// As many as the agent's cache holds.
const CACHED: u64 = 1_000;
const TOKEN: &str = "bench";

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let directory = plan.shelf.secrets(&plan.binary, smallest(plan))?;
    let strongroom = Server::start(&plan.binary, &directory)?;
    let agent = start(&plan.binary, &strongroom, &directory)?;
    let cached = smallest(plan).min(CACHED);
    let bare = warm(&agent, cached)?;
    let servers = [&bare, &agent, &agent];
    let mut table = Table::new(&[
        "Warm reads from the agent",
        "clients",
        "requests/s",
        "of bare",
        "agent CPU µs",
        "p50 µs",
        "p99 µs",
        "resident MiB",
    ]);
    for connections in CONNECTIONS {
        let all = plan.interleave(servers.len(), |which| {
            plan.window(connections).run(servers[which], |number| match which {
                2 => uniform(cached, Random::new(number as u64)),
                _ => replay(request(0)),
            })
        })?;
        let rate = median(&all[0], Figures::rate);
        let names = ["bare hyper", "one secret", "any of those cached"];
        for ((name, windows), server) in names.into_iter().zip(&all).zip(servers) {
            let own = median(windows, Figures::rate);
            table.row([
                name.to_owned(),
                connections.to_string(),
                whole(own),
                format!("{:.0} %", 100.0 * own / rate),
                tenths(median(windows, Figures::cpu_micros)),
                whole(median(windows, |one| f64::from(one.latency_micros(0.5)))),
                whole(median(windows, |one| f64::from(one.latency_micros(0.99)))),
                mebibytes(server.memory()?.resident),
            ]);
        }
    }
    table.print(&format!("The agent, {cached} secrets cached"));
    Ok(())
}

/// An agent before the server, with the root access key of the data directory.
fn start(binary: &Path, server: &Server, directory: &Path) -> Result<Server> {
    let log = directory.with_extension("agent.stderr");
    let mut command = Command::new("sh");
    // It says where it listens on standard error.
    command.args(["-c", "exec \"$0\" agent --listen 127.0.0.1:0 2>&1"]).arg(binary);
    command.env("AWS_ENDPOINT_URL", format!("http://{}", server.address));
    command.env("AWS_SHARED_CREDENTIALS_FILE", directory.join("credentials"));
    command.env("AWS_REGION", "us-east-1").env("AWS_TOKEN", TOKEN);
    for given in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"]
    {
        command.env_remove(given);
    }
    command.stderr(std::fs::File::create(log)?);
    Server::spawn(&mut command)
}

/// Reads every secret once, and starts a bare server that says what the agent says.
fn warm(agent: &Server, cached: u64) -> Result<Server> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(agent.address).await?;
        for number in (0..cached).rev() {
            let answer = connection.call(&request(number)).await?;
            if answer.status != 200 {
                return Err(answer.describe().into());
            }
        }
        bare::start(&connection.call(&request(0)).await?)
    })
}

fn uniform(cached: u64, mut random: Random) -> Requests {
    Box::new(move |buffer| buffer.extend_from_slice(&request(random.below(cached))))
}

fn request(number: u64) -> Vec<u8> {
    let name = name(number);
    format!(
        "GET /secretsmanager/get?secretId={name} HTTP/1.1\r\nhost: localhost\r\n\
         x-aws-parameters-secrets-token: {TOKEN}\r\n\r\n"
    )
    .into_bytes()
}
