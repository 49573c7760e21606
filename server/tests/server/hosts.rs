//! Hosts before the real IAM and STS: what their sessions may do, and when they end.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use data_encoding::BASE64;
use serde_json::{Value, json};
use strongroom::clock::Clock;
use strongroom::foundation::Foundation;
use strongroom::services::{self, Parts};
use strongroom_api::{
    Body, Caller, Circumstances, Details, Ids, PrincipalKind, Protocol, Source, Timestamp,
};
use strongroom_seal::SystemEntropy;
use strongroom_testkit::{Refusal, Tape};

use crate::support::configured;

const ACCOUNT: &str = "123456789012";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A server's services over a store in memory, and a clock that the test turns.
struct Scene {
    clock: Arc<Hand>,
    foundation: Foundation,
    parts: Parts,
    ids: Ids,
    tape: Tape,
}

/// What a session is used with.
#[derive(Clone)]
struct Session {
    key: String,
    token: String,
}

impl Scene {
    async fn new() -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(1_769_854_830_000)));
        let config = configured(&[("dev", "true")]);
        let entropy = Arc::new(SystemEntropy);
        let foundation = Foundation::lay(&config, clock.clone(), entropy).await.unwrap();
        let parts = services::build(&foundation);
        let now = clock.now();
        for account in [ACCOUNT, "999999999999"] {
            parts.identities.create_account(account, now, &SystemEntropy).await.unwrap();
        }
        let scene =
            Self { clock, foundation, parts, ids: Ids::new(&SystemEntropy), tape: Tape::default() };
        scene.role("web", TRUST).await;
        scene
    }

    fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    async fn ask(
        &self,
        caller: &Caller,
        service: &str,
        operation: &str,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let host = self.parts.hosts.iter().find(|host| host.facts().name == service).unwrap();
        let circumstances = Circumstances {
            caller,
            region: "us-east-1",
            now: self.clock.now(),
            request_id: "11111111-2222-4333-8444-555555555555",
            source: Source {
                address: "127.0.0.1",
                user_agent: "test",
                host: Some("localhost:4566"),
                ..Source::default()
            },
            via: None,
            recorder: &self.tape,
            entropy: &SystemEntropy,
            ids: &self.ids,
        };
        let text = body.to_string();
        let protocol = Protocol::Json11;
        let body = Body { protocol, members: protocol.read(text.as_bytes()) };
        let position = host.find(operation).unwrap();
        match host.perform(position, &circumstances, body).await {
            Ok(reply) => Ok(serde_json::from_slice(&reply).unwrap()),
            Err(error) => Err(Refusal::from(&error)),
        }
    }

    async fn root(&self, service: &str, operation: &str, body: Value) -> Value {
        self.root_of(ACCOUNT, service, operation, body).await
    }

    async fn root_of(&self, account: &str, service: &str, name: &str, body: Value) -> Value {
        self.ask(&Caller::root(account, None), service, name, &body).await.unwrap()
    }

    async fn role(&self, name: &str, trust: &str) {
        let body = json!({"RoleName": name, "AssumeRolePolicyDocument": trust});
        self.root("iam", "CreateRole", body).await;
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let body = json!({"RoleName": name, "PolicyName": "all", "PolicyDocument": policy});
        self.root("iam", "PutRolePolicy", body).await;
    }

    async fn nobody(&self, operation: &str, body: Value) -> Result<Value, Refusal> {
        let (kind, details) = (PrincipalKind::Anonymous, Details::default());
        let nobody = Caller::new(kind, "", "anonymous", "anonymous", details);
        self.ask(&nobody, "strongroom", operation, &body).await
    }

    /// A host with this role that has joined.
    async fn joined(&self, role: &str) -> Machine {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
        let made = self.root("strongroom", "CreateJoinToken", json!({"RoleArn": arn})).await;
        let token = made["JoinToken"].as_str().unwrap();
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let id = token.split('.').nth(2).unwrap();
        let text = format!("strongroom join 1\nhttp://localhost\n{id}\n");
        let body = json!({
            "JoinToken": token,
            "PublicKey": BASE64.encode(key.public_key().as_ref()),
            "Signature": sign(&key, &text),
        });
        let told = self.nobody("JoinHost", body).await.unwrap();
        Machine { key, id: told["HostId"].as_str().unwrap().to_owned(), token: token.to_owned() }
    }

    /// Who makes requests with the session, if it is good.
    async fn caller(&self, session: &Session) -> Option<Arc<strongroom::ports::Credential>> {
        let now = self.clock.now();
        let identities = &self.parts.identities;
        identities.session(&session.key, &session.token, now).await.ok().flatten()
    }
}

