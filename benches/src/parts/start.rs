//! Start-up, after a clean stop and after kill -9 under load, and memory.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Plan;
use crate::load::{Requests, Window};
use crate::random::Random;
use crate::secrets::{put_body, read_body};
use crate::server::Server;
use crate::signer::Signer;
use crate::table::{Table, mebibytes, tenths, whole};
use crate::{Failure, Result};

const CONNECTIONS: usize = 64;

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let mut table = Table::new(&[
        "Secrets",
        "ready after a stop, ms",
        "ready after kill -9, ms",
        "resident at start, MiB",
        "after random reads, MiB",
        "peak, MiB",
    ]);
    for &size in &plan.sizes {
        let directory = plan.shelf.secrets(&plan.binary, size)?;
        let (mut stopped, mut killed) = (Vec::new(), Vec::new());
        for _ in 0..plan.rounds {
            let server = Server::start(&plan.binary, &directory)?;
            stopped.push(server.ready_in);
            kill_under_load(plan, server, &directory, size)?;
            let server = Server::start(&plan.binary, &directory)?;
            killed.push(server.ready_in);
            server.stop()?;
        }
        let server = Server::start(&plan.binary, &directory)?;
        let fresh = server.memory()?;
        // Enough reads to fill any cache several times over.
        let signer = Arc::new(server.signer(&directory)?);
        let window = Window { connections: CONNECTIONS, length: plan.length * 5 };
        window.run(&server, |number| reads(&signer, size, number))?;
        let full = server.memory()?;
        server.stop()?;
        table.row([
            whole(size as f64),
            millis(&mut stopped),
            millis(&mut killed),
            mebibytes(fresh.resident),
            mebibytes(full.resident),
            mebibytes(full.peak),
        ]);
    }
    table.print("Start-up and memory");
    Ok(())
}

/// Kills the server while clients write, so that the next start finds what a crash leaves.
fn kill_under_load(plan: &Plan, server: Server, directory: &Path, size: u64) -> Result<()> {
    let signer = Arc::new(server.signer(directory)?);
    let load = std::thread::scope(|scope| {
        let load = scope.spawn(|| {
            let window = Window { connections: CONNECTIONS, length: plan.length * 10 };
            window.run(&server, |number| puts(&signer, size, number))
        });
        std::thread::sleep(plan.length / 2);
        server.interrupt()?;
        Ok::<_, Failure>(load.join())
    })?;
    match load {
        Ok(Err(_)) => Ok(()),
        _ => Err("the load went on although the server was killed".into()),
    }
}

fn reads(signer: &Arc<Signer>, size: u64, number: usize) -> Requests {
    let (signer, mut random) = (Arc::clone(signer), Random::new(number as u64));
    Box::new(move |buffer| {
        signer.push("GetSecretValue", &read_body(random.below(size)), buffer);
    })
}

/// Tokens are new in every run, as the data may be kept.
fn puts(signer: &Arc<Signer>, size: u64, number: usize) -> Requests {
    let start = jiff::Timestamp::now().as_nanosecond() as u64;
    let (signer, mut random) = (Arc::clone(signer), Random::new(start).split(number as u64));
    Box::new(move |buffer| {
        let secret = random.below(size);
        signer.push("PutSecretValue", &put_body(secret, &mut random), buffer);
    })
}

fn millis(all: &mut [Duration]) -> String {
    all.sort_unstable();
    tenths(all[all.len() / 2].as_secs_f64() * 1e3)
}
