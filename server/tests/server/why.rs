//! `strongroom why`, of calls that were denied, that failed and that succeeded.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use strongroom::compose::{self, Running};
use strongroom::{credentials, services};
use tempfile::TempDir;

use crate::support::{Ask, Reply, configured};

/// A server with data in a folder, and a user whose only policy is `door`.
struct House {
    folder: TempDir,
    server: Running,
    root: (&'static str, &'static str),
    user: (&'static str, &'static str),
}

const DOOR: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": "*"},
    {"Sid": "NoProd", "Effect": "Deny", "Action": "*", "Resource": "arn:aws:secretsmanager:*:*:secret:prod/*"}
]}"#;

impl House {
    async fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let config = configured(&[("data_dir", data.to_str().unwrap())]);
        let server = compose::start(&config, services::build).await.unwrap();
        let key = credentials::read(&data.join("credentials"), "default").unwrap().unwrap();
        let root = (leak(&key.id), leak(key.secret.reveal()));
        let mut house = Self { folder, server, root, user: root };
        house.iam("CreateUser&UserName=anna").await;
        let policy: String = DOOR.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let put = format!("PutUserPolicy&UserName=anna&PolicyName=door&PolicyDocument={policy}");
        house.iam(&put).await;
        let made = house.iam("CreateAccessKey&UserName=anna").await.body;
        let between = |tag: &str| {
            let (_, rest) = made.split_once(&format!("<{tag}>")).unwrap();
            leak(rest.split_once('<').unwrap().0)
        };
        house.user = (between("AccessKeyId"), between("SecretAccessKey"));
        house
    }

    async fn iam(&self, action: &str) -> Reply {
        let mut ask = Ask::query(&format!("Version=2010-05-08&Action={action}"));
        (ask.key, ask.secret) = self.root;
        (ask.service, ask.region) = ("iam", "us-east-1");
        let reply = ask.of(&self.server).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply
    }

    /// Calls Secrets Manager; returns the request's id.
    async fn call(
        &self,
        key: (&'static str, &'static str),
        operation: &str,
        body: Value,
    ) -> String {
        let mut ask = Ask::json(&format!("secretsmanager.{operation}"), &body.to_string());
        (ask.key, ask.secret) = key;
        ask.service = "secretsmanager";
        let reply = ask.of(&self.server).await;
        reply.header("x-amzn-requestid").unwrap().to_owned()
    }

    fn why(&self, arguments: &[&str]) -> Output {
        let data: &Path = &self.folder.path().join("data");
        let mut command = Command::new(env!("CARGO_BIN_EXE_strongroom"));
        command.env_clear().current_dir(self.folder.path());
        command.arg("why").args(arguments).arg("--data-dir").arg(data).output().unwrap()
    }

    fn told(&self, arguments: &[&str]) -> String {
        let output = self.why(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn assert_says(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "no {part:?} in:\n{told}");
    }
}

#[tokio::test]
async fn a_denying_statement_is_named_by_policy_and_sid() {
    let house = House::build().await;
    let id = house.call(house.user, "GetSecretValue", json!({"SecretId": "prod/db"})).await;
    let told = house.told(&[&id]);
    assert_says(
        &told,
        &[
            "who      arn:aws:iam::123456789012:user/anna with access key AKIA",
            "what     GetSecretValue of secretsmanager.amazonaws.com in eu-central-1\n",
            "on what  arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db",
            "outcome  denied: User: arn:aws:iam::123456789012:user/anna is not authorized to \
             perform: secretsmanager:GetSecretValue",
            "with an explicit deny in an identity-based policy\n",
            "\nstatement 2 \"NoProd\" (line 3, column 5) of the identity-based policy door denies \
             secretsmanager:GetSecretValue.\n",
        ],
    );
    let data: Value = serde_json::from_str(&house.told(&[&id, "--json"])).unwrap();
    assert_eq!(data["policies"][0]["name"], "door");
    assert_eq!(data["policies"][0]["statements"][1]["sid"], "NoProd");
    house.server.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_missing_is_said_with_the_server_stopped_too() {
    let house = House::build().await;
    let id = house.call(house.user, "ListSecrets", json!({})).await;
    house.server.stop().await.unwrap();
    let data = house.folder.path().join("data");
    let mut command = Command::new(env!("CARGO_BIN_EXE_strongroom"));
    let output = command.args(["why", &id, "--data-dir"]).arg(data).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_says(
        &told,
        &[
            "on what  no resource in particular\n",
            "nothing allows secretsmanager:ListSecrets: an Allow in an identity-based policy is \
             missing.\n",
            "statement 1 at line 2, column 5: does not apply: another action\n",
        ],
    );
}

#[tokio::test]
async fn what_was_no_denial_is_called_none() {
    let house = House::build().await;
    let new = json!({"Name": "db", "SecretString": "hunter2",
        "ClientRequestToken": "11111111-2222-4333-8444-555555555555"});
    let id = house.call(house.root, "CreateSecret", new).await;
    let told = house.told(&[&id]);
    assert_says(&told, &["outcome  not a denial: the call succeeded\n", "CreateSecret of"]);
    assert_eq!(house.told(&[&id, "--json"]), "null\n");
    let id = house.call(house.root, "GetSecretValue", json!({"SecretId": "none"})).await;
    let failed = "outcome  not a denial: the call failed with ResourceNotFoundException: ";
    assert_says(&house.told(&[&id]), &[failed]);
    house.server.stop().await.unwrap();
}

#[tokio::test]
async fn an_event_id_finds_its_record_and_an_unknown_id_is_an_error_with_a_hint() {
    let house = House::build().await;
    let id = house.call(house.user, "ListSecrets", json!({})).await;
    let trail = std::fs::read_dir(house.folder.path().join("data/trail")).unwrap();
    let segments = trail.map(|entry| entry.unwrap().path());
    let segment = segments.filter(|path| path.extension().is_some_and(|one| one == "jsonl"));
    let lines = std::fs::read_to_string(segment.last().unwrap()).unwrap();
    let line = lines.lines().find(|line| line.contains(&id)).unwrap();
    let record: Value = serde_json::from_str(line).unwrap();
    let event = record["eventID"].as_str().unwrap();
    assert_eq!(house.told(&[event]), house.told(&[&id]));

    let unknown = house.why(&["no-such-id"]);
    assert_eq!(unknown.status.code(), Some(1));
    let said = String::from_utf8(unknown.stderr).unwrap();
    assert!(said.starts_with("error: the trail has no record with the id \"no-such-id\"\nhint: "));
    house.server.stop().await.unwrap();
}
