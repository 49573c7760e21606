//! How long callers wait for a function: one that is warm, and one whose process has to be started.

use std::time::{Duration, Instant};

use super::Plan;
use crate::client::Connection;
use crate::server::Server;
use crate::signer::{Ask, Service, Signer};
use crate::table::{Table, tenths};
use crate::{Failure, Result};

/// Started anew for each invocation in a round.
const COLD: usize = 5;
/// A rotator that comes with the server, and needs no interpreter.
const BUILT_IN: &str = "SecretsManagerRotationTemplate";
const PYTHON: &str = "bench";
/// An archive with `app.py`, which is `def handler(event, context): return event`.
const ARCHIVE: &str = "UEsDBBQAAAAAAAAAIQC0CHBpLgAAAC4AAAAGAAAAYXBwLnB5ZGVmIGhhbmRsZXIoZXZlbnQsIGNvbnRleHQpOgogIC\
    AgcmV0dXJuIGV2ZW50ClBLAQIUAxQAAAAAAAAAIQC0CHBpLgAAAC4AAAAGAAAAAAAAAAAAAACAAQAAAABhcHAucHlQ\
    SwUGAAAAAAEAAQA0AAAAUgAAAAAA";
const ROLE: &str = "Action=CreateRole&Version=2010-05-08&RoleName=bench&AssumeRolePolicyDocument=\
    %7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22\
    Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22\
    sts%3AAssumeRole%22%7D%7D";
const FUNCTIONS: &str = "/2015-03-31/functions";

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let directory = plan.shelf.folder().join("functions");
    let server = Server::start(&plan.binary, &directory)?;
    let lambda = server.signer_for(Service::Lambda, &directory)?;
    let iam = server.signer_for(Service::Iam, &directory)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut table = Table::new(&["Invoke, one caller", "warm, p50 ms", "warm, p99 ms", "cold, ms"]);
    runtime.block_on(async {
        let mut caller =
            Caller { connection: Connection::open(server.address).await?, lambda, iam };
        caller.make().await?;
        for (name, function) in [("Python", PYTHON), ("built-in rotator", BUILT_IN)] {
            let cold = caller.cold(function, COLD * plan.rounds).await?;
            let warm = caller.warm(function, plan.length * u32::try_from(plan.rounds)?).await?;
            table.row([name.to_owned(), share(&warm, 50), share(&warm, 99), share(&cold, 50)]);
        }
        Ok::<_, Failure>(())
    })?;
    table.print("Functions");
    Ok(())
}

struct Caller {
    connection: Connection,
    lambda: Signer,
    iam: Signer,
}

impl Caller {
    /// The Python function and its role, unless an earlier run has left them.
    async fn make(&mut self) -> Result<()> {
        let role = self.iam.request("CreateRole", ROLE);
        self.ask(&role, &[200, 409]).await?;
        let account = self.account().await?;
        let body = format!(
            r#"{{"FunctionName": "{PYTHON}", "Runtime": "python3.12", "Handler": "app.handler",
                "Role": "arn:aws:iam::{account}:role/bench", "Code": {{"ZipFile": "{ARCHIVE}"}}}}"#
        );
        self.lambda("POST", FUNCTIONS, &body, &[201, 409]).await.map(drop)
    }

    /// The first account, out of the ARN of a function.
    async fn account(&mut self) -> Result<String> {
        let path = format!("{FUNCTIONS}/{BUILT_IN}/configuration");
        let shown = self.lambda("GET", &path, "", &[200]).await?;
        let (_, arn) = shown.split_once(":lambda:").ok_or("a function without an ARN")?;
        Ok(arn.split(':').nth(1).unwrap_or_default().to_owned())
    }

    /// Each invocation is the first after a change of settings, which ends the instances there are.
    async fn cold(&mut self, function: &str, times: usize) -> Result<Vec<Duration>> {
        let mut took = Vec::new();
        for number in 0..times {
            let body = format!(r#"{{"Environment": {{"Variables": {{"BENCH": "{number}"}}}}}}"#);
            let path = format!("{FUNCTIONS}/{function}/configuration");
            self.lambda("PUT", &path, &body, &[200]).await?;
            took.push(self.invoke(function).await?);
        }
        took.sort_unstable();
        Ok(took)
    }

    async fn warm(&mut self, function: &str, length: Duration) -> Result<Vec<Duration>> {
        let mut took = Vec::new();
        let began = Instant::now();
        while began.elapsed() < length {
            took.push(self.invoke(function).await?);
        }
        took.sort_unstable();
        Ok(took)
    }

    /// The rotator answers that the event is none, which is work enough.
    async fn invoke(&mut self, function: &str) -> Result<Duration> {
        let path = format!("{FUNCTIONS}/{function}/invocations");
        let began = Instant::now();
        self.lambda("POST", &path, "{}", &[200]).await?;
        Ok(began.elapsed())
    }

    async fn lambda(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
        fine: &[u16],
    ) -> Result<String> {
        let mut request = Vec::new();
        let ask = Ask { method, path, content_type: "application/json", target: None, body };
        self.lambda.push_any(ask, &mut request);
        self.ask(&request, fine).await
    }

    async fn ask(&mut self, request: &[u8], fine: &[u16]) -> Result<String> {
        let response = self.connection.call(request).await?;
        if !fine.contains(&response.status) {
            return Err(response.describe().into());
        }
        Ok(String::from_utf8_lossy(response.body).into_owned())
    }
}

fn share(sorted: &[Duration], percent: usize) -> String {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    tenths(sorted.get(at).map_or(0.0, |took| took.as_secs_f64() * 1e3))
}
