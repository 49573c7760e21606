//! SNS through the dispatch that a client uses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod delivery;
mod model;
mod publishing;
mod subscriptions;
mod topics;
mod trust;
mod walk;
mod world;

use std::sync::Arc;

use serde_json::{Value, json};
use strongroom_api::{Caller, Hosted, Job};
use strongroom_records::Records;
use strongroom_sns::deliver::Outcome;
use strongroom_sns::{OPERATIONS, Sns, jobs};
use strongroom_testkit::{ACCOUNT, Refusal, Stage, records};

use crate::world::World;

/// SNS on a stage, with a world that listens.
#[derive(Clone)]
struct Scene {
    stage: Stage,
    world: Arc<World>,
    sns: Arc<Sns>,
    host: Arc<Hosted<Sns>>,
    records: Arc<Records>,
}

const OTHER: &str = "210987654321";

impl Scene {
    fn new(seed: u64) -> Self {
        Self::over(records(seed), seed)
    }

    /// A server that begins with what is stored already.
    fn over(records: Arc<Records>, seed: u64) -> Self {
        let world = Arc::new(World::default());
        let sns = Arc::new(Sns::new(records.clone(), World::ports(&world)));
        let host = Arc::new(Hosted::new(sns.clone(), OPERATIONS));
        Self { stage: Stage::new(seed), world, sns, host, records }
    }

    fn as_caller(&self, caller: Caller) -> Self {
        Self { stage: self.stage.as_caller(caller), ..self.clone() }
    }

    fn as_root_of(&self, account: &str) -> Self {
        self.as_caller(Caller::root(account, None))
    }

    /// Somebody who follows a link.
    fn unsigned(&self) -> Self {
        let kind = strongroom_api::PrincipalKind::Anonymous;
        self.as_caller(Caller::new(kind, "", "anonymous", "anonymous", Default::default()))
    }

    async fn call(&self, operation: &str, body: Value) -> Result<Value, Refusal> {
        self.stage.call(&*self.host, operation, &body.to_string()).await
    }

    async fn ok(&self, operation: &str, body: Value) -> Value {
        let shown = body.to_string();
        self.call(operation, body).await.unwrap_or_else(|e| panic!("{operation} {shown}: {e:?}"))
    }

    async fn refused(&self, operation: &str, body: Value) -> Refusal {
        let shown = body.to_string();
        match self.call(operation, body).await {
            Ok(reply) => panic!("{operation} {shown} must be refused, got {reply}"),
            Err(refusal) => refusal,
        }
    }

    async fn topic(&self, name: &str) -> String {
        text(&self.ok("CreateTopic", json!({ "Name": name })).await["TopicArn"])
    }

    /// Subscribes and says yes.
    async fn subscribed(&self, topic: &str, endpoint: &str, attributes: Value) -> String {
        let protocol = endpoint.split(':').next().unwrap();
        let reply = self
            .ok(
                "Subscribe",
                json!({
                    "TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint,
                    "Attributes": attributes, "ReturnSubscriptionArn": true,
                }),
            )
            .await;
        self.deliver().await;
        let question = self.world.take(endpoint).pop().expect("a question");
        self.ok("ConfirmSubscription", json!({"TopicArn": topic, "Token": question["Token"]}))
            .await;
        text(&reply["SubscriptionArn"])
    }

    async fn publish(&self, topic: &str, message: &str) -> String {
        let body = json!({"TopicArn": topic, "Message": message});
        text(&self.ok("Publish", body).await["MessageId"])
    }

    async fn topic_attribute(&self, topic: &str, name: &str) -> String {
        let reply = self.ok("GetTopicAttributes", json!({ "TopicArn": topic })).await;
        text(&reply["Attributes"][name])
    }

    /// Does everything that is due now.
    async fn deliver(&self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        loop {
            let circumstances = self.stage.circumstances();
            let due = self.sns.due(circumstances.now, None, 100).await.unwrap();
            if due.is_empty() {
                return outcomes;
            }
            for work in due {
                outcomes.push(self.sns.work(&circumstances, &work).await.unwrap());
            }
            assert!(outcomes.len() < 10_000, "work without end");
        }
    }

    async fn end_what_is_over(&self) -> u64 {
        let jobs: Vec<Arc<dyn Job>> = jobs::all(self.sns.clone());
        jobs[0].run(&self.stage.circumstances()).await.unwrap().done
    }

    /// The keys of everything that is stored.
    async fn stored(&self) -> Vec<String> {
        use strongroom_store::{Direction, Range};
        let all = self.records.store().scan(Range::all(), Direction::Forward, 1_000).await.unwrap();
        let keys = all.entries.into_iter().map(|entry| entry.key);
        keys.filter(|key| key.contains("sns")).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn owner() -> &'static str {
    ACCOUNT
}
