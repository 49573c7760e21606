//! What stands in the record of a call: who, where, about what, and in which accounts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};
use strongroom_api::ResourceRule;
use strongroom_api::{
    Audit, Authorized, Body, Call, Caller, Details, Entry, Facts, Host, Hosted, Operation,
    PrincipalKind, Protocol, Result, Service, Session, Shape, Target,
};
use strongroom_policy::{Kind, Policy};
use strongroom_testkit::{ACCOUNT, Stage, allowed_only, nobody};

const OTHER: &str = "222233334444";

struct Notes;

impl Service for Notes {
    const FACTS: Facts = Facts {
        name: "notes",
        event_source: "notes.amazonaws.com",
        target_prefix: Some("Notes"),
        query: None,
        echoes_values: false,
        capital_message: false,
        global: true,
        not_offered: &[],
    };
}

#[derive(Shape)]
struct Input {
    account: String,
}

/// A note that everybody may read.
struct Note(String, Policy);

impl Target for Note {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Owned(format!("arn:aws:notes:us-east-1:{}:note/a", self.0))
    }

    fn account(&self) -> &str {
        &self.0
    }

    fn rule(&self) -> ResourceRule<'_> {
        ResourceRule::Ordinary(Some(&self.1))
    }

    fn resource_type(&self) -> Option<&'static str> {
        Some("AWS::Notes::Note")
    }
}

struct ReadNote;

impl Operation for ReadNote {
    const NAME: &'static str = "ReadNote";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Account": "123456789012"}"#;

    type Service = Notes;
    type Input = Input;
    type Target = Note;
    type Output = ();

    async fn target(_: &Call<'_, Notes>, input: &Input) -> Result<Note> {
        let everybody = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"notes:ReadNote","Resource":"*"}}"#;
        Ok(Note(input.account.clone(), Policy::parse(everybody, Kind::Resource).unwrap()))
    }

    fn identity(input: &Input) -> Option<String> {
        Some(json!({"type": "WebIdentityUser", "userName": input.account}).to_string())
    }

    async fn run(_: &Call<'_, Notes>, _: &Input, _: Authorized<Note>) -> Result<()> {
        Ok(())
    }
}

static OPERATIONS: &[Entry<Notes>] = &[Entry::of::<ReadNote>()];

/// Has `caller` read a note of `account`; the records of it.
async fn read(caller: Caller, account: &str, via: Option<&str>) -> Vec<Value> {
    let stage = Stage::new(1).as_caller(caller).in_region("eu-west-1");
    let host: Arc<dyn Host> = Arc::new(Hosted::new(Arc::new(Notes), OPERATIONS));
    let body = json!({"Account": account}).to_string();
    let members = Protocol::Json11.read(body.as_bytes());
    let mut circumstances = stage.circumstances();
    circumstances.via = via;
    let body = Body { protocol: Protocol::Json11, members };
    let _either = host.perform(0, &circumstances, body).await;
    stage.tape.records()
}

fn session(kind: PrincipalKind) -> Caller {
    let session = Session {
        issuer_arn: format!("arn:aws:iam::{ACCOUNT}:role/app"),
        issuer_id: "AROAAPP".to_owned(),
        issuer_name: "app".to_owned(),
        source_identity: Some("anna".to_owned()),
        federated_provider: Some("arn:aws:iam::123456789012:oidc-provider/id".to_owned()),
        ..Session::default()
    };
    let details = Details {
        session: Some(session),
        access_key_id: Some("ASIA1".to_owned()),
        ..Details::default()
    };
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/app/deploy");
    Caller::new(kind, ACCOUNT, arn, "AROAAPP:deploy", details)
}

#[tokio::test]
async fn a_record_names_what_the_call_was_about_and_where_global_services_are() {
    let records = read(allowed_only(ACCOUNT, &["notes:*"]), ACCOUNT, None).await;
    assert_eq!(records.len(), 1);
    let record = &records[0];
    let arn = format!("arn:aws:notes:us-east-1:{ACCOUNT}:note/a");
    let resources = json!([{"accountId": ACCOUNT, "type": "AWS::Notes::Note", "ARN": arn}]);
    assert_eq!(record["resources"], resources);
    assert_eq!(record["awsRegion"], "us-east-1");
    assert_eq!((&record["readOnly"], &record["managementEvent"]), (&json!(true), &json!(true)));
    assert_eq!(record["recipientAccountId"], ACCOUNT);
    assert_eq!(record.get("sharedEventID"), None);
}

