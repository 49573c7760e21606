//! Many secrets that are due in the same minute.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Plan;
use crate::client::Connection;
use crate::secrets::{load, name};
use crate::server::Server;
use crate::signer::Signer;
use crate::table::{Table, tenths, whole};
use crate::{Failure, Result};

/// As many as an organization may have due after a night.
const DUE: u64 = 1_000;
/// A rotator that makes a new password and needs no database.
const FUNCTION: &str = "SecretsManagerRotationTemplate";
/// Without a rotation for so long, something is wrong.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between two looks at a secret.
const PAUSE: Duration = Duration::from_millis(20);

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let size = super::smallest(plan);
    let due = DUE.min(size);
    let directory = plan.shelf.secrets(&plan.binary, size)?;
    let server = Server::start(&plan.binary, &directory)?;
    let signer = Arc::new(server.signer(&directory)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (began, cpu) = (Instant::now(), server.cpu()?);
    let begun = u64::try_from(jiff::Timestamp::now().as_second())?;
    runtime.block_on(load(&server, &signer, 0..due, move |signer, number| {
        vec![signer.request("RotateSecret", &rotate_body(number, begun))]
    }))?;
    let asked = began.elapsed();
    runtime.block_on(async {
        let mut connection = Connection::open(server.address).await?;
        for number in 0..due {
            await_rotation(&mut connection, &signer, number, begun).await?;
        }
        Ok::<_, Failure>(())
    })?;
    let took = began.elapsed();
    let cpu = (server.cpu()? - cpu).as_secs_f64() * 1e3 / due as f64;
    let mut table = Table::new(&[
        "Secrets due at once",
        "all asked for after, s",
        "all rotated after, s",
        "rotations/s",
        "server CPU for one, ms",
    ]);
    table.row([
        whole(due as f64),
        tenths(asked.as_secs_f64()),
        tenths(took.as_secs_f64()),
        tenths(due as f64 / took.as_secs_f64()),
        tenths(cpu),
    ]);
    table.print("Rotations");
    Ok(())
}

fn rotate_body(number: u64, begun: u64) -> String {
    format!(
        r#"{{"SecretId": "{}", "ClientRequestToken": "{}", "RotationLambdaARN": "{}"}}"#,
        name(number),
        token(number, begun),
        format_args!("arn:aws:lambda:us-east-1:123456789012:function:{FUNCTION}"),
    )
}

/// The same of a secret throughout a run, and another one in the next.
fn token(number: u64, begun: u64) -> String {
    format!("bench-rotation-{begun:016x}-{number:016x}")
}

async fn await_rotation(
    connection: &mut Connection,
    signer: &Signer,
    number: u64,
    begun: u64,
) -> Result<()> {
    let body = format!(r#"{{"SecretId": "{}"}}"#, name(number));
    let wanted = token(number, begun);
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let request = signer.request("DescribeSecret", &body);
        let response = connection.call(&request).await?;
        let described: serde_json::Value = serde_json::from_slice(response.body)?;
        let labels = described["VersionIdsToStages"][&wanted].as_array();
        if labels.is_some_and(|labels| labels.iter().any(|label| label == "AWSCURRENT")) {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(format!("{} was not rotated", name(number)).into())
}
