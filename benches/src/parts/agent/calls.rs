//! How many calls to the service reads come to, while values run out all the time.

use super::start::Scene;
use super::{replay, request, uniform, warm};
use crate::Result;
use crate::client::Connection;
use crate::load::Requests;
use crate::parts::Plan;
use crate::random::Random;
use crate::table::{Table, tenths, whole};

const CLIENTS: usize = 64;
/// The shortest that AWS's agent takes and does not call no time.
const TTL_SECONDS: u64 = 1;

/// Measures and prints.
pub(super) fn measure(plan: &Plan, scene: &Scene, cached: u64) -> Result<()> {
    let mut table = Table::new(&[
        "Values good for a second, 64 clients",
        "requests/s",
        "calls to the service/s",
        "calls per thousand reads",
    ]);
    for (maker, agent) in scene.agents(TTL_SECONDS)? {
        warm(&agent, cached)?;
        for (what, is_any) in [("one secret", false), ("any of those cached", true)] {
            let before = calls(scene)?;
            let figures = plan.window(CLIENTS).run(&agent, |number| -> Requests {
                match is_any {
                    true => uniform(cached, Random::new(number as u64)),
                    false => replay(request(0)),
                }
            })?;
            let calls = (calls(scene)? - before) as f64;
            // The window began with a fifth of its length that is not counted.
            let seconds = plan.length.as_secs_f64() * 1.2;
            table.row([
                format!("{}, {what}", maker.name()),
                whole(figures.rate()),
                tenths(calls / seconds),
                tenths(1e3 * calls / (figures.rate() * seconds)),
            ]);
        }
    }
    table.print("Calls to the service");
    Ok(())
}

/// How many calls for values the server has counted.
fn calls(scene: &Scene) -> Result<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let text = runtime.block_on(async {
        let mut connection = Connection::open(scene.metrics).await?;
        let answer =
            connection.call(b"GET /_strongroom/metrics HTTP/1.1\r\nhost: localhost\r\n\r\n");
        Ok::<_, crate::Failure>(String::from_utf8_lossy(answer.await?.body).into_owned())
    })?;
    let counted = text.lines().filter(|line| {
        line.starts_with("strongroom_requests_total{")
            && ["GetSecretValue", "DescribeSecret", "BatchGetSecretValue"]
                .iter()
                .any(|name| line.contains(&format!("\"{name}\"")))
    });
    counted.map(|line| Ok(line.rsplit(' ').next().ok_or("no count")?.parse::<u64>()?)).sum()
}