#[tokio::test]
async fn each_of_two_accounts_has_a_record_of_a_call_across_them() {
    let records = read(allowed_only(ACCOUNT, &["notes:*"]), OTHER, None).await;
    let [own, foreign] = &records[..] else { panic!("two records, not {records:?}") };
    assert_eq!(own["recipientAccountId"], ACCOUNT);
    assert_eq!(foreign["recipientAccountId"], OTHER);
    assert!(own["sharedEventID"].is_string());
    assert_eq!(own["sharedEventID"], foreign["sharedEventID"]);
    assert_ne!(own["eventID"], foreign["eventID"]);
    assert_eq!(own["userIdentity"]["userName"], "clerk");
    let stranger = json!({
        "type": "AWSAccount", "principalId": "AIDACKCEVSQ6C2EXAMPLE", "accountId": ACCOUNT,
    });
    assert_eq!(foreign["userIdentity"], stranger);
    assert_eq!(own["requestParameters"], foreign["requestParameters"]);
}

#[tokio::test]
async fn another_account_learns_of_a_denial_and_not_of_the_policies_behind_it() {
    let records = read(nobody(ACCOUNT), OTHER, None).await;
    let [own, foreign] = &records[..] else { panic!("two records, not {records:?}") };
    assert_eq!(
        (&own["errorCode"], &foreign["errorCode"]),
        (&json!("AccessDenied"), &json!("AccessDenied"))
    );
    assert!(own["additionalEventData"]["explanation"].is_object());
    assert_eq!(foreign.get("additionalEventData"), None);
}

#[tokio::test]
async fn a_session_is_told_with_the_role_behind_it() {
    let record = read(session(PrincipalKind::AssumedRole), ACCOUNT, None).await.remove(0);
    let identity = &record["userIdentity"];
    assert_eq!(identity["type"], "AssumedRole");
    assert_eq!(identity["principalId"], "AROAAPP:deploy");
    let context = &identity["sessionContext"];
    let issuer = json!({
        "type": "Role", "principalId": "AROAAPP", "accountId": ACCOUNT, "userName": "app",
        "arn": format!("arn:aws:iam::{ACCOUNT}:role/app"),
    });
    assert_eq!(context["sessionIssuer"], issuer);
    assert_eq!(context["sourceIdentity"], "anna");
    assert!(context["webIdFederationData"]["federatedProvider"].is_string());
    assert_eq!(context["attributes"]["mfaAuthenticated"], "false");
}

#[tokio::test]
async fn a_call_that_a_service_makes_for_somebody_shows_both() {
    let via = Some("secretsmanager.us-east-1.amazonaws.com");
    let record = read(Caller::root(ACCOUNT, None), ACCOUNT, via).await.remove(0);
    assert_eq!(record["userIdentity"]["type"], "Root");
    assert_eq!(record["userIdentity"]["invokedBy"], "secretsmanager.amazonaws.com");
    assert_eq!(record["sourceIPAddress"], "secretsmanager.amazonaws.com");
}

#[tokio::test]
async fn a_service_on_its_own_is_told_as_a_service_in_the_account_it_acts_in() {
    let service = Caller::service(ACCOUNT, "logs.amazonaws.com");
    let records = read(service, OTHER, None).await;
    assert_eq!(records.len(), 1);
    let identity = json!({"type": "AWSService", "invokedBy": "logs.amazonaws.com"});
    assert_eq!(records[0]["userIdentity"], identity);
}

#[tokio::test]
async fn a_call_that_nobody_signed_is_told_by_what_it_says_and_where_it_leads() {
    let details = Details::default();
    let anonymous = Caller::new(PrincipalKind::Anonymous, "", "anonymous", "anonymous", details);
    let records = read(anonymous, OTHER, None).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["recipientAccountId"], OTHER);
    assert_eq!(records[0]["userIdentity"], json!({"type": "WebIdentityUser", "userName": OTHER}));
}
