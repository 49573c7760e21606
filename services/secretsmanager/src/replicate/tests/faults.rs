//! Replication when something is in its way: keys, crashes, other writers, numbers.

use serde_json::{Value, json};
use strongroom_testkit::ACCOUNT;

use super::{FAR, IN_SYNC, due, is, replicate, replicated, status};
use crate::paths::secret_key;
use crate::replica;
use crate::secret::{Found, Secret};
use crate::testing::{Mood, Room, version};

#[tokio::test]
async fn keys_that_refuse_fail_the_replica_and_never_the_call() {
    let room = replicated().await;
    let far = room.in_region(FAR);
    room.keys.put_into(FAR, Mood::Denying);
    room.put("db", 2, "two").await.unwrap();
    is(&status(&room, "db").await, ("Failed", "Replication failed: Access to KMS is not allowed"));
    assert_eq!(due(&room).await, 0);
    room.keys.put_into(FAR, Mood::Disabled);
    room.put("db", 3, "three").await.unwrap();
    let message = "Replication failed: Secrets Manager can't encrypt the protected secret text using \
                   the provided KMS key: the key is disabled.";
    is(&status(&room, "db").await, ("Failed", message));
    // The next change makes it good.
    room.keys.calm_down();
    assert_eq!(far.value("db").await.unwrap(), "one");
    room.put("db", 4, "four").await.unwrap();
    is(&status(&room, "db").await, IN_SYNC);
    assert_eq!(far.value("db").await.unwrap(), "four");
}

#[tokio::test]
async fn keys_that_refuse_overwrite_nothing() {
    let room = Room::with_secret("db").await;
    let far = room.in_region(FAR);
    far.create("db", "theirs").await.unwrap();
    room.keys.put_into(FAR, Mood::Denying);
    replicate(&room, "db", json!({"ForceOverwriteReplicaSecret": true})).await;
    room.keys.calm_down();
    assert_eq!(status(&room, "db").await[0].1, "Failed");
    assert_eq!(far.value("db").await.unwrap(), "theirs");
}

#[tokio::test]
async fn a_fault_of_ours_is_made_good_by_the_job() {
    let room = replicated().await;
    room.keys.put_into(FAR, Mood::Broken);
    room.put("db", 2, "two").await.unwrap();
    assert_eq!(status(&room, "db").await[0].1, "InProgress");
    assert_eq!((due(&room).await, room.replicate().await), (1, 0));
    room.stage.advance_millis(60_000);
    assert_eq!(room.replicate().await, 1, "still broken, tried all the same");
    assert_eq!(status(&room, "db").await[0].1, "InProgress");
    room.keys.calm_down();
    room.stage.advance_millis(60_000);
    assert_eq!(room.replicate().await, 1);
    is(&status(&room, "db").await, IN_SYNC);
    assert_eq!(room.in_region(FAR).value("db").await.unwrap(), "two");
    assert_eq!((due(&room).await, room.replicate().await), (0, 0));
}

/// What is left by a process that dies after saving the primary and before anything else.
async fn dies_after_saving(room: &Room) {
    let service = &room.service;
    let found = service.lookup(ACCOUNT, "us-east-1", "db").await.unwrap().unwrap();
    let mut changed: Secret = found.0.value.clone();
    changed.description = Some("changed".to_owned());
    changed.mark_changed(room.stage.now());
    service.save(Some(&found), changed, Vec::new()).await.unwrap();
}

#[tokio::test]
async fn a_crash_between_primary_and_replica_is_made_good_by_the_job() {
    let room = replicated().await;
    dies_after_saving(&room).await;
    assert_eq!(room.in_region(FAR).describe("db").await["Description"], "d");
    assert_eq!(due(&room).await, 1);
    assert_eq!(room.replicate().await, 0, "the call may still be at it");
    room.stage.advance_millis(10_000);
    assert_eq!(room.replicate().await, 1);
    assert_eq!(room.in_region(FAR).describe("db").await["Description"], "changed");
    is(&status(&room, "db").await, IN_SYNC);
}

#[tokio::test]
async fn the_job_has_nobodys_rights_to_a_customer_key() {
    let room = replicated().await;
    room.keys.put_into(FAR, Mood::Broken);
    room.put("db", 2, "two").await.unwrap();
    room.keys.put_into(FAR, Mood::ClosedToServices);
    room.stage.advance_millis(60_000);
    room.replicate().await;
    is(&status(&room, "db").await, ("Failed", "Replication failed: Access to KMS is not allowed"));
    room.put("db", 3, "three").await.unwrap();
    is(&status(&room, "db").await, IN_SYNC);
}

