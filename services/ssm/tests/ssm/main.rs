//! Parameter Store through the dispatch that a client uses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod access;
mod lists;
mod model;
mod secrets;
mod values;
mod versions;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use strongroom_api::{BoxFuture, Caller, Circumstances, Hosted, Result, Sensitive, Timestamp};
use strongroom_records::Records;
use strongroom_ssm::keys::{DataKey, KeyChoice, KeyFault, Keys, Plain};
use strongroom_ssm::secrets::{Secret, SecretFault, Secrets, Wanted};
use strongroom_ssm::{OPERATIONS, Ssm};
use strongroom_testkit::{Refusal, Stage, records};

/// KMS as far as this service knows it: what it wraps can be told from what it was given, and opens
/// only for the same parameter.
#[derive(Default)]
struct Wrapper {
    /// Key and parameter of each encryption.
    used: Mutex<Vec<(String, String)>>,
    broken: Mutex<bool>,
}

const DATA_KEY: [u8; 32] = [7; 32];

impl Wrapper {
    fn wrap(&self, key: KeyChoice<'_>, arn: &str, plain: &[u8]) -> Result<Vec<u8>, KeyFault> {
        if *self.broken.lock().unwrap() {
            return Err(KeyFault::Unusable("the key is disabled".to_owned()));
        }
        let name = key.key.unwrap_or("default").to_owned();
        self.used.lock().unwrap().push((name, arn.to_owned()));
        let masked = plain.iter().map(|byte| byte ^ 0x5a);
        Ok(arn.bytes().chain([0]).chain(masked).collect())
    }
}

impl Keys for Wrapper {
    fn encrypt<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        plain: &'a Plain,
        parameter_arn: &'a str,
    ) -> BoxFuture<'a, Result<Vec<u8>, KeyFault>> {
        assert!(plain.reveal().len() <= 4_096, "KMS takes no more");
        let wrapped = self.wrap(key, parameter_arn, plain.reveal());
        Box::pin(async { wrapped })
    }

    fn generate<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        parameter_arn: &'a str,
    ) -> BoxFuture<'a, Result<DataKey, KeyFault>> {
        let wrapped = self.wrap(key, parameter_arn, &DATA_KEY);
        Box::pin(async {
            Ok(DataKey { plain: Sensitive::new(DATA_KEY.to_vec()), wrapped: wrapped? })
        })
    }

    fn decrypt<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        blob: &'a [u8],
        parameter_arn: &'a str,
    ) -> BoxFuture<'a, Result<Plain, KeyFault>> {
        let end = blob.iter().position(|byte| *byte == 0).unwrap();
        let opened = if blob[..end] != *parameter_arn.as_bytes() || *self.broken.lock().unwrap() {
            Err(KeyFault::Unusable("no such key".to_owned()))
        } else {
            Ok(Sensitive::new(blob[end + 1..].iter().map(|byte| byte ^ 0x5a).collect()))
        };
        Box::pin(async { opened })
    }
}

/// Secrets Manager as far as this service knows it: one secret called `db`, one binary called `blob`.
struct Vault;

impl Secrets for Vault {
    fn read<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        secret: &'a str,
        version: Wanted<'a>,
    ) -> BoxFuture<'a, Result<Secret, SecretFault>> {
        let value = match secret {
            "db" => Some(Sensitive::new("se\"cret".to_owned())),
            "blob" => None,
            "locked" => {
                let message = "User: nobody is not authorized".to_owned();
                return Box::pin(async { Err(SecretFault::Refused { denied: true, message }) });
            }
            _ => return Box::pin(async { Err(SecretFault::Missing) }),
        };
        let stage = match version {
            Wanted::Current => "AWSCURRENT",
            Wanted::Id(_) => "by id",
            Wanted::Stage(stage) => stage,
        };
        let secret = Secret {
            arn: format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:{secret}-AbCdEf"),
            name: secret.to_owned(),
            version_id: "11111111-2222-4333-8444-555555555555".to_owned(),
            value,
            stages: vec![stage.to_owned()],
            created: Timestamp::from_seconds(1_769_854_830),
        };
        Box::pin(async { Ok(secret) })
    }
}

/// Parameter Store on a stage.
#[derive(Clone)]
struct Scene {
    stage: Stage,
    wrapper: Arc<Wrapper>,
    host: Arc<Hosted<Ssm>>,
    records: Arc<Records>,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let (records, wrapper) = (records(seed), Arc::new(Wrapper::default()));
        let ssm = Ssm::new(records.clone(), wrapper.clone(), Arc::new(Vault));
        let host = Arc::new(Hosted::new(Arc::new(ssm), OPERATIONS));
        Self { stage: Stage::new(seed), wrapper, host, records }
    }

    fn as_caller(&self, caller: Caller) -> Self {
        Self { stage: self.stage.as_caller(caller), ..self.clone() }
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

    async fn code(&self, operation: &str, body: Value) -> String {
        self.refused(operation, body).await.code
    }

    /// Makes a String, or a new version of one.
    async fn put(&self, name: &str, value: &str) -> i64 {
        let body = json!({"Name": name, "Value": value, "Type": "String", "Overwrite": true});
        self.ok("PutParameter", body).await["Version"].as_i64().unwrap()
    }

    async fn get(&self, name: &str) -> Value {
        let body = json!({"Name": name, "WithDecryption": true});
        self.ok("GetParameter", body).await["Parameter"].clone()
    }

    /// How many records and index entries there are.
    async fn stored(&self) -> usize {
        use strongroom_store::{Direction, Range};
        let store = self.records.store();
        store.scan(Range::all(), Direction::Forward, 1_000).await.unwrap().entries.len()
    }
}

fn names(reply: &Value) -> Vec<&str> {
    let parameters = reply["Parameters"].as_array().unwrap();
    parameters.iter().map(|parameter| parameter["Name"].as_str().unwrap()).collect()
}
