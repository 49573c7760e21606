//! An account with its root user.

use std::sync::Arc;

use serde_json::{Value, json};
use strongroom_api::Hosted;
use strongroom_iam::{Credential, Iam, OPERATIONS};
use strongroom_testkit::{ACCOUNT, Refusal, Stage, records};

pub struct World {
    pub iam: Arc<Iam>,
    pub host: Hosted<Iam>,
    pub stage: Stage,
}

pub const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

pub async fn world() -> World {
    let iam = Arc::new(Iam::new(records(7)));
    let stage = Stage::new(7);
    iam.create_account(ACCOUNT, stage.now()).await.unwrap();
    World { host: Hosted::new(iam.clone(), OPERATIONS), iam, stage }
}

impl World {
    pub async fn try_call(&self, operation: &str, input: Value) -> Result<Value, Refusal> {
        self.stage.call(&self.host, operation, &input.to_string()).await
    }

    /// What must succeed.
    pub async fn call(&self, operation: &str, input: Value) -> Value {
        match self.try_call(operation, input).await {
            Ok(reply) => reply,
            Err(refusal) => panic!("{operation}: {refusal:?}"),
        }
    }

    /// What must be refused: the code and the message.
    pub async fn refused(&self, operation: &str, input: Value) -> (String, String) {
        match self.try_call(operation, input).await {
            Ok(reply) => panic!("{operation} must be refused, said {reply}"),
            Err(refusal) => (refusal.code, refusal.message),
        }
    }

    /// A user with an access key and its credential.
    pub async fn user_with_key(&self, name: &str) -> Arc<Credential> {
        self.call("CreateUser", json!({"UserName": name})).await;
        let key = self.call("CreateAccessKey", json!({"UserName": name})).await;
        self.credential(key["AccessKey"]["AccessKeyId"].as_str().unwrap()).await.unwrap()
    }

    pub async fn credential(&self, id: &str) -> Option<Arc<Credential>> {
        self.iam.credential(id).await.unwrap()
    }

    /// The same world seen by whom the access key belongs to.
    pub async fn calling_with(&self, id: &str) -> Self {
        let credential = self.credential(id).await.unwrap();
        let mut stage = self.stage.clone();
        stage.caller = credential.caller.clone();
        Self { iam: self.iam.clone(), host: Hosted::new(self.iam.clone(), OPERATIONS), stage }
    }
}

pub fn allow(action: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}],
    })
    .to_string()
}

pub fn trusting(principal: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"},
        ],
    })
    .to_string()
}

/// A document as replies carry it, decoded.
pub fn decoded(value: &Value) -> String {
    percent_encoding::percent_decode_str(value.as_str().unwrap()).decode_utf8().unwrap().into()
}