#[tokio::test]
async fn a_removed_replica_does_not_come_back_with_work_that_began_before() {
    let room = replicated().await;
    dies_after_saving(&room).await;
    let found = room.service.lookup(ACCOUNT, "us-east-1", "db").await.unwrap().unwrap();
    let body = json!({"SecretId": "db", "RemoveReplicaRegions": [FAR]}).to_string();
    room.call("RemoveRegionsFromReplication", &body).await.unwrap();
    let circumstances = room.stage.circumstances();
    let call = crate::Call::new(&*room.service, &circumstances);
    let replica = &found.replication.replicas()[0];
    let outcome = replica::bring_up_to_date(&call, &found, replica).await;
    assert!(matches!(outcome, Err(replica::Fault::Ours(error)) if error.is_conflict()));
    assert!(!room.stored_keys().await.iter().any(|key| key.contains(FAR)));
}

#[tokio::test]
async fn a_removal_that_dies_halfway_is_finished_by_the_deletion_job() {
    let room = replicated().await;
    let key = secret_key(ACCOUNT, FAR, "db");
    let replica = Found(room.service.records.get::<Secret>(&key).await.unwrap().unwrap());
    let mut doomed = replica.0.value.clone();
    doomed.replication = crate::replication::Replication::Alone;
    doomed.deletion = Some(room.stage.now());
    room.service.save(Some(&replica), doomed, Vec::new()).await.unwrap();
    assert_eq!(room.delete_expired().await, 1);
    assert!(!room.stored_keys().await.iter().any(|key| key.contains(FAR)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_once_leave_the_replica_as_the_primary() {
    let room = replicated().await;
    let puts = (2..12).map(|token| {
        let room = room.clone();
        tokio::spawn(async move { room.put("db", token, &format!("value {token}")).await })
    });
    for put in puts.collect::<Vec<_>>() {
        put.await.unwrap().unwrap();
    }
    let far = room.in_region(FAR);
    assert_eq!(far.value("db").await.unwrap(), room.value("db").await.unwrap());
    let (primary, replica) = (room.describe("db").await, far.describe("db").await);
    assert_eq!(primary["VersionIdsToStages"], replica["VersionIdsToStages"]);
    is(&status(&room, "db").await, IN_SYNC);
}

#[tokio::test]
async fn the_most_replicas_come_and_go_in_one_call_each() {
    let room = Room::with_secret("db").await;
    let region = |number: usize| format!("mars-east-{number}");
    let regions: Vec<Value> = (1..=36).map(|n| json!({"Region": region(n)})).collect();
    let body = json!({"SecretId": "db", "AddReplicaRegions": regions}).to_string();
    room.call("ReplicateSecretToRegions", &body).await.unwrap();
    assert!(status(&room, "db").await.iter().all(|(_, status, _)| status == "InSync"));
    let body = r#"{"SecretId": "db", "AddReplicaRegions": [{"Region": "mars-east-37"}]}"#;
    room.call("ReplicateSecretToRegions", body).await.unwrap_err();
    let names: Vec<String> = (1..=36).map(region).collect();
    let body = json!({"SecretId": "db", "RemoveReplicaRegions": names}).to_string();
    room.call("RemoveRegionsFromReplication", &body).await.unwrap();
    assert!(!room.stored_keys().await.iter().any(|key| key.contains("mars")));
}

#[tokio::test]
async fn replicas_come_and_fail_with_events_on_record() {
    let room = Room::with_secret("db").await;
    replicate(&room, "db", json!({})).await;
    assert_eq!(room.events(), ["ReplicationStarted", "ReplicationSucceeded"]);
    room.stage.tape.clear();
    room.keys.put_into(FAR, Mood::Denying);
    room.put("db", 2, "two").await.unwrap();
    assert_eq!(room.events(), ["ReplicationStarted", "ReplicationFailed"]);
    let arn = room.describe("db").await["ARN"].clone();
    let records = room.stage.tape.records();
    let failed = records.iter().find(|record| record["eventName"] == "ReplicationFailed").unwrap();
    assert_eq!(failed["errorMessage"], "Replication failed: Access to KMS is not allowed");
    assert_eq!(failed["additionalEventData"], json!({"SecretId": arn}));
    let identity = json!({"accountId": ACCOUNT, "invokedBy": "secretsmanager.amazonaws.com"});
    assert_eq!(failed["userIdentity"], identity);
    assert_eq!(failed["readOnly"], false);
    assert_eq!(failed["requestParameters"], Value::Null);
    assert!(!room.stage.tape.text().contains("two"));
}

#[tokio::test]
async fn the_fullest_secret_is_replicated_whole() {
    let room = Room::with_secret("db").await;
    for token in 2..=19 {
        let body = json!({
            "SecretId": "db", "ClientRequestToken": version(token),
            "SecretString": "v".repeat(65_536), "VersionStages": [format!("label {token}")],
        });
        room.ok("PutSecretValue", body).await;
    }
    room.put("db", 20, &"v".repeat(65_536)).await.unwrap();
    replicate(&room, "db", json!({})).await;
    is(&status(&room, "db").await, IN_SYNC);
    assert_eq!(room.in_region(FAR).labels("db").await, room.labels("db").await);
}
