//! GetSecretValue of one secret through the whole path, against a bare hyper server that returns the
//! same bytes.

use super::{Plan, smallest};
use crate::client::Connection;
use crate::load::{Figures, median, replay};
use crate::secrets::read_body;
use crate::server::Server;
use crate::table::{Table, tenths, whole};
use crate::{Result, bare};

const CONNECTIONS: [usize; 2] = [64, 1];

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let directory = plan.shelf.secrets(&plan.binary, smallest(plan))?;
    let strongroom = Server::start(&plan.binary, &directory)?;
    let bare = start_bare(&strongroom, &directory)?;
    let servers = [&bare, &strongroom];
    let mut table = Table::new(&[
        "GetSecretValue, one secret",
        "clients",
        "requests/s",
        "of bare",
        "server CPU µs",
        "of bare",
        "p50 µs",
        "p99 µs",
    ]);
    for connections in CONNECTIONS {
        let all = plan.interleave(servers.len(), |which| {
            let request = strongroom.signer(&directory)?.request("GetSecretValue", &read_body(0));
            plan.window(connections).run(servers[which], |_| replay(request.clone()))
        })?;
        let (rate, cpu) = (median(&all[0], Figures::rate), median(&all[0], Figures::cpu_micros));
        for (name, windows) in ["bare hyper", "Strongroom"].into_iter().zip(&all) {
            let (own_rate, own_cpu) =
                (median(windows, Figures::rate), median(windows, Figures::cpu_micros));
            table.row([
                name.to_owned(),
                connections.to_string(),
                whole(own_rate),
                format!("{:.0} %", 100.0 * own_rate / rate),
                tenths(own_cpu),
                // As with the rate, 100 % is as good as bare.
                format!("{:.0} %", 100.0 * cpu / own_cpu),
                whole(median(windows, |one| f64::from(one.latency_micros(0.5)))),
                whole(median(windows, |one| f64::from(one.latency_micros(0.99)))),
            ]);
        }
    }
    table.print("Reads against bare hyper");
    Ok(())
}

fn start_bare(strongroom: &Server, directory: &std::path::Path) -> Result<Server> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let request = strongroom.signer(directory)?.request("GetSecretValue", &read_body(0));
    runtime.block_on(async {
        let mut connection = Connection::open(strongroom.address).await?;
        let answer = connection.call(&request).await?;
        if answer.status != 200 {
            return Err(answer.describe().into());
        }
        bare::start(&answer)
    })
}
