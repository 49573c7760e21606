//! When a key was used last.

use std::sync::Arc;

use serde_json::{Value, json};
use strongroom_api::Job;
use strongroom_kms::jobs::DeleteExpiredKeys;
use strongroom_records::Records;
use strongroom_store::{Direction, Range};

use crate::{Scene, base64, refusal};

async fn last_use(scene: &Scene, key: &str) -> Value {
    scene.ok("GetKeyLastUsage", json!({"KeyId": key})).await["KeyLastUsage"].clone()
}

/// What is in the store alone, as another node sees it.
fn elsewhere(scene: &Scene) -> Scene {
    let (store, keyring) = (scene.records.store().clone(), scene.records.keyring().clone());
    Scene::over(scene.stage.clone(), Arc::new(Records::new(store, keyring, 8 << 20)))
}

async fn write_down(scene: &Scene) {
    scene.kms.write_down_uses(scene.stage.now()).await.unwrap();
}

#[tokio::test]
async fn a_key_that_was_never_used_has_an_empty_last_use() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let reply = scene.ok("GetKeyLastUsage", json!({"KeyId": key})).await;
    assert_eq!(reply["KeyLastUsage"], json!({}));
    assert_eq!(reply["TrackingStartDate"], reply["KeyCreationDate"]);
    assert!(key.ends_with(reply["KeyId"].as_str().unwrap()));
}

#[tokio::test]
async fn the_last_use_is_the_last_operation_that_succeeded() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let sealed = scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"x")})).await;
    let first = last_use(&scene, &key).await;
    assert_eq!(first["Operation"], "Encrypt");

    scene.stage.advance_millis(5);
    scene.ok("Decrypt", json!({"CiphertextBlob": sealed["CiphertextBlob"]})).await;
    let event = scene.stage.tape.records().pop().unwrap();
    let second = last_use(&scene, &key).await;
    assert_eq!(second["Operation"], "Decrypt");
    assert_eq!(second["CloudTrailEventId"], event["eventID"]);
    assert_eq!(second["KmsRequestId"], event["requestID"]);
    assert!(second["Timestamp"].as_f64() > first["Timestamp"].as_f64());

    // Neither a refusal, nor a dry run, nor looking at a key is a use.
    scene.stage.advance_millis(5);
    scene.refused("Decrypt", json!({"CiphertextBlob": base64(b"no"), "KeyId": key})).await;
    scene
        .refused("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"x"), "DryRun": true}))
        .await;
    scene.ok("DescribeKey", json!({"KeyId": key})).await;
    assert_eq!(last_use(&scene, &key).await, second);
}

#[tokio::test]
async fn re_encrypting_is_a_use_of_both_keys() {
    let scene = Scene::new(1);
    let (from, to) = (scene.key().await, scene.key().await);
    let sealed = scene.ok("GenerateDataKey", json!({"KeyId": from, "KeySpec": "AES_256"})).await;
    let input = json!({"CiphertextBlob": sealed["CiphertextBlob"], "DestinationKeyId": to});
    scene.ok("ReEncrypt", input).await;
    let record = scene.stage.tape.records().pop().unwrap();
    let named = record["resources"].as_array().unwrap().iter().map(|one| &one["ARN"]);
    assert_eq!(named.collect::<Vec<_>>(), [from.as_str(), to.as_str()]);
    for key in [from, to] {
        assert_eq!(last_use(&scene, &key).await["Operation"], "ReEncrypt");
    }
}

#[tokio::test]
async fn a_use_is_written_down_at_once_and_then_from_time_to_time() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let seal = async || {
        scene.stage.advance_millis(1);
        scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"x")})).await;
        last_use(&scene, &key).await
    };
    let first = seal().await;
    assert_eq!(last_use(&elsewhere(&scene), &key).await, json!({}));
    write_down(&scene).await;
    assert_eq!(last_use(&elsewhere(&scene), &key).await, first);

    let second = seal().await;
    write_down(&scene).await;
    assert_eq!(last_use(&elsewhere(&scene), &key).await, first);
    // The record of the key changes; what was noted stays.
    scene.ok("DisableKey", json!({"KeyId": key})).await;
    assert_eq!(last_use(&scene, &key).await, second);
    scene.stage.advance_millis(10_000);
    write_down(&scene).await;
    assert_eq!(last_use(&elsewhere(&scene), &key).await, second);
}

#[tokio::test]
async fn a_key_whose_record_changed_while_its_use_waited_is_written_down_once() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let seal = json!({"KeyId": key, "Plaintext": base64(b"x")});
    scene.ok("Encrypt", seal.clone()).await;
    scene.ok("DisableKey", json!({"KeyId": key})).await;
    scene.ok("EnableKey", json!({"KeyId": key})).await;
    scene.stage.advance_millis(5);
    scene.ok("Encrypt", seal).await;
    let latest = last_use(&scene, &key).await;
    write_down(&scene).await;
    assert_eq!(last_use(&elsewhere(&scene), &key).await, latest);
}

#[tokio::test]
async fn the_last_use_goes_with_the_key() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"x")})).await;
    scene.ok("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7})).await;
    assert_eq!(last_use(&scene, &key).await["Operation"], "Encrypt");
    scene.stage.advance_days(7);
    let job = DeleteExpiredKeys(scene.kms.clone());
    assert_eq!(job.run(&scene.stage.circumstances()).await.unwrap().done, 1);
    write_down(&scene).await;
    let range = Range::prefix("123456789012/us-east-1/kms/last-use/");
    let left = scene.records.scan_index(range, Direction::Forward, 10).await.unwrap();
    assert!(left.entries.is_empty());
}

#[tokio::test]
async fn an_alias_does_not_name_a_key_here() {
    let scene = Scene::new(1);
    assert_eq!(
        scene.refused("GetKeyLastUsage", json!({"KeyId": "alias/x"})).await,
        refusal("NotFoundException", "Invalid keyId 'alias/x'")
    );
}
