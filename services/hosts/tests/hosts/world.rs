//! A service with roles, names and sessions that a test decides, and hosts with keys.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use data_encoding::BASE64;
use serde_json::{Value, json};
use strongroom_api::{
    BoxFuture, Caller, Circumstances, Details, Hosted, PrincipalKind, Sensitive, Source,
};
use strongroom_hosts::ports::{Asked, Names, Ports, Profile, Role, Roles, Session, Sessions};
use strongroom_hosts::{Enrolled, Hosts, OPERATIONS, proof};
use strongroom_records::Records;
use strongroom_store::{
    CommitError, Compacted, Direction, Entry, MemoryStore, Page, Range, Revision, Store,
    StoreError, Transaction, Watch,
};
use strongroom_testkit::{ACCOUNT, Refusal, Stage, records, records_over};

type Told<T> = strongroom_api::Result<T>;

pub const ROLE: &str = "arn:aws:iam::123456789012:role/web";
pub const ORIGIN: &str = "http://localhost";

/// A store in memory in which those who race do: each commit waits until everybody else has had his turn.
#[derive(Default)]
pub struct Slow(MemoryStore);

impl Store for Slow {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>> {
        self.0.get(key)
    }

    fn scan(
        &self,
        range: Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'_, Result<Page, StoreError>> {
        self.0.scan(range, direction, limit)
    }

    fn commit(&self, transaction: Transaction) -> BoxFuture<'_, Result<Revision, CommitError>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.0.commit(transaction).await
        })
    }

    fn watch(&self, range: Range, from: Revision) -> Result<Watch, Compacted> {
        self.0.watch(range, from)
    }

    fn revision(&self) -> Revision {
        self.0.revision()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.0.close()
    }
}

/// Roles by ARN, profiles by name, and who trusts hosts.
#[derive(Default)]
pub struct Directory {
    pub roles: Mutex<BTreeMap<String, Role>>,
    pub profiles: Mutex<BTreeMap<String, (String, Option<String>)>>,
    pub distrusts: Mutex<bool>,
    pub origin: Mutex<Option<String>>,
    /// Sessions that were begun: role, name.
    pub begun: Mutex<Vec<(String, String)>>,
}

impl Directory {
    pub fn put_role(&self, name: &str, id: &str) {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
        let role = Role { arn: arn.clone(), id: id.to_owned(), tags: Vec::new() };
        self.roles.lock().unwrap().insert(arn, role);
    }

    pub fn put_profile(&self, name: &str, id: &str, role: Option<&str>) {
        let role = role.map(|role| format!("arn:aws:iam::{ACCOUNT}:role/{role}"));
        self.profiles.lock().unwrap().insert(name.to_owned(), (id.to_owned(), role));
    }
}

impl Roles for Directory {
    fn role<'a>(&'a self, account: &'a str, arn: &'a str) -> BoxFuture<'a, Told<Option<Role>>> {
        let found = self.roles.lock().unwrap().get(arn).cloned();
        let found = found.filter(|role| role.arn.split(':').nth(4) == Some(account));
        Box::pin(std::future::ready(Ok(found)))
    }

    fn profile<'a>(
        &'a self,
        account: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Told<Option<Profile>>> {
        Box::pin(async move {
            let found = self.profiles.lock().unwrap().get(name).cloned();
            let Some((id, role)) = found else { return Ok(None) };
            let role = match role {
                Some(arn) => self.role(account, &arn).await?,
                None => None,
            };
            let arn = format!("arn:aws:iam::{account}:instance-profile/{name}");
            Ok(Some(Profile { arn, id, role }))
        })
    }
}

impl Sessions for Directory {
    fn begin<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        asked: Asked<'a>,
    ) -> BoxFuture<'a, Told<Option<Session>>> {
        let session = Session {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: Sensitive::new("secret-of-the-session".to_owned()),
            session_token: Sensitive::new("token-of-the-session".to_owned()),
            expires: circumstances.now.plus_millis(i64::from(asked.seconds) * 1_000),
        };
        let trusts = !*self.distrusts.lock().unwrap();
        if trusts {
            let begun = (asked.role_arn.to_owned(), asked.host_id.to_owned());
            self.begun.lock().unwrap().push(begun);
        }
        Box::pin(std::future::ready(Ok(trusts.then_some(session))))
    }
}

