//! CloudWatch Logs through the dispatch that a client uses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod appending;
mod events;
mod groups;
mod jobs;
mod metric_filters;
mod model;
mod policies;
mod reading;
mod subscriptions;
mod tailing;
mod walk;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use strongroom_api::{BoxFuture, Circumstances, Hosted, Ids, Result, Timestamp};
use strongroom_logs::{Datum, Delivery, Destinations, Logs, Metrics, OPERATIONS, Undelivered};
use strongroom_records::Records;
use strongroom_store::{Direction, Range};
use strongroom_testkit::{Refusal, Stage, records};

/// Keeps the figures that it gets.
#[derive(Default)]
struct Figures(Mutex<Vec<(String, Datum)>>);

impl Metrics for Figures {
    fn put<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        namespace: &'a str,
        data: Vec<Datum>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<()>> {
        let mut figures = self.0.lock().unwrap();
        figures.extend(data.into_iter().map(|datum| (namespace.to_owned(), datum)));
        Box::pin(async { Ok(()) })
    }
}

/// Functions that take everything, and tell what they got.
#[derive(Default)]
struct Functions {
    /// Function, group and event.
    got: Mutex<Vec<(String, String, Value)>>,
    /// What they say instead.
    says: Mutex<Option<Undelivered>>,
}

impl Destinations for Functions {
    fn may_deliver<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        delivery: Delivery<'a>,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move { Ok(!delivery.function.ends_with("private")) })
    }

    fn deliver<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        delivery: Delivery<'a>,
        event: Vec<u8>,
    ) -> BoxFuture<'a, Result<(), Undelivered>> {
        let said = self.says.lock().unwrap().clone();
        if said.is_none() {
            let event = serde_json::from_slice(&event).unwrap();
            let (function, group) = (delivery.function.to_owned(), delivery.group_arn.to_owned());
            self.got.lock().unwrap().push((function, group, event));
        }
        Box::pin(async move { said.map_or(Ok(()), Err) })
    }
}

/// Logs on a stage.
#[derive(Clone)]
struct Scene {
    stage: Stage,
    logs: Arc<Logs>,
    host: Arc<Hosted<Logs>>,
    figures: Arc<Figures>,
    functions: Arc<Functions>,
    records: Arc<Records>,
    ids: Arc<Ids>,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let records = records(seed);
        let figures = Arc::new(Figures::default());
        let functions = Arc::new(Functions::default());
        let logs = Logs::new(Arc::clone(&records), figures.clone(), functions.clone());
        let logs = Arc::new(logs);
        let host = Arc::new(Hosted::new(Arc::clone(&logs), OPERATIONS));
        let ids = Arc::new(Ids::new(&strongroom_seal_entropy(seed)));
        Self { stage: Stage::new(seed), logs, host, figures, functions, records, ids }
    }

    /// With the group `g` and its stream `s`.
    async fn with_stream(seed: u64) -> Self {
        let scene = Self::new(seed);
        scene.ok("CreateLogGroup", json!({"logGroupName": "g"})).await;
        scene.stream("s").await;
        scene
    }

    async fn stream(&self, name: &str) {
        self.ok("CreateLogStream", json!({"logGroupName": "g", "logStreamName": name})).await;
    }

    async fn call(&self, operation: &str, body: Value) -> Result<Value, Refusal> {
        self.stage.call(&*self.host, operation, &body.to_string()).await
    }

    async fn ok(&self, operation: &str, body: Value) -> Value {
        let reply = self.call(operation, body).await;
        reply.unwrap_or_else(|refusal| panic!("{operation}: {refusal:?}"))
    }

    async fn refused(&self, operation: &str, body: Value) -> (String, String) {
        let refusal = self.call(operation, body).await.expect_err(operation);
        (refusal.code, refusal.message)
    }

    fn now(&self) -> i64 {
        self.stage.now().millis()
    }

    /// Puts events into a stream of `g`: times from now, and texts.
    async fn put(&self, stream: &str, events: &[(i64, &str)]) -> Value {
        let now = self.now();
        let events: Vec<_> = events
            .iter()
            .map(|(time, text)| json!({"timestamp": now + time, "message": text}))
            .collect();
        self.ok(
            "PutLogEvents",
            json!({"logGroupName": "g", "logStreamName": stream, "logEvents": events}),
        )
        .await
    }

    /// The keys of everything that is stored.
    async fn keys(&self) -> Vec<String> {
        let page = self.records.store().scan(Range::all(), Direction::Forward, 1_000).await;
        page.unwrap().entries.into_iter().map(|entry| entry.key).collect()
    }
}

fn strongroom_seal_entropy(seed: u64) -> impl strongroom_api::Entropy {
    struct Counting(u64);
    impl strongroom_api::Entropy for Counting {
        fn fill(&self, out: &mut [u8]) {
            out.fill(self.0 as u8);
        }
    }
    Counting(seed)
}

/// The messages of a reply with events.
fn messages(reply: &Value) -> Vec<&str> {
    reply["events"].as_array().unwrap().iter().map(|e| e["message"].as_str().unwrap()).collect()
}
