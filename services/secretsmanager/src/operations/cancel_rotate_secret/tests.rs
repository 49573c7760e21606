//! Cancelling a rotation as its callers see it.

use serde_json::json;
use strongroom_testkit::{ACCOUNT, nobody};

use crate::testing::{Room, Script, function, version};

#[tokio::test]
async fn cancelling_turns_rotation_off_and_keeps_function_and_rules() {
    let room = Room::with_function().await;
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.rotate().await;
    let reply = room.ok("CancelRotateSecret", json!({"SecretId": "db"})).await;
    assert_eq!(reply.get("VersionId"), None);
    let described = room.describe("db").await;
    assert_eq!(described["RotationEnabled"], false);
    assert_eq!(described["RotationLambdaARN"], function("rotate"));
    assert_eq!(described["RotationRules"], json!({"AutomaticallyAfterDays": 30}));
    for gone in ["LastRotatedDate", "NextRotationDate"] {
        assert_eq!(described.get(gone), None);
    }
    room.stage.advance_days(100);
    assert_eq!(room.rotate().await, 0);
    // Again changes nothing.
    room.ok("CancelRotateSecret", json!({"SecretId": "db"})).await;
    assert_eq!(room.describe("db").await, described);
}

#[tokio::test]
async fn cancelling_a_rotation_in_progress_names_its_version_and_leaves_the_labels() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::Failing("setSecret", b"{}"));
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.rotate().await;
    let reply = room.ok("CancelRotateSecret", json!({"SecretId": "db"})).await;
    assert_eq!(reply["VersionId"], version(2));
    assert_eq!(room.labels("db").await[&2], ["AWSPENDING"]);
    room.stage.advance_days(100);
    assert_eq!(room.rotate().await, 0);
    // The label is in the way of the next rotation until it is taken off by hand.
    let (code, message) = room
        .refused("RotateSecret", json!({"SecretId": "db", "ClientRequestToken": version(3)}))
        .await;
    assert_eq!(code, "InvalidRequestException");
    assert!(message.starts_with("A previous rotation isn't complete."));
    assert_eq!(room.rotate().await, 0);
    let label = json!({
        "SecretId": "db", "VersionStage": "AWSPENDING", "RemoveFromVersionId": version(2),
    });
    room.ok("UpdateSecretVersionStage", label).await;
    room.functions.script("rotate", Script::Obedient);
    room.ok("RotateSecret", json!({"SecretId": "db", "ClientRequestToken": version(3)})).await;
    room.rotate().await;
    assert_eq!(room.value("db").await.unwrap(), room.functions.database());
}

#[tokio::test]
async fn a_secret_that_was_never_to_be_rotated_has_nothing_to_cancel() {
    let room = Room::with_secret("db").await;
    let (code, _) = room.refused("CancelRotateSecret", json!({"SecretId": "db"})).await;
    assert_eq!(code, "InvalidRequestException");
}

#[tokio::test]
async fn a_denied_caller_changes_nothing() {
    let room = Room::with_function().await;
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    let denied = room.as_caller(nobody(ACCOUNT));
    for id in ["db", "no-such-secret"] {
        let (code, _) = denied.refused("CancelRotateSecret", json!({"SecretId": id})).await;
        assert_eq!(code, "AccessDeniedException");
    }
    assert_eq!(room.describe("db").await["RotationEnabled"], true);
}
