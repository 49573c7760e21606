//! CloudTrail through the dispatch that a client uses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod lookups;
mod model;
mod trails;
mod walk;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use strongroom_api::{BoxFuture, Caller, Hosted, Result, Timestamp};
use strongroom_cloudtrail::{
    CloudTrail, Event, Events, Found, OPERATIONS, PublicKey, PublicKeys, Query,
};
use strongroom_testkit::{Refusal, Stage, records};

/// Events in a list: the trail as far as CloudTrail knows it.
#[derive(Default)]
struct Ledger(Mutex<Vec<Event<'static>>>);

impl Events for Ledger {
    fn newest<'a>(&'a self, query: Query, limit: usize) -> BoxFuture<'a, Result<Found>> {
        let events = self.0.lock().unwrap();
        let before = query.before.map_or(events.len(), |before| usize::try_from(before).unwrap());
        let newest = events[..before].iter().enumerate().rev();
        let mut fitting = newest.filter(|(_, event)| event.answers(&query));
        let page: Vec<_> = fitting.by_ref().take(limit).collect();
        let last = page.last().map(|(place, _)| *place as u64);
        let next = fitting.next().and(last);
        let events = page.into_iter().map(|(_, event)| event.clone()).collect();
        Box::pin(async move { Ok(Found { events, next }) })
    }
}

impl PublicKeys for Ledger {
    fn public_keys(&self) -> BoxFuture<'_, Result<Vec<PublicKey>>> {
        let key = |from: i64, to: i64| PublicKey {
            value: vec![48, 1],
            from: Timestamp::from_seconds(from),
            to: Timestamp::from_seconds(to),
            fingerprint: format!("{from:032}"),
        };
        Box::pin(async move { Ok(vec![key(0, 100), key(100, 2_000_000_000)]) })
    }
}

#[derive(Clone)]
struct Scene {
    stage: Stage,
    ledger: Arc<Ledger>,
    host: Arc<Hosted<CloudTrail>>,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let ledger = Arc::new(Ledger::default());
        let service = CloudTrail::new(records(seed), ledger.clone(), ledger.clone());
        let host = Arc::new(Hosted::new(Arc::new(service), OPERATIONS));
        Self { stage: Stage::new(seed), ledger, host }
    }

    async fn with_trail(seed: u64) -> Self {
        let scene = Self::new(seed);
        scene.ok("CreateTrail", json!({"Name": "audit", "S3BucketName": "audit-logs"})).await;
        scene
    }

    fn as_caller(&self, caller: Caller) -> Self {
        Self { stage: self.stage.as_caller(caller), ..self.clone() }
    }

    fn in_region(&self, region: &str) -> Self {
        Self { stage: self.stage.in_region(region), ..self.clone() }
    }

    async fn call(&self, operation: &str, body: Value) -> Result<Value, Refusal> {
        self.stage.call(&*self.host, operation, &body.to_string()).await
    }

    async fn ok(&self, operation: &str, body: Value) -> Value {
        let shown = body.to_string();
        self.call(operation, body).await.unwrap_or_else(|e| panic!("{operation} {shown}: {e:?}"))
    }

    async fn refused(&self, operation: &str, body: Value) -> String {
        let shown = body.to_string();
        match self.call(operation, body).await {
            Ok(reply) => panic!("{operation} {shown} must be refused, got {reply}"),
            Err(refusal) => refusal.code,
        }
    }

    /// Notes an event as the trail would.
    fn note(&self, record: &Value) {
        let record = record.to_string();
        let event = Event::parse(record.as_bytes()).expect("a record");
        self.ledger.0.lock().unwrap().push(event.into_owned());
    }
}

const ARN: &str = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit";
