//! DeleteSecret as its callers see it, and what works while a secret is on its way out.

use serde_json::json;

use crate::secret::Secret;
use crate::testing::{Room, version};
use crate::version::Version;

const DAY: f64 = 86_400.0;

#[tokio::test]
async fn the_window_is_thirty_days_unless_seven_to_thirty_are_asked_for() {
    for (days, expected) in [(None, 30.0), (Some(7), 7.0), (Some(30), 30.0)] {
        let room = Room::with_secret("db").await;
        let mut body = json!({"SecretId": "db"});
        if let Some(days) = days {
            body["RecoveryWindowInDays"] = json!(days);
        }
        let reply = room.ok("DeleteSecret", body).await;
        let now = room.describe("db").await["CreatedDate"].as_f64().unwrap();
        assert_eq!(reply["DeletionDate"].as_f64().unwrap(), now + expected * DAY);
        assert_eq!(room.describe("db").await["DeletedDate"], reply["DeletionDate"]);
    }
    let room = Room::with_secret("db").await;
    for days in [-1, 0, 1, 6, 31, 100_000] {
        let body = json!({"SecretId": "db", "RecoveryWindowInDays": days});
        let message = "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).";
        let refusal = room.refused("DeleteSecret", body).await;
        assert_eq!(refusal, ("InvalidParameterException".to_owned(), message.to_owned()), "{days}");
    }
    room.value("db").await.unwrap();
}

#[tokio::test]
async fn force_and_a_window_exclude_each_other_unless_force_is_false() {
    let room = Room::with_secret("db").await;
    let both = json!({
        "SecretId": "db", "ForceDeleteWithoutRecovery": true, "RecoveryWindowInDays": 7,
    });
    let message =
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
    assert_eq!(room.refused("DeleteSecret", both).await.1, message);
    let unforced = json!({
        "SecretId": "db", "ForceDeleteWithoutRecovery": false, "RecoveryWindowInDays": 7,
    });
    room.ok("DeleteSecret", unforced).await;
}

