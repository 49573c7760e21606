//! PutSecretValue, durable when answered, with one client and with many, against the disk's own syncs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Plan, smallest};
use crate::load::{Figures, Requests, median};
use crate::random::Random;
use crate::secrets::put_body;
use crate::server::Server;
use crate::signer::Signer;
use crate::table::{Table, tenths, whole};
use crate::{Result, disk};

const CONNECTIONS: [usize; 2] = [1, 64];

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let size = smallest(plan);
    let directory = plan.shelf.secrets(&plan.binary, size)?;
    let server = Server::start(&plan.binary, &directory)?;
    let mut syncs = Vec::new();
    // Over all windows, so that every secret is written equally often.
    let turn = Arc::new(AtomicU64::new(0));
    let mut all = vec![Vec::new(); CONNECTIONS.len()];
    for _ in 0..plan.rounds {
        syncs.push(disk::syncs_per_second(plan.shelf.folder(), plan.length / 2)?);
        for (&connections, windows) in CONNECTIONS.iter().zip(&mut all) {
            let signer = Arc::new(server.signer(&directory)?);
            let requests = |_| puts(&signer, size, &turn);
            windows.push(plan.window(connections).run(&server, requests)?);
        }
    }
    syncs.sort_by(f64::total_cmp);
    let syncs = syncs[syncs.len() / 2];
    let mut table = Table::new(&[
        "PutSecretValue, durable",
        "clients",
        "per second",
        "of 1 client",
        "server CPU µs",
        "p50 µs",
        "p99 µs",
    ]);
    let dash = || "-".to_owned();
    table.row([
        "the disk: append and fdatasync".to_owned(),
        "1".to_owned(),
        whole(syncs),
        dash(),
        dash(),
        whole(1e6 / syncs),
        dash(),
    ]);
    let one = median(&all[0], Figures::rate);
    for (connections, windows) in CONNECTIONS.iter().zip(&all) {
        let rate = median(windows, Figures::rate);
        table.row([
            "Strongroom".to_owned(),
            connections.to_string(),
            whole(rate),
            format!("{:.1} x", rate / one),
            tenths(median(windows, Figures::cpu_micros)),
            whole(median(windows, |one| f64::from(one.latency_micros(0.5)))),
            whole(median(windows, |one| f64::from(one.latency_micros(0.99)))),
        ]);
    }
    table.print("Durable writes");
    Ok(())
}

fn puts(signer: &Arc<Signer>, size: u64, turn: &Arc<AtomicU64>) -> Requests {
    let (signer, turn) = (Arc::clone(signer), Arc::clone(turn));
    // Tokens must be new in every run, as the data may be kept.
    let start = jiff::Timestamp::now().as_nanosecond() as u64;
    Box::new(move |buffer| {
        let turn = turn.fetch_add(1, Ordering::Relaxed);
        let mut random = Random::new(start).split(turn);
        signer.push("PutSecretValue", &put_body(turn % size, &mut random), buffer);
    })
}
