//! The end of keys.

use std::sync::Arc;

use serde_json::json;
use strongroom_api::Job;
use strongroom_kms::jobs::DeleteExpiredKeys;
use strongroom_store::{Direction, Range};

use crate::Scene;

async fn run(scene: &Scene) -> u64 {
    let job = DeleteExpiredKeys(Arc::clone(&scene.kms));
    job.run(&scene.stage.circumstances()).await.unwrap().done
}

async fn stored(scene: &Scene) -> Vec<String> {
    let store = scene.records.store();
    let page = store.scan(Range::all(), Direction::Forward, 1_000).await.unwrap();
    page.entries.into_iter().map(|entry| entry.key).collect()
}

#[tokio::test]
async fn a_key_goes_with_everything_that_belongs_to_it() {
    let scene = Scene::new(1);
    let before = stored(&scene).await;
    let key = scene.key().await;
    scene.ok("CreateAlias", json!({"AliasName": "alias/pay", "TargetKeyId": key})).await;
    scene.ok("EnableKeyRotation", json!({"KeyId": key})).await;
    for n in 0..60 {
        let principal = "arn:aws:iam::123456789012:user/anna";
        scene
            .ok(
                "CreateGrant",
                json!({
                    "KeyId": key,
                    "GranteePrincipal": principal,
                    "RetiringPrincipal": principal,
                    "Operations": ["Decrypt"],
                    "Name": n.to_string(),
                }),
            )
            .await;
    }
    scene.ok("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7})).await;
    scene.stage.advance_days(7);
    scene.stage.advance_millis(-1);
    assert_eq!(run(&scene).await, 0);
    scene.ok("DescribeKey", json!({"KeyId": key})).await;
    scene.stage.advance_millis(1);
    scene.stage.tape.break_down(true);
    assert!(
        DeleteExpiredKeys(Arc::clone(&scene.kms)).run(&scene.stage.circumstances()).await.is_err()
    );
    scene.stage.tape.break_down(false);
    // What could not be put on record was not done.
    assert_ne!(stored(&scene).await, before);
    scene.stage.tape.clear();
    assert_eq!(run(&scene).await, 1);
    let records = scene.stage.tape.records();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["eventName"], "DeleteKey");
    assert_eq!(records[0]["eventType"], "AwsServiceEvent");
    assert_eq!(records[0]["serviceEventDetails"]["keyId"], key);
    assert_eq!(stored(&scene).await, before);
    assert_eq!(run(&scene).await, 0);
}

#[tokio::test]
async fn a_key_whose_deletion_was_cancelled_stays() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7})).await;
    scene.ok("CancelKeyDeletion", json!({"KeyId": key})).await;
    scene.ok("ScheduleKeyDeletion", json!({"KeyId": key})).await;
    scene.stage.advance_days(29);
    assert_eq!(run(&scene).await, 0);
    scene.ok("DescribeKey", json!({"KeyId": key})).await;
    scene.ok("CancelKeyDeletion", json!({"KeyId": key})).await;
    scene.stage.advance_days(29);
    assert_eq!(run(&scene).await, 0);
    scene.ok("DescribeKey", json!({"KeyId": key})).await;
}
