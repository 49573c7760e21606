//! GetSecretValue of uniformly random secrets among few and among many.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Plan;
use crate::Result;
use crate::load::{Figures, Requests, median};
use crate::random::Random;
use crate::secrets::read_body;
use crate::server::Server;
use crate::signer::Signer;
use crate::table::{Table, mebibytes, tenths, whole};

const CONNECTIONS: usize = 64;

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let mut servers = Vec::new();
    for &size in &plan.sizes {
        let directory = plan.shelf.secrets(&plan.binary, size)?;
        servers.push((size, Server::start(&plan.binary, &directory)?, directory));
    }
    let windows = AtomicU64::new(0);
    let all = plan.interleave(servers.len(), |which| {
        let (size, server, directory) = &servers[which];
        let signer = Arc::new(server.signer(directory)?);
        // Other secrets in every window, and the same ones in every run.
        let seed = Random::new(windows.fetch_add(1, Ordering::Relaxed));
        plan.window(CONNECTIONS)
            .run(server, |number| uniform(&signer, *size, seed.split(number as u64)))
    })?;
    let mut table = Table::new(&[
        "GetSecretValue, uniformly random",
        "requests/s",
        "server CPU µs",
        "of the smallest",
        "p50 µs",
        "p99 µs",
        "resident MiB",
    ]);
    let least = median(&all[0], Figures::cpu_micros);
    for ((size, server, _), windows) in servers.iter().zip(&all) {
        let cpu = median(windows, Figures::cpu_micros);
        table.row([
            format!("{} secrets", whole(*size as f64)),
            whole(median(windows, Figures::rate)),
            tenths(cpu),
            format!("{:.0} %", 100.0 * cpu / least),
            whole(median(windows, |one| f64::from(one.latency_micros(0.5)))),
            whole(median(windows, |one| f64::from(one.latency_micros(0.99)))),
            mebibytes(server.memory()?.resident),
        ]);
    }
    table.print(&format!("Random reads, {CONNECTIONS} clients"));
    Ok(())
}

/// Signs as it goes: no number of requests prepared beforehand would be random enough.
fn uniform(signer: &Arc<Signer>, size: u64, mut random: Random) -> Requests {
    let signer = Arc::clone(signer);
    Box::new(move |buffer| {
        signer.push("GetSecretValue", &read_body(random.below(size)), buffer);
    })
}
