//! Setting up and starting a rotation as its callers see it.

use serde_json::json;
use strongroom_testkit::{ACCOUNT, allowed_only, nobody};

use crate::testing::{Room, Script, function, version};

const NOT_INVOKED: &str = "Secrets Manager cannot invoke the specified Lambda function. Ensure that the \
                           function policy grants access to the principal secretsmanager.amazonaws.com.";

#[tokio::test]
async fn a_rotation_is_answered_before_the_function_has_run() {
    let room = Room::with_function().await;
    let reply = room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    assert_eq!((&reply["Name"], &reply["VersionId"]), (&json!("db"), &json!(version(2))));
    assert_eq!(room.functions.steps(), Vec::<String>::new());
    assert_eq!(room.labels("db").await[&2], ["AWSPENDING"]);
    // The version is prepared and has no value yet.
    let id = json!({"SecretId": "db", "VersionId": version(2), "VersionStage": "AWSPENDING"});
    assert_eq!(room.refused("GetSecretValue", id).await.0, "ResourceNotFoundException");
    assert_eq!(room.value("db").await.unwrap(), "hunter2");
    let described = room.describe("db").await;
    assert_eq!(described["RotationEnabled"], true);
    assert_eq!(described["RotationLambdaARN"], function("rotate"));
    assert_eq!(described["RotationRules"], json!({"AutomaticallyAfterDays": 30}));
    assert_eq!(described.get("LastRotatedDate"), None);
}

#[tokio::test]
async fn lists_show_a_rotation_as_descriptions_do() {
    let room = Room::with_function().await;
    let rules = json!({"ScheduleExpression": "cron(0 0 ? * 2 *)", "Duration": "3h"});
    room.ask(2, rules).await.unwrap();
    room.rotate().await;
    let described = room.describe("db").await;
    let listed = room.ok("ListSecrets", json!({})).await;
    // AWS works the days out of the expression.
    let shown = json!({
        "AutomaticallyAfterDays": 7, "ScheduleExpression": "cron(0 0 ? * 2 *)", "Duration": "3h",
    });
    assert_eq!(described["RotationRules"], shown);
    for member in [
        "RotationEnabled",
        "RotationLambdaARN",
        "RotationRules",
        "LastRotatedDate",
        "NextRotationDate",
    ] {
        assert!(described.get(member).is_some(), "{member}");
        assert_eq!(listed["SecretList"][0][member], described[member], "{member}");
    }
    // Monday 2026-02-02 at 02:59:59.
    assert_eq!(described["NextRotationDate"], 1_770_001_199);
}

#[tokio::test]
async fn a_token_is_needed_before_anything_else_is_looked_at() {
    let room = Room::with_secret("db").await;
    for id in ["db", "no-such-secret"] {
        let (code, message) = room.refused("RotateSecret", json!({"SecretId": id})).await;
        assert_eq!(code, "InvalidParameterException");
        assert!(message.starts_with("You must provide a ClientRequestToken value."));
    }
}

#[tokio::test]
async fn a_function_has_to_be_named_to_exist_and_to_be_open_to_us() {
    let room = Room::with_secret("db").await;
    let before = room.describe("db").await;
    let bare = json!({"SecretId": "db", "ClientRequestToken": version(2)});
    let (code, message) = room.refused("RotateSecret", bare.clone()).await;
    assert_eq!(code, "InvalidRequestException");
    assert_eq!(message, "No Lambda rotation function ARN is associated with this secret.");
    for arn in [function("no-such-function"), "not an ARN".to_owned()] {
        let mut body = bare.clone();
        body["RotationLambdaARN"] = json!(arn);
        let refusal = room.refused("RotateSecret", body).await;
        assert_eq!(refusal, ("AccessDeniedException".to_owned(), NOT_INVOKED.to_owned()));
    }
    // Nothing is stored.
    assert_eq!(room.describe("db").await, before);
}

