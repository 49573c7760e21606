//! What it costs to have many secrets that are not due.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Plan;
use crate::Result;
use crate::secrets::{BATCH, load, name};
use crate::server::Server;
use crate::table::{Table, mebibytes, tenths, whole};

const FUNCTION: &str =
    "arn:aws:lambda:us-east-1:123456789012:function:SecretsManagerRotationTemplate";

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let mut table = Table::new(&[
        "Scheduled secrets, none due",
        "CPU of one core, %",
        "ready after, ms",
        "resident, MiB",
    ]);
    for &size in &plan.sizes {
        let directory = scheduled(plan, size)?;
        let server = Server::start(&plan.binary, &directory)?;
        // The least of some windows: the records of loading are still being delivered for a while.
        let mut share = f64::INFINITY;
        for _ in 0..=plan.rounds {
            let before = server.cpu()?;
            let length = plan.length * 5;
            std::thread::sleep(length);
            share = share.min((server.cpu()? - before).as_secs_f64() / length.as_secs_f64());
        }
        table.row([
            whole(size as f64),
            tenths(100.0 * share),
            tenths(server.ready_in.as_secs_f64() * 1e3),
            mebibytes(server.memory()?.resident),
        ]);
        server.stop()?;
    }
    table.print("Schedules");
    Ok(())
}

/// The data directory with so many scheduled secrets; they have no values, so that nothing is tested when
/// their rotation is set up.
fn scheduled(plan: &Plan, size: u64) -> Result<PathBuf> {
    let directory = plan.shelf.folder().join(format!("scheduled-{size}"));
    let marker = directory.with_extension("loaded");
    if !marker.exists() {
        fill(plan, &directory, size)?;
        std::fs::write(marker, "")?;
    }
    Ok(directory)
}

fn fill(plan: &Plan, directory: &Path, size: u64) -> Result<()> {
    let server = Server::start(&plan.binary, directory)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for start in (0..size).step_by(BATCH as usize) {
        let signer = Arc::new(server.signer(directory)?);
        let numbers = start..(start + BATCH).min(size);
        runtime.block_on(load(&server, &signer, numbers, |signer, number| {
            let name = name(number);
            let create = format!(r#"{{"Name": "{name}"}}"#);
            let rotate = format!(
                r#"{{"SecretId": "{name}", "ClientRequestToken": "bench-schedule-{number:032x}",
                    "RotationLambdaARN": "{FUNCTION}", "RotateImmediately": false,
                    "RotationRules": {{"AutomaticallyAfterDays": 30}}}}"#
            );
            vec![signer.request("CreateSecret", &create), signer.request("RotateSecret", &rotate)]
        }))?;
    }
    server.stop()
}