#[tokio::test]
async fn force_deletes_at_once_and_leaves_nothing() {
    for scheduled in [false, true] {
        let room = Room::with_secret("db").await;
        room.put("db", 2, "two").await.unwrap();
        room.put("db", 3, &"x".repeat(60_000)).await.unwrap();
        if scheduled {
            room.ok("DeleteSecret", json!({"SecretId": "db"})).await;
        }
        let reply = room
            .ok("DeleteSecret", json!({"SecretId": "db", "ForceDeleteWithoutRecovery": true}))
            .await;
        assert_eq!(reply["DeletionDate"].as_f64().unwrap(), 1_769_854_830.0);
        assert_eq!(room.stored_keys().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn force_on_an_unknown_name_succeeds_with_a_made_up_arn() {
    let room = Room::new();
    let force = |id: &str| json!({"SecretId": id, "ForceDeleteWithoutRecovery": true});
    let reply = room.ok("DeleteSecret", force("no")).await;
    assert_eq!(reply["Name"], "no");
    assert!(reply["ARN"].as_str().unwrap().contains(":secret:no-"));
    assert_eq!(room.refused("DeleteSecret", force("Inv Name")).await.0, "ValidationException");
    assert_eq!(
        room.refused("DeleteSecret", json!({"SecretId": "no"})).await.0,
        "ResourceNotFoundException"
    );
    assert_eq!(room.stored_keys().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_second_deletion_is_refused_without_force() {
    let room = Room::with_secret("db").await;
    room.ok("DeleteSecret", json!({"SecretId": "db"})).await;
    let refusal = room.refused("DeleteSecret", json!({"SecretId": "db"})).await;
    assert_eq!(refusal.0, "InvalidRequestException");
}

#[tokio::test]
async fn what_needs_an_active_secret_is_refused_and_what_does_not_works() {
    let room = Room::with_secret("db").await;
    room.ok("DeleteSecret", json!({"SecretId": "db"})).await;
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    for (operation, more) in [
        ("GetSecretValue", json!({})),
        ("GetSecretValue", json!({"VersionId": version(1)})),
        ("PutSecretValue", json!({"ClientRequestToken": version(2), "SecretString": "v"})),
        ("UpdateSecret", json!({"Description": "x"})),
        ("UpdateSecretVersionStage", json!({"VersionStage": "x", "MoveToVersionId": version(1)})),
        ("TagResource", json!({"Tags": [{"Key": "a", "Value": "b"}]})),
        ("UntagResource", json!({"TagKeys": ["a"]})),
        ("GetResourcePolicy", json!({})),
        ("PutResourcePolicy", json!({"ResourcePolicy": policy})),
        ("DeleteResourcePolicy", json!({})),
        ("ReplicateSecretToRegions", json!({"AddReplicaRegions": [{"Region": "eu-west-1"}]})),
        ("RemoveRegionsFromReplication", json!({"RemoveReplicaRegions": ["eu-west-1"]})),
        ("StopReplicationToReplica", json!({})),
    ] {
        let mut body = json!({"SecretId": "db"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let message =
            "You can't perform this operation on the secret because it was marked for deletion.";
        let refusal = room.refused(operation, body).await;
        assert_eq!(
            refusal,
            ("InvalidRequestException".to_owned(), message.to_owned()),
            "{operation}"
        );
    }
    let described = room.describe("db").await;
    assert!(described["VersionIdsToStages"].is_object());
    room.ok("ListSecretVersionIds", json!({"SecretId": "db"})).await;
    assert_eq!(room.ok("ListSecrets", json!({})).await["SecretList"], json!([]));
    let planned = room.ok("ListSecrets", json!({"IncludePlannedDeletion": true})).await;
    assert_eq!(planned["SecretList"][0]["DeletedDate"], described["DeletedDate"]);
}

#[tokio::test]
async fn every_version_starts_ends_or_cancels_its_deletion_on_record() {
    let room = Room::with_secret("db").await;
    room.put("db", 2, "two").await.unwrap();
    room.ok("DeleteSecret", json!({"SecretId": "db"})).await;
    assert_eq!(room.events(), ["StartSecretVersionDelete"; 2]);
    room.stage.tape.clear();
    room.ok("RestoreSecret", json!({"SecretId": "db"})).await;
    assert_eq!(room.events(), ["CancelSecretVersionDelete"; 2]);
    room.ok("DeleteSecret", json!({"SecretId": "db", "RecoveryWindowInDays": 7})).await;
    room.stage.tape.clear();
    room.stage.advance_days(7);
    room.delete_expired().await;
    assert_eq!(room.events(), ["EndSecretVersionDelete"; 2]);
    room.create("db", "new").await.unwrap();
    room.stage.tape.clear();
    room.ok("DeleteSecret", json!({"SecretId": "db", "ForceDeleteWithoutRecovery": true})).await;
    assert_eq!(room.events(), ["StartSecretVersionDelete", "EndSecretVersionDelete"]);
}

#[tokio::test]
async fn a_secret_of_more_versions_than_a_transaction_takes_goes_whole() {
    let room = Room::with_secret("db").await;
    for token in 2..=5 {
        room.put("db", token, "v").await.unwrap();
    }
    let found = room.service.lookup("123456789012", "us-east-1", "db").await.unwrap().unwrap();
    let mut full: Secret = found.0.value.clone();
    let more = (6..=350).map(|token| Version::new(version(token), room.stage.now()));
    full.versions.splice(2..2, more);
    room.service.save(Some(&found), full, Vec::new()).await.unwrap();
    room.stage.tape.clear();
    room.ok("DeleteSecret", json!({"SecretId": "db", "ForceDeleteWithoutRecovery": true})).await;
    assert_eq!(room.stored_keys().await, Vec::<String>::new());
    let ended = room.events().iter().filter(|name| *name == "EndSecretVersionDelete").count();
    assert_eq!(ended, 350);
}
