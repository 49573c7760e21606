//! GetSecretValue alone, and while others look events up as fast as they are answered. The log group of
//! the trail is written to all the time.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::{Plan, smallest};
use crate::client::Connection;
use crate::load::{Figures, Window, median, replay};
use crate::process::thread_cpu;
use crate::secrets::read_body;
use crate::server::Server;
use crate::signer::Service;
use crate::table::{Table, tenths, whole};
use crate::{Failure, Result};

const CONNECTIONS: usize = 64;
/// The first page of all reads of secrets: the most that one request may ask for.
const LOOK_UP: &str = r#"{"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "GetSecretValue"}], "MaxResults": 50}"#;

/// What look-ups came to in one window.
#[derive(Clone, Copy, Debug, Default)]
struct LookUps {
    per_second: f64,
    /// CPU time of the thread that reads for them, in each second.
    cpu: Duration,
}

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let directory = plan.shelf.secrets(&plan.binary, smallest(plan))?;
    let server = Server::start(&plan.binary, &directory)?;
    let (mut alone, mut beside, mut look_ups) = (Vec::new(), Vec::new(), Vec::new());
    let window = plan.window(CONNECTIONS);
    for _ in 0..plan.rounds {
        alone.push(reads(window, &server, &directory)?);
        let (figures, looked_up) = reads_beside_look_ups(window, &server, &directory)?;
        beside.push(figures);
        look_ups.push(looked_up);
    }
    let mut table = Table::new(&[
        "GetSecretValue, 64 clients",
        "requests/s",
        "of alone",
        "server CPU µs",
        "p50 µs",
        "p99 µs",
        "look-ups/s",
        "CPU of the reading thread",
    ]);
    let rate = median(&alone, Figures::rate);
    look_ups.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
    let looked_up = look_ups.get(look_ups.len() / 2).copied().unwrap_or_default();
    let rows = [("alone", &alone, LookUps::default()), ("beside look-ups", &beside, looked_up)];
    for (name, windows, looked_up) in rows {
        table.row([
            name.to_owned(),
            whole(median(windows, Figures::rate)),
            format!("{:.0} %", 100.0 * median(windows, Figures::rate) / rate),
            tenths(median(windows, Figures::cpu_micros)),
            whole(median(windows, |one| f64::from(one.latency_micros(0.5)))),
            whole(median(windows, |one| f64::from(one.latency_micros(0.99)))),
            whole(looked_up.per_second),
            format!("{:.0} %", 100.0 * looked_up.cpu.as_secs_f64()),
        ]);
    }
    table.print("Reads while the trail is read");
    Ok(())
}

fn reads(window: Window, server: &Server, directory: &Path) -> Result<Figures> {
    let request = server.signer(directory)?.request("GetSecretValue", &read_body(0));
    window.run(server, |_| replay(request.clone()))
}

fn reads_beside_look_ups(
    window: Window,
    server: &Server,
    directory: &Path,
) -> Result<(Figures, LookUps)> {
    let request =
        server.signer_for(Service::CloudTrail, directory)?.request("LookupEvents", LOOK_UP);
    let (is_over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let cpu = || thread_cpu(server.id(), "look-ups");
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| look_up(server, &request, &is_over, &answered));
        let before = cpu()?;
        let figures = reads(window, server, directory);
        let cpu = cpu()?.saturating_sub(before);
        is_over.store(true, Ordering::SeqCst);
        looking.join().map_err(|_| "looking up failed")??;
        // The window began with a fifth of its length that is not counted.
        let seconds = window.length.as_secs_f64() * 1.2;
        let answered = answered.load(Ordering::SeqCst) as f64;
        let look_ups = LookUps { per_second: answered / seconds, cpu: cpu.div_f64(seconds) };
        Ok((figures?, look_ups))
    })
}

/// Looks up until it is over.
fn look_up(
    server: &Server,
    request: &[u8],
    is_over: &AtomicBool,
    answered: &AtomicUsize,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let look = async || {
        let mut connection = Connection::open(server.address).await?;
        while !is_over.load(Ordering::SeqCst) {
            let response = connection.call(request).await?;
            if response.status != 200 {
                return Err(Failure::from(response.describe()));
            }
            answered.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    };
    // Four clients.
    runtime.block_on(async { tokio::try_join!(look(), look(), look(), look()).map(drop) })
}
