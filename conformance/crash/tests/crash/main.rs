//! A server killed at any moment: every acknowledged change is there, none is half there, and the
//! trail has a record of every answer, which is found by LookupEvents and once in the log group.
//!
//! `ROUNDS` says how often it is killed (50), `SEED` repeats a run's choices; when the kill strikes
//! stays a matter of chance. The binary is built as needed, or the one that `STRONGROOM_BIN` names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
// A test that kills at random moments has to tell the time.
#![allow(clippy::disallowed_methods)]

mod check;
mod client;
mod seen;
mod traffic;
mod trail;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use strongroom_benches::Result;
use strongroom_benches::random::Random;
use strongroom_benches::server::{self, Server};
use strongroom_crash::{Change, Secret};
use tokio::runtime::Runtime;

use client::{Answered, Client};
use traffic::Shared;

/// What a client may rely on between two kills.
#[derive(Default)]
pub struct Ledger {
    /// Every name ever used: what was acknowledged of it, and a change that may or may not have been
    /// made since.
    secrets: BTreeMap<String, Expected>,
    /// The secret that all writers of a round write to.
    shared: Option<Shared>,
    /// Every request that was answered.
    answered: Vec<Answered>,
}

/// What is known of one secret.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    acknowledged: Option<Secret>,
    in_doubt: Option<Change>,
}

struct Ground {
    binary: PathBuf,
    directory: PathBuf,
    runtime: Runtime,
}

#[test]
fn a_server_killed_at_any_moment_keeps_every_acknowledged_change() {
    let rounds = number("ROUNDS").unwrap_or(50);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = number("SEED").unwrap_or(now.as_nanos() as u64);
    println!("SEED={seed} ROUNDS={rounds}");
    let folder = tempfile::tempdir().unwrap();
    let ground = Ground {
        binary: server::binary().unwrap(),
        directory: folder.path().join("data"),
        runtime: Runtime::new().unwrap(),
    };
    if let Err(failure) = run(&ground, rounds, &Random::new(seed)) {
        let log = std::fs::read_to_string(ground.directory.with_extension("stderr"));
        let kept = folder.keep();
        panic!(
            "{failure}\nwith SEED={seed}; the data is kept in {}; the server said:\n{}",
            kept.display(),
            log.unwrap_or_default()
        );
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

fn run(ground: &Ground, rounds: u64, seed: &Random) -> Result<()> {
    let mut ledger = Ledger::default();
    let mut slowest_start = Duration::ZERO;
    for round in 0..rounds {
        let mut random = seed.split(round);
        let server = ground.start_and_check(&mut ledger, round)?;
        slowest_start = slowest_start.max(server.ready_in);
        ground.load_and_kill(server, &mut ledger, round, &mut random)?;
        if random.below(4) == 0 {
            ground.kill_while_starting(&mut random)?;
        }
    }
    let server = ground.start_and_check(&mut ledger, rounds)?;
    ground.runtime.block_on(seen::every_answer(&server, &ground.directory, &ledger.answered))?;
    server.stop()?;
    trail::verify(&ground.binary, &ground.directory)?;
    let records = trail::has_every_answer(&ground.directory, &ledger.answered)?;
    let answers = ledger.answered.len();
    println!(
        "killed {rounds} times: {answers} answers, {records} records in the trail, nothing lost; \
         the slowest start took {slowest_start:?}"
    );
    Ok(())
}

impl Ground {
    /// Starts the server and holds everything against the ledger, which then has no doubts left.
    fn start_and_check(&self, ledger: &mut Ledger, round: u64) -> Result<Server> {
        let server = Server::start(&self.binary, &self.directory)?;
        let check = async {
            let mut client = self.client(&server).await?;
            let outcome = check::everything(&mut client, ledger).await;
            ledger.answered.append(&mut client.answered);
            outcome
        };
        self.runtime.block_on(check).map_err(|failure| format!("round {round}: {failure}"))?;
        trail::verify(&self.binary, &self.directory)
            .map_err(|failure| format!("round {round}: {failure}"))?;
        Ok(server)
    }

    fn load_and_kill(
        &self,
        server: Server,
        ledger: &mut Ledger,
        round: u64,
        random: &mut Random,
    ) -> Result<()> {
        let patience = Duration::from_millis(random.below(250));
        let signer = Arc::new(server.signer(&self.directory)?);
        let loaded = self.runtime.block_on(async {
            let traffic = traffic::start(server.address, &signer, ledger, round, random).await?;
            tokio::time::sleep(patience).await;
            traffic.expect_the_end();
            server.kill()?;
            traffic.settle(ledger).await
        });
        loaded.map_err(|failure| format!("round {round}: {failure}").into())
    }

    /// Kills a server that may not be ready yet: recovery is interrupted, too.
    fn kill_while_starting(&self, random: &mut Random) -> Result<()> {
        let mut command = Server::command(&self.binary, &self.directory)?;
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        std::thread::sleep(Duration::from_micros(random.below(60_000)));
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    async fn client(&self, server: &Server) -> Result<Client> {
        Client::open(server.address, &Arc::new(server.signer(&self.directory)?)).await
    }
}

/// Where the trail stands in a data directory.
fn trail_of(directory: &Path) -> PathBuf {
    directory.join("trail")
}
