//! A service in a test, with keys that obey unless told otherwise, and principals that exist.

mod functions;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use strongroom_api::{
    BoxFuture, Caller, Circumstances, Error, Host, Hosted, Job, LongJob, PrincipalKind,
};
use strongroom_records::Records;
use strongroom_store::{Direction, Range};
use strongroom_testkit::{ACCOUNT, Refusal, Stage, records};

use crate::jobs::{DeleteExpiredSecrets, ReplicateSecrets, RotateDueSecrets, WriteAccessNotes};
use crate::keys::{Context, DataKey, KeyChoice, KeyFault, Keys, PlainKey, Wrapped};
use crate::policy::Directory;
use crate::{OPERATIONS, SecretsManager};
use strongroom_policy::Policy;

pub(crate) use functions::{Script, TestFunctions, function};

/// A room to try the service in.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) stage: Stage,
    pub(crate) service: Arc<SecretsManager>,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) keys: Arc<TestKeys>,
    pub(crate) functions: Arc<TestFunctions>,
}

impl Room {
    pub(crate) fn new() -> Self {
        Self::over(records(1))
    }

    /// A room whose service begins with what is stored already.
    pub(crate) fn over(records: Arc<Records>) -> Self {
        let keys = Arc::new(TestKeys::default());
        let functions = Arc::new(TestFunctions::default());
        let service =
            SecretsManager::new(records, keys.clone(), functions.clone(), Arc::new(Everyone));
        let service = Arc::new(service);
        let host: Arc<dyn Host> = Arc::new(Hosted::new(service.clone(), OPERATIONS));
        let stage = Stage::new(2);
        functions.place(stage.clone(), host.clone());
        Self { stage, service, host, keys, functions }
    }

    /// The room after a crash: nothing is left but what is stored, and the time.
    pub(crate) fn restarted(&self) -> Self {
        let records = &self.service.records;
        let anew = Records::new(records.store().clone(), records.keyring().clone(), 8 << 20);
        let room = Self::over(Arc::new(anew));
        room.stage.advance_millis(self.stage.now().millis() - room.stage.now().millis());
        room
    }

    /// A room with a secret `db` and a function `rotate` that does as the templates do.
    pub(crate) async fn with_function() -> Self {
        let room = Self::with_secret("db").await;
        room.functions.script("rotate", Script::Obedient);
        room
    }

    /// Asks for a rotation with the token that the number makes; `rules` are JSON or null.
    pub(crate) async fn ask(&self, token: u32, rules: Value) -> Result<Value, Refusal> {
        let body = json!({
            "SecretId": "db", "ClientRequestToken": version(token),
            "RotationLambdaARN": function("rotate"), "RotationRules": rules,
        });
        self.call("RotateSecret", &body.to_string()).await
    }

    /// Does what is due of rotation, as the server does. The answer is how many secrets that were.
    pub(crate) async fn rotate(&self) -> usize {
        let mut done = 0;
        while let Some(piece) = self.due().await.into_iter().next() {
            self.work(&piece).await;
            done += 1;
            assert!(done < 1_000, "rotation storms: {piece}");
        }
        done
    }

    /// The secrets that rotation finds due.
    pub(crate) async fn due(&self) -> Vec<String> {
        let job = RotateDueSecrets(self.service.clone());
        job.due(self.stage.now(), 100, &HashSet::new()).await.unwrap()
    }

    /// Rotates one that is due.
    pub(crate) async fn work(&self, piece: &str) {
        let job = RotateDueSecrets(self.service.clone());
        let stage = self.stage.as_caller(Caller::service(ACCOUNT, job.principal()));
        let time = self.stage.clone();
        let clock = move || time.now();
        job.work(piece, &stage.circumstances(), &clock).await.unwrap();
    }

    /// A room with one secret whose value is `hunter2`; its version is number 1.
    pub(crate) async fn with_secret(name: &str) -> Self {
        let room = Self::new();
        room.create(name, "hunter2").await.unwrap();
        room
    }

    pub(crate) async fn create(&self, name: &str, value: &str) -> Result<Value, Refusal> {
        let body = json!({"Name": name, "ClientRequestToken": version(1), "SecretString": value});
        self.call("CreateSecret", &body.to_string()).await
    }

    pub(crate) async fn call(&self, operation: &str, body: &str) -> Result<Value, Refusal> {
        self.stage.call(&*self.host, operation, body).await
    }

    /// A call that must succeed.
    pub(crate) async fn ok(&self, operation: &str, body: Value) -> Value {
        let reply = self.call(operation, &body.to_string()).await;
        reply.unwrap_or_else(|refusal| panic!("{operation} {body}: {refusal:?}"))
    }

    /// A call that must be refused: code and message.
    pub(crate) async fn refused(&self, operation: &str, body: Value) -> (String, String) {
        match self.call(operation, &body.to_string()).await {
            Ok(reply) => panic!("{operation} {body} succeeded: {reply}"),
            Err(refusal) => (refusal.code, refusal.message),
        }
    }

    /// The labels of each version that has some, by the number of its token.
    pub(crate) async fn labels(&self, id: &str) -> BTreeMap<u32, Vec<String>> {
        let described = self.describe(id).await;
        let Some(stages) = described["VersionIdsToStages"].as_object() else {
            return BTreeMap::new();
        };
        let number = |id: &String| id[id.len() - 8..].parse().unwrap();
        let texts = |stages: &Value| {
            let stages = stages.as_array().unwrap().iter();
            stages.map(|stage| stage.as_str().unwrap().to_owned()).collect()
        };
        stages.iter().map(|(id, stages)| (number(id), texts(stages))).collect()
    }

