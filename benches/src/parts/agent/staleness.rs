//! How long after a change is acknowledged the agent still serves the value before.

use std::time::{Duration, Instant};

use super::start::Scene;
use super::{TTL_SECONDS, request};
use crate::Result;
use crate::client::Connection;
use crate::random::Random;
use crate::secrets::name;
use crate::table::{Table, tenths, whole};

/// Changes measured, and those before, while the agent comes to follow the feed.
const CHANGES: usize = 400;
const FIRST: usize = 5;
/// Far less than a value is good for if nobody tells of its change.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two reads, as applications that do other things make them.
const PAUSE: Duration = Duration::from_micros(500);

/// Measures and prints.
pub(super) fn measure(scene: &Scene) -> Result<()> {
    let agent = scene.ours(TTL_SECONDS)?;
    // Tokens that no run before has used on the same data.
    let seed = jiff::Timestamp::now().as_microsecond().unsigned_abs();
    let mut random = Random::new(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut took = runtime.block_on(async {
        let mut server = Connection::open(scene.server.address).await?;
        let mut reader = Connection::open(agent.address).await?;
        let mut took = Vec::new();
        for _ in 0..CHANGES + FIRST {
            let (token, value) = (random.token(), random.token());
            let body = format!(
                r#"{{"SecretId": "{}", "ClientRequestToken": "{token}", "SecretString": "{value}"}}"#,
                name(0)
            );
            reader.call(&request(0)).await?;
            let put = scene.server.signer(&scene.directory)?.request("PutSecretValue", &body);
            let answer = server.call(&put).await?;
            if answer.status != 200 {
                return Err(answer.describe().into());
            }
            took.push(until(&mut reader, &value).await?);
        }
        Ok::<_, crate::Failure>(took.split_off(FIRST))
    })?;
    took.sort_unstable();
    let millis = |part: f64| {
        let index = (took.len() as f64 * part) as usize;
        let found = took.get(index).or(took.last()).copied().unwrap_or_default();
        tenths(found.as_secs_f64() * 1e3)
    };
    let mut table = Table::new(&["Changes", "p50 ms", "p99 ms", "longest ms"]);
    table.row([whole(took.len() as f64), millis(0.5), millis(0.99), millis(1.0)]);
    table.print("From a change to its value at the agent");
    Ok(())
}

/// How long the agent goes on without the value.
async fn until(reader: &mut Connection, value: &str) -> Result<Duration> {
    let began = Instant::now();
    loop {
        let answer = reader.call(&request(0)).await?;
        if memchr::memmem::find(answer.body, value.as_bytes()).is_some() {
            return Ok(began.elapsed());
        }
        // The feed gets its share of the machine.
        tokio::time::sleep(PAUSE).await;
        if began.elapsed() > PATIENCE {
            return Err("the agent does not follow changes".into());
        }
    }
}