struct Machine {
    key: EcdsaKeyPair,
    id: String,
    token: String,
}

impl Machine {
    async fn session(&self, scene: &Scene) -> Result<Session, Refusal> {
        let who = json!({"Account": ACCOUNT, "HostId": self.id});
        let given = scene.nobody("CreateHostChallenge", who).await?;
        let challenge = given["Challenge"].as_str().unwrap();
        let id = &self.id;
        let text =
            format!("strongroom session 1\nhttp://localhost\n{ACCOUNT}\n{id}\n{challenge}\n");
        let body = json!({
            "Account": ACCOUNT, "HostId": id, "Challenge": challenge,
            "Signature": sign(&self.key, &text),
        });
        let given = scene.nobody("CreateHostSession", body).await?;
        Ok(session(&given["Credentials"]))
    }
}

fn session(credentials: &Value) -> Session {
    let text = |name: &str| credentials[name].as_str().unwrap().to_owned();
    Session { key: text("AccessKeyId"), token: text("SessionToken") }
}

fn sign(key: &EcdsaKeyPair, text: &str) -> String {
    BASE64.encode(key.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref())
}

#[tokio::test]
async fn a_host_s_session_is_of_its_role_and_under_its_name_for_an_hour() {
    let scene = Scene::new().await;
    let machine = scene.joined("web").await;
    let session = machine.session(&scene).await.unwrap();
    let credential = scene.caller(&session).await.unwrap();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/web/{}", machine.id);
    assert_eq!(credential.caller.arn(), arn);
    let details = credential.caller.details.session.as_ref().unwrap();
    assert_eq!(details.source_identity.as_deref(), Some(machine.id.as_str()));
    scene.pass(3_599);
    assert!(scene.caller(&session).await.is_some());
    scene.pass(1);
    assert!(scene.caller(&session).await.is_none());
    let records = scene.tape.records();
    let assumed = records.iter().find(|record| record["eventName"] == "AssumeRole").unwrap();
    assert_eq!(assumed["userIdentity"]["invokedBy"], "ec2.amazonaws.com");
    assert_eq!(assumed["requestParameters"]["roleSessionName"], machine.id);
    assert!(!scene.tape.text().contains(machine.token.rsplit('.').next().unwrap()));
    scene.foundation.close().await.unwrap();
}

#[tokio::test]
async fn a_host_s_running_sessions_end_when_it_is_revoked_and_nobody_else_s_do() {
    let scene = Scene::new().await;
    let (machine, other) = (scene.joined("web").await, scene.joined("web").await);
    let sessions = [
        machine.session(&scene).await.unwrap(),
        machine.session(&scene).await.unwrap(),
        other.session(&scene).await.unwrap(),
    ];
    // In use, so that they are remembered; the second is not.
    for session in [&sessions[0], &sessions[2]] {
        assert!(scene.caller(session).await.is_some());
    }
    scene.root("strongroom", "DeleteHost", json!({"HostId": machine.id})).await;
    assert!(scene.caller(&sessions[0]).await.is_none());
    assert!(scene.caller(&sessions[1]).await.is_none());
    assert!(scene.caller(&sessions[2]).await.is_some());
    assert_eq!(machine.session(&scene).await.err().unwrap().code, "AccessDeniedException");
    let records = scene.tape.records();
    let deleted = records.iter().find(|record| record["eventName"] == "DeleteHost").unwrap();
    assert_eq!(deleted["requestParameters"]["hostId"], machine.id);
    assert_eq!(deleted["userIdentity"]["type"], "Root");
}

