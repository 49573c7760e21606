//! What those see who ask who did what: every answer is found by LookupEvents, and stands in the log
//! group of the trail exactly once.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use strongroom_benches::Result;
use strongroom_benches::client::Connection;
use strongroom_benches::server::Server;
use strongroom_benches::signer::{Service, Signer};

use crate::client::Answered;

/// How often the newest answer is looked for, and how long apart: two minutes.
const TRIES: u32 = 600;
const PAUSE: Duration = Duration::from_millis(200);

/// How often each request is on record.
type Counts = HashMap<String, usize>;

/// Looks for every answer, once the newest can be seen.
pub async fn every_answer(server: &Server, directory: &Path, answered: &[Answered]) -> Result<()> {
    let Some((newest, _)) = answered.last() else { return Ok(()) };
    let mut reader = Reader::open(server, directory, Service::Logs).await?;
    let pattern = format!("{{ $.requestID = \"{newest}\" }}");
    reader.wait_for(newest, log_events(&pattern)).await?;
    let all = "{ $.eventSource = \"secretsmanager.amazonaws.com\" && $.eventType = AwsApiCall }";
    let logged = reader.read_all(log_events(all)).await?;

    let mut reader = Reader::open(server, directory, Service::CloudTrail).await?;
    reader.wait_for(newest, looked_up()).await?;
    let found = reader.read_all(looked_up()).await?;
    for (id, operation) in answered {
        let times = (logged.get(id), found.get(id));
        if times != (Some(&1), Some(&1)) {
            return Err(format!(
                "{operation} was answered as {id}; log events and looked-up events of it: {times:?}"
            )
            .into());
        }
    }
    Ok(())
}

fn log_events(pattern: &str) -> (&'static str, Value) {
    let input = json!({"logGroupName": "/aws/cloudtrail/logs", "filterPattern": pattern});
    ("FilterLogEvents", input)
}

fn looked_up() -> (&'static str, Value) {
    let attribute = json!({
        "AttributeKey": "EventSource", "AttributeValue": "secretsmanager.amazonaws.com",
    });
    ("LookupEvents", json!({"LookupAttributes": [attribute], "MaxResults": 50}))
}

/// Reads pages of events of one service.
struct Reader {
    connection: Connection,
    signer: Signer,
}

impl Reader {
    async fn open(server: &Server, directory: &Path, service: Service) -> Result<Self> {
        let connection = Connection::open(server.address).await?;
        Ok(Self { connection, signer: server.signer_for(service, directory)? })
    }

    /// Asks until a request is among the first events found. Pages may be empty and have others behind
    /// them.
    async fn wait_for(&mut self, id: &str, (operation, input): (&str, Value)) -> Result<()> {
        for _ in 0..TRIES {
            let (mut counts, mut input) = (Counts::new(), input.clone());
            while let Some((member, token)) = self.page(operation, &input, &mut counts).await?
                && counts.is_empty()
            {
                input[member] = token;
            }
            if counts.contains_key(id) {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(format!("{operation} never shows the newest answer").into())
    }

    async fn read_all(&mut self, (operation, mut input): (&str, Value)) -> Result<Counts> {
        let mut counts = Counts::new();
        while let Some((member, token)) = self.page(operation, &input, &mut counts).await? {
            input[member] = token;
        }
        Ok(counts)
    }

    /// Counts the requests on one page; the name and value of the next page's token, if there is one.
    async fn page(
        &mut self,
        operation: &str,
        input: &Value,
        counts: &mut Counts,
    ) -> Result<Option<(&'static str, Value)>> {
        let request = self.signer.request(operation, &input.to_string());
        let response = self.connection.call(&request).await?;
        if response.status != 200 {
            return Err(format!("{operation}: {}", response.describe()).into());
        }
        let mut page: Value = serde_json::from_slice(response.body)?;
        let is_logs = operation == "FilterLogEvents";
        let (list, text, token) = match is_logs {
            true => ("events", "message", "nextToken"),
            false => ("Events", "CloudTrailEvent", "NextToken"),
        };
        for event in page[list].as_array().into_iter().flatten() {
            let record: Value = serde_json::from_str(event[text].as_str().unwrap_or_default())?;
            if record["eventType"] == "AwsApiCall" {
                let id = record["requestID"].as_str().unwrap_or_default();
                *counts.entry(id.to_owned()).or_default() += 1;
            }
        }
        let next = page[token].take();
        Ok((!next.is_null()).then_some((token, next)))
    }
}
