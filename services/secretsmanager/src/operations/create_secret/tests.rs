//! CreateSecret as its callers see it.

use serde_json::json;
use strongroom_testkit::{ACCOUNT, allowed_only, nobody};

use crate::testing::{Room, version};

#[tokio::test]
async fn the_same_call_again_answers_the_same_and_changes_nothing() {
    let room = Room::new();
    let first = room.create("db", "hunter2").await.unwrap();
    let before = room.stored().await;
    let again = json!({
        "Name": "db", "ClientRequestToken": version(1), "SecretString": "hunter2",
        "Description": "another", "Tags": [{"Key": "a", "Value": "b"}],
    });
    assert_eq!(room.ok("CreateSecret", again).await, first);
    assert_eq!(room.stored().await, before);
}

#[tokio::test]
async fn the_token_of_another_value_is_in_use() {
    let room = Room::new();
    let arn = room.create("db", "hunter2").await.unwrap()["ARN"].clone();
    let arn = arn.as_str().unwrap();
    let message = format!(
        "You can't use ClientRequestToken {} because that value is already in use for a version of \
         secret {arn}.",
        version(1)
    );
    let other = json!({"Name": "db", "ClientRequestToken": version(1), "SecretString": "other"});
    let refusal = room.refused("CreateSecret", other).await;
    assert_eq!(refusal, ("ResourceExistsException".to_owned(), message));
    // The same bytes of the other kind are another value.
    let binary =
        json!({"Name": "db", "ClientRequestToken": version(1), "SecretBinary": "aHVudGVyMg=="});
    assert_eq!(room.refused("CreateSecret", binary).await.0, "ResourceExistsException");
}

#[tokio::test]
async fn a_taken_name_is_refused_to_another_token() {
    let room = Room::with_secret("db").await;
    let body = json!({"Name": "db", "ClientRequestToken": version(2), "SecretString": "hunter2"});
    let message = "The operation failed because the secret db already exists.";
    let refusal = room.refused("CreateSecret", body).await;
    assert_eq!(refusal, ("ResourceExistsException".to_owned(), message.to_owned()));
}

#[tokio::test]
async fn the_name_of_a_secret_on_its_way_out_is_taken_until_it_is_gone() {
    let room = Room::with_secret("db").await;
    let first = room.describe("db").await["ARN"].clone();
    room.ok("DeleteSecret", json!({"SecretId": "db", "RecoveryWindowInDays": 7})).await;
    let body = json!({"Name": "db", "ClientRequestToken": version(1), "SecretString": "hunter2"});
    let message = "You can't create this secret because a secret with this name is already scheduled for deletion.";
    let refusal = room.refused("CreateSecret", body).await;
    assert_eq!(refusal, ("InvalidRequestException".to_owned(), message.to_owned()));
    room.stage.advance_days(7);
    room.delete_expired().await;
    room.create("db", "new").await.unwrap();
    assert_ne!(room.describe("db").await["ARN"], first, "another suffix");
}

#[tokio::test]
async fn a_new_secret_does_not_inherit_the_access_date_of_its_name() {
    let room = Room::with_secret("db").await;
    room.value("db").await.unwrap();
    room.ok("DeleteSecret", json!({"SecretId": "db", "ForceDeleteWithoutRecovery": true})).await;
    room.create("db", "new").await.unwrap();
    assert_eq!(room.describe("db").await.get("LastAccessedDate"), None);
}

#[tokio::test]
async fn a_secret_without_a_value_has_no_version() {
    let room = Room::new();
    let reply =
        room.ok("CreateSecret", json!({"Name": "db", "ClientRequestToken": version(1)})).await;
    assert_eq!(reply.get("VersionId"), None);
    assert_eq!(room.describe("db").await.get("VersionIdsToStages"), None);
    let refusal = room.refused("GetSecretValue", json!({"SecretId": "db"})).await;
    let message =
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
    assert_eq!(refusal, ("ResourceNotFoundException".to_owned(), message.to_owned()));
    let reply = room.put("db", 2, "v").await.unwrap();
    assert_eq!(reply["VersionStages"], json!(["AWSCURRENT"]));
}

#[tokio::test]
async fn what_is_checked_before_the_name_is_looked_up() {
    let room = Room::with_secret("db").await;
    for name in ["Inv Name", " db", "db*", "a\\b", "ü"] {
        assert_eq!(
            room.refused("CreateSecret", json!({"Name": name})).await.0,
            "ValidationException"
        );
    }
    let no_token = room.refused("CreateSecret", json!({"Name": "db", "SecretString": "v"})).await;
    let message = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
    assert_eq!(no_token, ("InvalidRequestException".to_owned(), message.to_owned()));
    let both = json!({
        "Name": "new", "ClientRequestToken": version(1), "SecretString": "v", "SecretBinary": "dg==",
    });
    assert_eq!(room.refused("CreateSecret", both).await.0, "InvalidParameterException");
}

#[tokio::test]
async fn tags_need_a_right_of_their_own_and_obey_the_rules() {
    let room = Room::new();
    let clerk = room.as_caller(allowed_only(ACCOUNT, &["secretsmanager:CreateSecret"]));
    let body = json!({"Name": "db", "Tags": [{"Key": "team", "Value": "core"}]});
    assert_eq!(clerk.refused("CreateSecret", body).await.0, "AccessDeniedException");
    for tags in [
        json!([{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]),
        json!([{"Key": "aws:x", "Value": "1"}]),
        json!((0..51).map(|n| json!({"Key": n.to_string()})).collect::<Vec<_>>()),
    ] {
        let refusal = room.refused("CreateSecret", json!({"Name": "db", "Tags": tags})).await;
        assert_eq!(refusal.0, "InvalidParameterException", "{tags}");
    }
    assert_eq!(room.stored_keys().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_denied_caller_cannot_tell_whether_the_name_is_taken() {
    let room = Room::with_secret("db").await;
    let room = room.as_caller(nobody(ACCOUNT));
    let mut refusals = Vec::new();
    for name in ["db", "xx"] {
        let refusal = room.refused("CreateSecret", json!({"Name": name})).await;
        refusals.push((refusal.0, refusal.1.replace(name, "NAME")));
    }
    assert_eq!(refusals[0], refusals[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_create_the_same_name_one_does() {
    let room = Room::new();
    let creations = (1..=20).map(|token| {
        let room = room.clone();
        let body = json!({"Name": "db", "ClientRequestToken": version(token), "SecretString": "v"});
        tokio::spawn(async move { room.call("CreateSecret", &body.to_string()).await })
    });
    let mut created = 0;
    for creation in creations.collect::<Vec<_>>() {
        match creation.await.unwrap() {
            Ok(_) => created += 1,
            Err(refusal) => assert_eq!(refusal.code, "ResourceExistsException"),
        }
    }
    assert_eq!(created, 1);
    assert_eq!(room.labels("db").await.len(), 1);
}