#[tokio::test]
async fn wrong_rules_are_refused_and_change_nothing() {
    let room = Room::with_function().await;
    let before = room.describe("db").await;
    for (rules, code, message) in [
        (
            json!({"AutomaticallyAfterDays": 1, "ScheduleExpression": "rate(1 day)"}),
            "InvalidParameterException",
            "You cannot specify both rotation frequency and schedule expression together.",
        ),
        (
            json!({"ScheduleExpression": "rate(3 hours)"}),
            "InvalidParameterException",
            "every four hours",
        ),
        (
            json!({"ScheduleExpression": "every day"}),
            "InvalidParameterException",
            "rate(...) or cron(...)",
        ),
        (
            json!({"ScheduleExpression": "cron(0 23 * * ? *)", "Duration": "2h"}),
            "InvalidParameterException",
            "next UTC day",
        ),
        (json!({"Duration": "2h"}), "InvalidParameterException", "together with Duration"),
        (json!({"AutomaticallyAfterDays": 0}), "ValidationException", "greater than or equal to 1"),
        (
            json!({"AutomaticallyAfterDays": 1001}),
            "ValidationException",
            "less than or equal to 1000",
        ),
        (
            json!({"AutomaticallyAfterDays": 1, "Duration": "25h"}),
            "InvalidParameterException",
            "24h",
        ),
        (json!({"AutomaticallyAfterDays": 1, "Duration": "h"}), "ValidationException", "duration"),
        (json!({"ScheduleExpression": "rate(1 day);"}), "ValidationException", "pattern"),
    ] {
        let refusal = room.ask(2, rules.clone()).await.unwrap_err();
        assert_eq!(refusal.code, code, "{rules}: {}", refusal.message);
        assert!(refusal.message.contains(message), "{rules}: {}", refusal.message);
    }
    for external in [
        json!({"ExternalSecretRotationMetadata": [{"Key": "apiVersion", "Value": "v65.0"}]}),
        json!({"ExternalSecretRotationRoleArn": "arn:aws:iam::123456789012:role/partner"}),
    ] {
        let mut body = json!({"SecretId": "db", "ClientRequestToken": version(2)});
        body.as_object_mut().unwrap().extend(external.as_object().unwrap().clone());
        let (code, message) = room.refused("RotateSecret", body).await;
        assert_eq!(code, "InvalidParameterException");
        assert!(message.contains("not offered"));
    }
    assert_eq!(room.describe("db").await, before);
}

#[tokio::test]
async fn stored_rules_and_function_serve_the_next_call() {
    let room = Room::with_function().await;
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.rotate().await;
    room.ok("RotateSecret", json!({"SecretId": "db", "ClientRequestToken": version(3)})).await;
    room.rotate().await;
    assert_eq!(room.labels("db").await[&3], ["AWSPENDING", "AWSCURRENT"]);
    let described = room.describe("db").await;
    assert_eq!(described["RotationRules"], json!({"AutomaticallyAfterDays": 30}));
}

#[tokio::test]
async fn the_same_token_again_rotates_nothing_again() {
    let room = Room::with_function().await;
    let first = room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    assert_eq!(room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap(), first);
    room.rotate().await;
    let described = room.describe("db").await;
    assert_eq!(room.ask(2, json!(null)).await.unwrap(), first);
    assert_eq!(room.rotate().await, 0);
    assert_eq!(room.describe("db").await, described);
    // The token of a version that no rotation made is in use.
    let refusal = room.ask(1, json!(null)).await.unwrap_err();
    assert_eq!(refusal.code, "ResourceExistsException");
}

#[tokio::test]
async fn an_incomplete_rotation_is_in_the_way_and_is_tried_again_at_once() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::Failing("setSecret", b"{}"));
    room.ask(2, json!(null)).await.unwrap();
    room.rotate().await;
    room.functions.script("rotate", Script::Obedient);
    assert_eq!(room.rotate().await, 0);
    let refusal = room.ask(3, json!(null)).await.unwrap_err();
    assert_eq!(refusal.code, "InvalidRequestException");
    assert_eq!(
        refusal.message,
        "A previous rotation isn't complete. That rotation will be reattempted."
    );
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.labels("db").await[&2], ["AWSPENDING", "AWSCURRENT"]);
}