impl Names for Directory {
    fn origin(&self, _: &Source<'_>) -> Option<String> {
        self.origin.lock().unwrap().clone()
    }
}

pub struct World {
    pub host: Hosted<Hosts>,
    pub enrolled: Enrolled,
    pub stage: Stage,
    pub directory: Arc<Directory>,
}

impl World {
    pub fn new() -> Self {
        Self::over(records(1))
    }

    /// Over a store in which those who race do.
    pub fn of_racers() -> Self {
        Self::over(records_over(Arc::new(Slow::default()), 1))
    }

    /// Over `records`, as another node or another start of the server would be.
    pub fn over(records: Arc<Records>) -> Self {
        let directory = Arc::new(Directory::default());
        *directory.origin.lock().unwrap() = Some(ORIGIN.to_owned());
        directory.put_role("web", "AROAWEB");
        let ports = Ports {
            roles: directory.clone(),
            sessions: directory.clone(),
            names: directory.clone(),
        };
        let hosts = Hosts::new(Arc::clone(&records), ports);
        Self {
            host: Hosted::new(Arc::new(hosts), OPERATIONS),
            enrolled: Enrolled::new(records),
            stage: Stage::new(1),
            directory,
        }
    }

    /// As whoever administers the account.
    pub async fn ask(&self, operation: &str, body: &Value) -> Result<Value, Refusal> {
        self.stage.call(&self.host, operation, &body.to_string()).await
    }

    /// As nobody.
    pub async fn ask_unsigned(&self, operation: &str, body: &Value) -> Result<Value, Refusal> {
        let (kind, details) = (PrincipalKind::Anonymous, Details::default());
        let nobody = Caller::new(kind, "", "anonymous", "anonymous", details);
        self.stage.as_caller(nobody).call(&self.host, operation, &body.to_string()).await
    }

    /// A new token for the role `web`.
    pub async fn token(&self) -> String {
        let made = self.ask("CreateJoinToken", &json!({"RoleArn": ROLE})).await.unwrap();
        made["JoinToken"].as_str().unwrap().to_owned()
    }

    /// A host that has joined with a new token.
    pub async fn joined(&self) -> Machine {
        let mut machine = Machine::new();
        machine.join(self, &self.token().await).await.unwrap();
        machine
    }
}

/// A host, with its key and what it was told.
pub struct Machine {
    key: EcdsaKeyPair,
    pub id: String,
}

impl Machine {
    pub fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { key, id: String::new() }
    }

    pub fn sign(&self, text: &str) -> String {
        BASE64.encode(self.key.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref())
    }

    pub fn joining(&self, token: &str) -> Value {
        let id = token.split('.').nth(2).unwrap_or_default();
        json!({
            "JoinToken": token,
            "PublicKey": BASE64.encode(self.key.public_key().as_ref()),
            "Signature": self.sign(&proof::of_joining(ORIGIN, id)),
        })
    }

    pub async fn join(&mut self, world: &World, token: &str) -> Result<Value, Refusal> {
        let told = world.ask_unsigned("JoinHost", &self.joining(token)).await?;
        self.id = told["HostId"].as_str().unwrap().to_owned();
        Ok(told)
    }

    pub async fn challenge(&self, world: &World) -> String {
        let body = json!({"Account": ACCOUNT, "HostId": self.id});
        let given = world.ask_unsigned("CreateHostChallenge", &body).await.unwrap();
        given["Challenge"].as_str().unwrap().to_owned()
    }

    /// The request for a session, signed for `origin`.
    pub fn answer(&self, challenge: &str, origin: &str) -> Value {
        let text = proof::of_session(origin, ACCOUNT, &self.id, challenge);
        json!({
            "Account": ACCOUNT, "HostId": self.id, "Challenge": challenge,
            "Signature": self.sign(&text),
        })
    }

    pub async fn session(&self, world: &World) -> Result<Value, Refusal> {
        let challenge = self.challenge(world).await;
        world.ask_unsigned("CreateHostSession", &self.answer(&challenge, ORIGIN)).await
    }
}
