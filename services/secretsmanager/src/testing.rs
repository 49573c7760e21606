//! A service in a test, with keys that obey and principals that exist.

use std::sync::Arc;

use serde_json::Value;
use strongroom_api::{BoxFuture, Caller, Circumstances, Error, Host, Hosted, Job};
use strongroom_store::{Direction, Range};
use strongroom_testkit::{ACCOUNT, Refusal, Stage, records};

use crate::jobs::{DeleteExpiredSecrets, ReplicateSecrets, WriteAccessNotes};
use crate::keys::{Context, DataKey, KeyChoice, KeyFault, Keys, PlainKey, Wrapped};
use crate::policy::Directory;
use crate::{OPERATIONS, SecretsManager};

/// A room to try the service in.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) stage: Stage,
    pub(crate) service: Arc<SecretsManager>,
    pub(crate) host: Arc<dyn Host>,
}

impl Room {
    pub(crate) fn new() -> Self {
        let service =
            Arc::new(SecretsManager::new(records(1), Arc::new(WillingKeys), Arc::new(Everyone)));
        let host = Arc::new(Hosted::new(service.clone(), OPERATIONS));
        Self { stage: Stage::new(2), service, host }
    }

    /// A room with one secret whose value is `hunter2`.
    pub(crate) async fn with_secret(name: &str) -> Self {
        let room = Self::new();
        room.create(name, "hunter2").await.unwrap();
        room
    }

    pub(crate) async fn create(&self, name: &str, value: &str) -> Result<Value, Refusal> {
        let token = format!("token-of-the-first-version-of-{name:0>16}");
        let token = &token[..token.len().min(64)];
        let body =
            serde_json::json!({"Name": name, "ClientRequestToken": token, "SecretString": value});
        self.call("CreateSecret", &body.to_string()).await
    }

    pub(crate) async fn call(&self, operation: &str, body: &str) -> Result<Value, Refusal> {
        self.stage.call(&*self.host, operation, body).await
    }

    pub(crate) fn as_caller(&self, caller: Caller) -> Self {
        Self { stage: self.stage.as_caller(caller), ..self.clone() }
    }

    pub(crate) async fn delete_expired(&self) -> u64 {
        self.run(&DeleteExpiredSecrets(self.service.clone())).await
    }

    pub(crate) async fn write_notes(&self) -> u64 {
        self.run(&WriteAccessNotes(self.service.clone())).await
    }

    pub(crate) async fn replicate(&self) -> u64 {
        self.run(&ReplicateSecrets(self.service.clone())).await
    }

    /// Runs a job as the server does.
    async fn run(&self, job: &dyn Job) -> u64 {
        let stage = self.stage.as_caller(Caller::service(ACCOUNT, job.principal()));
        job.run(&stage.circumstances()).await.unwrap().done
    }

    /// Everything that is in the store.
    pub(crate) async fn stored_keys(&self) -> Vec<String> {
        let store = self.service.records.store();
        let page = store.scan(Range::prefix(""), Direction::Forward, 1_000).await.unwrap();
        page.entries.into_iter().map(|entry| entry.key).collect()
    }
}

/// KMS as it is when nobody objects: the wrapped key names its context, and opens for that one only.
pub(crate) struct WillingKeys;

fn label(context: Context<'_>) -> Vec<u8> {
    format!("{}|{}|", context.secret_arn, context.version_id).into_bytes()
}

impl Keys for WillingKeys {
    fn generate<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<DataKey, KeyFault>> {
        Box::pin(async move {
            let mut plain = vec![0; 32];
            on_behalf.entropy.fill(&mut plain);
            let plain = PlainKey::new(plain);
            let wrapped = self.wrap(on_behalf, key, &plain, context).await?;
            Ok(DataKey { plain, wrapped })
        })
    }

    fn wrap<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        data_key: &'a PlainKey,
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<Wrapped, KeyFault>> {
        Box::pin(async move {
            let blob = [label(context), data_key.reveal().clone()].concat();
            let key_arn = format!("arn:aws:kms:{}:{}:key/{:?}", key.region, key.account, key.key);
            Ok(Wrapped { blob, key_arn })
        })
    }

    fn unwrap<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        _: &'a str,
        wrapped: &'a [u8],
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<PlainKey, KeyFault>> {
        Box::pin(async move {
            let plain = wrapped.strip_prefix(&*label(context)).ok_or(KeyFault::Denied)?;
            Ok(PlainKey::new(plain.to_vec()))
        })
    }

    fn arn<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
    ) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move { key.key.map(str::to_owned) })
    }
}

/// A directory in which everybody is listed who is not called nobody.
struct Everyone;

impl Directory for Everyone {
    fn exists<'a>(&'a self, principal: &'a str) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move { Ok(!principal.ends_with("nobody")) })
    }
}

#[tokio::test]
async fn every_operation_is_guarded_and_recorded() {
    let room = Room::with_secret("prod/db").await;
    strongroom_testkit::every_operation_is_guarded_and_recorded(&*room.host, &room.stage, &[])
        .await;
}