#[tokio::test]
async fn not_immediately_means_that_only_the_test_is_taken_with_a_copy_of_the_value() {
    let room = Room::with_function().await;
    let body = json!({
        "SecretId": "db", "ClientRequestToken": version(2), "RotateImmediately": false,
        "RotationLambdaARN": function("rotate"),
        "RotationRules": {"ScheduleExpression": "cron(0 8 * * ? *)"},
    });
    room.ok("RotateSecret", body).await;
    assert_eq!(room.labels("db").await[&2], ["AWSPENDING"]);
    let pending = json!({"SecretId": "db", "VersionStage": "AWSPENDING"});
    assert_eq!(room.ok("GetSecretValue", pending).await["SecretString"], "hunter2");
    room.rotate().await;
    assert_eq!(room.functions.steps(), ["testSecret"]);
    assert_eq!(room.labels("db").await.keys().collect::<Vec<_>>(), [&1]);
    assert_eq!(room.events(), ["TestRotationStarted", "TestRotationSucceeded"]);
    let described = room.describe("db").await;
    assert_eq!(described["RotationEnabled"], true);
    assert_eq!(described.get("LastRotatedDate"), None);
    // The end of tomorrow.
    assert_eq!(described["NextRotationDate"], 1_769_990_399);
    assert_eq!(room.value("db").await.unwrap(), "hunter2");
}

#[tokio::test]
async fn a_test_that_fails_keeps_the_rules_and_is_not_repeated() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::Failing("testSecret", b"{}"));
    let body = json!({
        "SecretId": "db", "ClientRequestToken": version(2), "RotateImmediately": false,
        "RotationLambdaARN": function("rotate"), "RotationRules": {"AutomaticallyAfterDays": 10},
    });
    room.ok("RotateSecret", body).await;
    room.rotate().await;
    assert_eq!(room.events(), ["TestRotationStarted", "TestRotationFailed"]);
    room.stage.advance_days(1);
    assert_eq!(room.rotate().await, 0);
    assert_eq!(room.labels("db").await.len(), 1);
    assert_eq!(room.describe("db").await["RotationEnabled"], true);
}

#[tokio::test]
async fn the_caller_needs_the_right_to_invoke_the_function() {
    let room = Room::with_function().await;
    let only = room.as_caller(allowed_only(ACCOUNT, &["secretsmanager:*"]));
    let refusal = only.ask(2, json!(null)).await.unwrap_err();
    assert_eq!(refusal.code, "AccessDeniedException");
    assert!(refusal.message.contains("lambda:InvokeFunction"), "{}", refusal.message);
    assert!(refusal.message.contains(&function("rotate")));
}

#[tokio::test]
async fn a_denied_caller_cannot_tell_whether_a_secret_exists() {
    let room = Room::with_function().await;
    let denied = room.as_caller(nobody(ACCOUNT));
    for id in ["db", "no-such-secret"] {
        let body = json!({"SecretId": id, "ClientRequestToken": version(2)});
        assert_eq!(denied.refused("RotateSecret", body).await.0, "AccessDeniedException");
    }
}

#[tokio::test]
async fn a_replica_shows_the_rotation_and_refuses_one_of_its_own() {
    let room = Room::with_function().await;
    let regions = json!({"SecretId": "db", "AddReplicaRegions": [{"Region": "eu-west-1"}]});
    room.ok("ReplicateSecretToRegions", regions).await;
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.rotate().await;
    let there = room.in_region("eu-west-1");
    let (primary, replica) = (room.describe("db").await, there.describe("db").await);
    for member in ["RotationEnabled", "RotationRules", "LastRotatedDate", "NextRotationDate"] {
        assert_eq!(replica[member], primary[member], "{member}");
    }
    assert_eq!(there.value("db").await.unwrap(), room.value("db").await.unwrap());
    for operation in ["RotateSecret", "CancelRotateSecret"] {
        let body = json!({"SecretId": "db", "ClientRequestToken": version(3)});
        let (code, message) = there.refused(operation, body).await;
        assert_eq!(code, "InvalidParameterException");
        assert!(message.starts_with("Operation not permitted on a replica secret."));
    }
    // Only the primary is due.
    room.stage.advance_days(40);
    assert_eq!(room.due().await.len(), 1);
}

#[tokio::test]
async fn a_secret_scheduled_for_deletion_is_not_rotated() {
    let room = Room::with_function().await;
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.ok("DeleteSecret", json!({"SecretId": "db"})).await;
    assert_eq!(room.due().await, Vec::<String>::new());
    let refusal = room.ask(3, json!(null)).await.unwrap_err();
    assert!(refusal.message.contains("marked for deletion"), "{}", refusal.message);
    room.ok("RestoreSecret", json!({"SecretId": "db"})).await;
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.value("db").await.unwrap(), room.functions.database());
}