    pub(crate) fn as_caller(&self, caller: Caller) -> Self {
        Self { stage: self.stage.as_caller(caller), ..self.clone() }
    }

    /// The same room seen from another region.
    pub(crate) fn in_region(&self, region: &str) -> Self {
        Self { stage: self.stage.in_region(region), ..self.clone() }
    }

    /// Puts a value with a token that the number makes.
    pub(crate) async fn put(&self, id: &str, token: u32, value: &str) -> Result<Value, Refusal> {
        let body =
            json!({"SecretId": id, "ClientRequestToken": version(token), "SecretString": value});
        self.call("PutSecretValue", &body.to_string()).await
    }

    /// The current value.
    pub(crate) async fn value(&self, id: &str) -> Result<String, Refusal> {
        let body = json!({"SecretId": id}).to_string();
        let reply = self.call("GetSecretValue", &body).await?;
        Ok(reply["SecretString"].as_str().unwrap_or_default().to_owned())
    }

    pub(crate) async fn describe(&self, id: &str) -> Value {
        self.call("DescribeSecret", &json!({"SecretId": id}).to_string()).await.unwrap()
    }

    /// The names of the service events on the tape.
    pub(crate) fn events(&self) -> Vec<String> {
        let records = self.stage.tape.records();
        let events = records.iter().filter(|record| record["eventType"] == "AwsServiceEvent");
        events.map(|event| event["eventName"].as_str().unwrap().to_owned()).collect()
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
    pub(crate) async fn run(&self, job: &dyn Job) -> u64 {
        let stage = self.stage.as_caller(Caller::service(ACCOUNT, job.principal()));
        job.run(&stage.circumstances()).await.unwrap().done
    }

    /// What is in the store, as it stands there.
    pub(crate) async fn stored(&self) -> Vec<(String, Vec<u8>)> {
        let store = self.service.records.store();
        let page = store.scan(Range::prefix(""), Direction::Forward, 1_000).await.unwrap();
        page.entries.into_iter().map(|entry| (entry.key, entry.value.to_vec())).collect()
    }

    /// The keys of everything that is in the store.
    pub(crate) async fn stored_keys(&self) -> Vec<String> {
        let store = self.service.records.store();
        let page = store.scan(Range::prefix(""), Direction::Forward, 1_000).await.unwrap();
        page.entries.into_iter().map(|entry| entry.key).collect()
    }
}

/// The id of the version that a number stands for.
pub(crate) fn version(number: u32) -> String {
    format!("EXAMPLE-version-of-a-secret-{number:08}")
}

/// What a region's keys do to whoever asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mood {
    /// They refuse.
    Denying,
    /// They are out of order.
    Broken,
    /// They are disabled.
    Disabled,
    /// They serve callers of the account, not services.
    ClosedToServices,
}

/// KMS as it is when nobody objects: the wrapped key names its context, and opens for that one only.
/// The keys of a region can be put into a mood.
#[derive(Default)]
pub(crate) struct TestKeys {
    moods: Mutex<HashMap<String, Mood>>,
}

impl TestKeys {
    pub(crate) fn put_into(&self, region: &str, mood: Mood) {
        self.moods.lock().unwrap().insert(region.to_owned(), mood);
    }

    pub(crate) fn calm_down(&self) {
        self.moods.lock().unwrap().clear();
    }

    fn check(&self, region: &str, on_behalf: &Circumstances<'_>) -> Result<(), KeyFault> {
        let is_service = on_behalf.caller.kind() == PrincipalKind::Service;
        match self.moods.lock().unwrap().get(region) {
            Some(Mood::Denying) => Err(KeyFault::Denied),
            Some(Mood::ClosedToServices) if is_service => Err(KeyFault::Denied),
            Some(Mood::Disabled) => Err(KeyFault::Unusable("the key is disabled.".to_owned())),
            Some(Mood::Broken) => Err(KeyFault::Other(Error::internal("the keys are broken"))),
            Some(Mood::ClosedToServices) | None => Ok(()),
        }
    }
}

fn label(context: Context<'_>) -> Vec<u8> {
    format!("{}|{}|", context.secret_arn, context.version_id).into_bytes()
}

impl Keys for TestKeys {
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
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        data_key: &'a PlainKey,
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<Wrapped, KeyFault>> {
        Box::pin(async move {
            self.check(key.region, on_behalf)?;
            let blob = [label(context), data_key.reveal().clone()].concat();
            let key_arn = format!("arn:aws:kms:{}:{}:key/{:?}", key.region, key.account, key.key);
            Ok(Wrapped { blob, key_arn })
        })
    }

    fn unwrap<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        region: &'a str,
        wrapped: &'a [u8],
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<PlainKey, KeyFault>> {
        Box::pin(async move {
            self.check(region, on_behalf)?;
            // Other tasks get their turn here, as they do while a real KMS works.
            tokio::task::yield_now().await;
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
    fn with_ids<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<Option<String>, Error>> {
        Box::pin(async move {
            let unknown = policy.principals().any(|principal| principal.text().ends_with("nobody"));
            Ok((!unknown).then(|| policy.text().to_owned()))
        })
    }

    fn with_arns<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async move { Ok(policy.text().to_owned()) })
    }
}

#[tokio::test]
async fn every_operation_is_guarded_and_recorded() {
    let room = Room::with_secret("prod/db").await;
    strongroom_testkit::every_operation_is_guarded_and_recorded(&*room.host, &room.stage, &[])
        .await;
}
