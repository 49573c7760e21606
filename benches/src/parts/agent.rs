//! Reads from the agent: warm ones against a bare hyper server that returns the same bytes and, where its
//! binary is named, AWS's own agent; calls to the service; and how long a changed value is served old.

mod calls;
mod staleness;
mod start;

use super::{Plan, smallest};
use crate::client::Connection;
use crate::load::{Figures, Requests, median, replay};
use crate::random::Random;
use crate::secrets::name;
use crate::server::Server;
use crate::table::{Table, mebibytes, tenths, whole};
use crate::{Result, bare};
use start::{Maker, Scene};

const CONNECTIONS: [usize; 2] = [64, 1];
/// As many as the agent's cache holds.
const CACHED: u64 = 1_000;
const TOKEN: &str = "bench";
/// What AWS's agent and ours remember a value for unless told otherwise.
const TTL_SECONDS: u64 = 300;

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let directory = plan.shelf.secrets(&plan.binary, smallest(plan))?;
    let scene = Scene::new(plan, &directory)?;
    let cached = smallest(plan).min(CACHED);
    warm_reads(plan, &scene, cached)?;
    calls::measure(plan, &scene, cached)?;
    staleness::measure(&scene)
}

fn warm_reads(plan: &Plan, scene: &Scene, cached: u64) -> Result<()> {
    let agents: Vec<(Maker, Server)> = scene.agents(TTL_SECONDS)?;
    let mut things = Vec::new();
    let mut bare = None;
    for (_, agent) in &agents {
        bare = Some(warm(agent, cached)?);
    }
    let bare = bare.ok_or("there is no agent")?;
    things.push(("bare hyper".to_owned(), &bare, false, None));
    for (maker, agent) in &agents {
        things.push((format!("{}, one secret", maker.name()), agent, false, Some(*maker)));
        things.push((format!("{}, any of those cached", maker.name()), agent, true, Some(*maker)));
    }
    let mut table = Table::new(&[
        "Warm reads",
        "clients",
        "requests/s",
        "of bare",
        "of AWS's",
        "agent CPU µs",
        "p50 µs",
        "p99 µs",
        "resident MiB",
    ]);
    for connections in CONNECTIONS {
        let all = plan.interleave(things.len(), |which| {
            let (_, server, is_any, _) = &things[which];
            plan.window(connections).run(server, |number| match is_any {
                true => uniform(cached, Random::new(number as u64)),
                false => replay(request(0)),
            })
        })?;
        let rates: Vec<f64> = all.iter().map(|windows| median(windows, Figures::rate)).collect();
        for (index, ((name, server, is_any, maker), windows)) in things.iter().zip(&all).enumerate()
        {
            let theirs = things.iter().position(|(_, _, other_is_any, other)| {
                *other == Some(Maker::Aws) && other_is_any == is_any && maker.is_some()
            });
            table.row([
                name.clone(),
                connections.to_string(),
                whole(rates[index]),
                format!("{:.0} %", 100.0 * rates[index] / rates[0]),
                theirs.map_or("-".to_owned(), |theirs| times(rates[index] / rates[theirs])),
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

fn times(factor: f64) -> String {
    format!("{factor:.1} x")
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
