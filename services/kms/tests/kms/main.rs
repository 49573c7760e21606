//! KMS through the dispatch that a client uses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod aliases;
mod asymmetric;
mod crypto;
mod grants;
mod import;
mod jobs;
mod keys;
mod last_use;
mod managed;
mod model;
mod multi_region;
mod policies;
mod properties;
mod races;
mod rotation;
mod states;
mod walk;

use std::sync::Arc;

use data_encoding::BASE64;
use serde_json::{Value, json};
use strongroom_api::{Caller, Hosted};
use strongroom_kms::{AsWritten, InPlace, Kms, OPERATIONS};
use strongroom_records::Records;
use strongroom_testkit::{Refusal, Stage, records};

/// KMS on a stage.
#[derive(Clone)]
struct Scene {
    stage: Stage,
    kms: Arc<Kms>,
    records: Arc<Records>,
    host: Arc<Hosted<Kms>>,
}

impl Scene {
    fn new(seed: u64) -> Self {
        Self::over(Stage::new(seed), records(seed))
    }

    /// A server of its own over what others keep as well.
    fn over(stage: Stage, records: Arc<Records>) -> Self {
        let kms = Arc::new(Kms::new(records.clone(), Arc::new(InPlace), Arc::new(AsWritten)));
        let host = Arc::new(Hosted::new(kms.clone(), OPERATIONS));
        Self { stage, kms, records, host }
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

    async fn refused(&self, operation: &str, body: Value) -> (String, String) {
        let shown = body.to_string();
        match self.call(operation, body).await {
            Ok(reply) => panic!("{operation} {shown} must be refused, got {reply}"),
            Err(refusal) => (refusal.code, refusal.message),
        }
    }

    async fn create_key(&self, body: Value) -> String {
        let reply = self.ok("CreateKey", body).await;
        reply["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
    }

    async fn key(&self) -> String {
        self.create_key(json!({})).await
    }
}

fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    BASE64.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

fn refusal(code: &str, message: impl Into<String>) -> (String, String) {
    (code.to_owned(), message.into())
}
