//! The first page of ListSecrets, with few secrets and with many.

use super::Plan;
use crate::Result;
use crate::load::{Figures, median, replay};
use crate::server::Server;
use crate::table::{Table, tenths, whole};

const CONNECTIONS: usize = 8;
/// Lists by name and by request.
const LISTS: [(&str, &str); 3] = [
    ("as they were created", "{}"),
    ("by name", r#"{"SortBy": "name"}"#),
    ("by name prefix", r#"{"Filters": [{"Key": "name", "Values": ["prod/team-07/service-0"]}]}"#),
];

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let mut servers = Vec::new();
    for &size in &plan.sizes {
        let directory = plan.shelf.secrets(&plan.binary, size)?;
        servers.push((size, Server::start(&plan.binary, &directory)?, directory));
    }
    let mut table = Table::new(&[
        "ListSecrets, first page of 100",
        "secrets",
        "requests/s",
        "server CPU µs",
        "p50 µs",
        "p99 µs",
    ]);
    for (name, body) in LISTS {
        let all = plan.interleave(servers.len(), |which| {
            let (_, server, directory) = &servers[which];
            let request = server.signer(directory)?.request("ListSecrets", body);
            plan.window(CONNECTIONS).run(server, |_| replay(request.clone()))
        })?;
        for ((size, _, _), windows) in servers.iter().zip(&all) {
            table.row([
                name.to_owned(),
                whole(*size as f64),
                whole(median(windows, Figures::rate)),
                tenths(median(windows, Figures::cpu_micros)),
                whole(median(windows, |one| f64::from(one.latency_micros(0.5)))),
                whole(median(windows, |one| f64::from(one.latency_micros(0.99)))),
            ]);
        }
    }
    table.print(&format!("Lists, {CONNECTIONS} clients"));
    Ok(())
}
