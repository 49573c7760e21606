//! What the record of a denied call says beside what the caller is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};
use strongroom_api::{
    Audit, Authorized, Body, Call, Entry, Facts, Host, Hosted, Operation, Protocol, Reply, Result,
    Sensitive, Service, Shape, Target, Values,
};
use strongroom_testkit::{ACCOUNT, Refusal, Stage, user};

struct Notes;

impl Service for Notes {
    const FACTS: Facts = Facts {
        name: "notes",
        event_source: "notes.amazonaws.com",
        target_prefix: Some("Notes"),
        query: None,
        echoes_values: false,
        capital_message: false,
        global: false,
        not_offered: &[],
    };
}

#[derive(Shape)]
struct Input {
    name: String,
    text: Sensitive<String>,
}

#[derive(Reply)]
struct Output {}

struct Note(String);

impl Target for Note {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }

    fn account(&self) -> &str {
        ACCOUNT
    }
}

struct WriteNote;

impl Operation for WriteNote {
    const NAME: &'static str = "WriteNote";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Name": "a", "Text": "b"}"#;

    type Service = Notes;
    type Input = Input;
    type Target = Note;
    type Output = Output;

    async fn target(_: &Call<'_, Notes>, input: &Input) -> Result<Note> {
        Ok(Note(format!("arn:aws:notes:us-east-1:{ACCOUNT}:note/{}", input.name)))
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Note>, key: &str) -> Option<Values<'v>> {
        (key == "notes:name").then(|| Values::one(&input.name))
    }

    async fn run(_: &Call<'_, Notes>, input: &Input, _: Authorized<Note>) -> Result<Output> {
        assert!(!input.text.reveal().is_empty());
        Ok(Output {})
    }
}

static OPERATIONS: &[Entry<Notes>] = &[Entry::of::<WriteNote>()];

/// Has a user with these statements write a note; the reply and the record of it.
async fn write(statements: Value) -> (Result<(), Refusal>, Value) {
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let stage = Stage::new(1).as_caller(user(ACCOUNT, "anna", &policy));
    let host: Arc<dyn Host> = Arc::new(Hosted::new(Arc::new(Notes), OPERATIONS));
    let members = Protocol::Json11.read(br#"{"Name": "prod", "Text": "hunter2"}"#);
    let mut circumstances = stage.circumstances();
    circumstances.source.referer = Some("sesame");
    let body = Body { protocol: Protocol::Json11, members };
    let outcome = host.perform(0, &circumstances, body).await;
    assert!(!stage.tape.text().contains("hunter2"));
    (outcome.map(|_| ()).map_err(|error| Refusal::from(&error)), stage.tape.records().remove(0))
}

fn allow(more: Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Action": "notes:*", "Resource": "*"});
    statement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    statement
}

#[tokio::test]
async fn the_record_of_a_denial_names_the_statement_that_denies() {
    let deny = json!({"Sid": "NoProd", "Effect": "Deny", "Action": "notes:WriteNote",
        "Resource": "*", "Condition": {"StringEquals": {"notes:Name": "prod"}}});
    let (reply, record) = write(json!([allow(json!({})), deny])).await;
    let explanation = &record["additionalEventData"]["explanation"];
    assert_eq!(explanation["message"], reply.unwrap_err().message);
    assert_eq!(explanation["message"], record["errorMessage"]);
    assert_eq!(explanation["allowed"], false);
    assert_eq!(explanation["missing"], json!([]));
    let policy = &explanation["policies"][0];
    assert_eq!((&policy["name"], &policy["outcome"]), (&json!("test"), &json!("Denies")));
    let statement = &policy["statements"][1];
    assert_eq!((&statement["sid"], &statement["took_effect"]), (&json!("NoProd"), &json!(true)));
    assert_eq!(statement["conditions"][0]["found"], json!(["prod"]));
}

#[tokio::test]
async fn the_record_of_a_denial_says_what_is_missing() {
    let elsewhere = allow(json!({"Resource": "arn:aws:notes:us-east-1:123456789012:note/test"}));
    let (_, record) = write(json!([elsewhere])).await;
    let explanation = &record["additionalEventData"]["explanation"];
    assert_eq!(explanation["missing"], json!(["IdentityBased"]));
    assert_eq!(explanation["policies"][0]["statements"][0]["resource"], "No");
}

#[tokio::test]
async fn the_record_of_an_allowed_call_explains_nothing() {
    let (reply, record) = write(json!([allow(json!({}))])).await;
    assert!(reply.is_ok());
    assert!(record.get("additionalEventData").is_none());
}

#[tokio::test]
async fn an_explanation_keeps_what_denies_and_stays_within_16_kib() {
    let mut statements: Vec<Value> = (0..400)
        .map(|number| allow(json!({"Sid": format!("Other{number}"), "Action": "kms:Decrypt"})))
        .collect();
    statements.push(json!({"Sid": "NoProd", "Effect": "Deny", "Action": "*", "Resource": "*"}));
    let (_, record) = write(Value::Array(statements)).await;
    let explanation = &record["additionalEventData"]["explanation"];
    assert!(explanation.to_string().len() <= 16 * 1_024);
    assert_eq!(explanation["shortened"], true);
    let kept = explanation["policies"][0]["statements"].as_array().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((&kept[0]["sid"], &kept[0]["index"]), (&json!("NoProd"), &json!(400)));
}

#[tokio::test]
async fn the_referer_that_was_sent_is_not_recorded() {
    let open = json!({"StringEquals": {"aws:Referer": "mellon", "aws:UserAgent": "friend"}});
    let (_, record) = write(json!([allow(json!({"Condition": open}))])).await;
    let statement = &record["additionalEventData"]["explanation"]["policies"][0]["statements"][0];
    let conditions = statement["conditions"].as_array().unwrap();
    let found = |key: &str| &conditions.iter().find(|one| one["key"] == key).unwrap()["found"];
    assert_eq!(found("aws:UserAgent"), &json!(["test"]));
    assert_eq!(found("aws:Referer"), &json!(["(not recorded)"]));
    assert!(!record.to_string().contains("sesame"));
}