#[tokio::test]
async fn a_session_that_a_host_made_from_its_own_ends_with_the_host_in_any_account() {
    let scene = Scene::new().await;
    let machine = scene.joined("web").await;
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":
            {{"AWS":"arn:aws:iam::{ACCOUNT}:role/web"}},
            "Action":["sts:AssumeRole","sts:SetSourceIdentity"]}}]}}"#
    );
    let body = json!({"RoleName": "far", "AssumeRolePolicyDocument": trust});
    scene.root_of("999999999999", "iam", "CreateRole", body).await;
    let own = machine.session(&scene).await.unwrap();
    let caller = Arc::clone(&scene.caller(&own).await.unwrap().caller);
    let body =
        json!({"RoleArn": "arn:aws:iam::999999999999:role/far", "RoleSessionName": "further"});
    let assumed = scene.ask(&caller, "sts", "AssumeRole", &body).await.unwrap();
    let chained = session(&assumed["Credentials"]);
    let credential = scene.caller(&chained).await.unwrap();
    let details = credential.caller.details.session.as_ref().unwrap();
    assert_eq!(details.source_identity.as_deref(), Some(machine.id.as_str()));
    scene.root("strongroom", "DeleteHost", json!({"HostId": machine.id})).await;
    assert!(scene.caller(&chained).await.is_none());
}

#[tokio::test]
async fn the_role_s_trust_policy_decides_and_may_ask_for_the_host() {
    let scene = Scene::new().await;
    let trust = |condition: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",
                "Principal":{{"Service":"ec2.amazonaws.com"}},"Action":"sts:AssumeRole",
                "Condition":{{"StringLike":{condition}}}}}]}}"#
        )
    };
    let from = |network: &str| {
        trust(&format!(r#"{{"aws:SourceIp":"{network}"}}"#)).replace("StringLike", "IpAddress")
    };
    scene.role("api", TRUST).await;
    let machine = scene.joined("api").await;
    let id = &machine.id;
    let lambda = TRUST.replace("ec2.", "lambda.");
    for (document, is_let_in) in [
        (lambda, false),
        (trust(r#"{"aws:SourceArn":"arn:aws:strongroom::123456789012:host/*"}"#), true),
        (trust(&format!(r#"{{"aws:SourceIdentity":"{id}","sts:RoleSessionName":"{id}"}}"#)), true),
        (trust(r#"{"aws:SourceIdentity":"i-00000000000000000"}"#), false),
        (trust(r#"{"aws:SourceAccount":"999999999999"}"#), false),
        (TRUST.replace("Allow", "Deny"), false),
        (from("127.0.0.0/8"), true),
        (from("10.0.0.0/8"), false),
    ] {
        let body = json!({"RoleName": "api", "PolicyDocument": document});
        scene.root("iam", "UpdateAssumeRolePolicy", body).await;
        let outcome = machine.session(&scene).await;
        assert_eq!(outcome.is_ok(), is_let_in, "{document}");
        if let Err(refusal) = outcome {
            assert!(refusal.message.contains("ec2.amazonaws.com"), "{}", refusal.message);
        }
    }
}

#[tokio::test]
async fn a_session_ends_when_its_role_is_deleted_and_the_new_one_is_not_the_host_s() {
    let scene = Scene::new().await;
    let machine = scene.joined("web").await;
    let session = machine.session(&scene).await.unwrap();
    let body = json!({"RoleName": "web", "PolicyName": "all"});
    scene.root("iam", "DeleteRolePolicy", body).await;
    scene.root("iam", "DeleteRole", json!({"RoleName": "web"})).await;
    assert!(scene.caller(&session).await.is_none());
    scene.role("web", TRUST).await;
    assert!(scene.caller(&session).await.is_none());
    let refusal = machine.session(&scene).await.err().unwrap();
    assert!(refusal.message.contains("no longer exists"), "{}", refusal.message);
}
