//! Multi-Region keys.

use std::sync::Arc;

use serde_json::{Value, json};
use strongroom_api::Job;
use strongroom_kms::jobs::{DeleteExpiredKeys, RotateDueKeys};

use crate::{Scene, base64, bytes, refusal};

const EUROPE: &str = "eu-west-1";
const ASIA: &str = "ap-southeast-1";

/// A primary here and a replica in Europe; both scenes, both ARNs.
async fn pair() -> (Scene, Scene, String, String) {
    let scene = Scene::new(1);
    let key = scene.create_key(json!({"MultiRegion": true})).await;
    scene.ok("ReplicateKey", json!({"KeyId": key, "ReplicaRegion": EUROPE})).await;
    let replica = key.replace("us-east-1", EUROPE);
    (scene.clone(), scene.in_region(EUROPE), key, replica)
}

async fn configuration(scene: &Scene, key: &str) -> Value {
    let described = scene.ok("DescribeKey", json!({"KeyId": key})).await;
    described["KeyMetadata"]["MultiRegionConfiguration"].clone()
}

#[tokio::test]
async fn a_replica_opens_what_the_primary_sealed_and_the_other_way_round() {
    let (here, there, key, replica) = pair().await;
    for (sealer, opener, by, with) in
        [(&here, &there, &key, &replica), (&there, &here, &replica, &key)]
    {
        let body = json!({"KeyId": by, "Plaintext": base64(b"x"), "EncryptionContext": {"a": "1"}});
        let sealed = sealer.ok("Encrypt", body).await;
        let body =
            json!({"CiphertextBlob": sealed["CiphertextBlob"], "EncryptionContext": {"a": "1"}});
        let opened = opener.ok("Decrypt", body).await;
        assert_eq!(bytes(&opened["Plaintext"]), b"x");
        assert_eq!(opened["KeyId"], *with);
    }
}

#[tokio::test]
async fn a_replica_is_described_as_aws_does_it() {
    let scene = Scene::new(1);
    let key = scene.create_key(json!({"MultiRegion": true, "Description": "d"})).await;
    assert!(key.contains(":key/mrk-"));
    let replica = key.replace("us-east-1", EUROPE);
    let made = scene.ok("ReplicateKey", json!({"KeyId": key, "ReplicaRegion": EUROPE})).await;
    let metadata = &made["ReplicaKeyMetadata"];
    assert_eq!(metadata["Arn"], replica);
    assert_eq!(metadata["KeyState"], "Creating");
    assert_eq!(metadata["Enabled"], false);
    assert_eq!(metadata["Description"], "");
    let mut expected = json!({
        "MultiRegionKeyType": "REPLICA",
        "PrimaryKey": {"Arn": key, "Region": "us-east-1"},
        "ReplicaKeys": [{"Arn": replica, "Region": EUROPE}],
    });
    assert_eq!(metadata["MultiRegionConfiguration"], expected);
    let there = scene.in_region(EUROPE);
    let described = there.ok("DescribeKey", json!({"KeyId": replica})).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "Enabled");
    expected["MultiRegionKeyType"] = json!("PRIMARY");
    assert_eq!(configuration(&scene, &key).await, expected);
}

#[tokio::test]
async fn only_a_primary_is_replicated_and_only_once_into_a_region() {
    let (here, there, key, replica) = pair().await;
    let body = |key: &str, region: &str| json!({"KeyId": key, "ReplicaRegion": region});
    assert_eq!(here.refused("ReplicateKey", body(&key, EUROPE)).await.0, "AlreadyExistsException");
    assert_eq!(
        there.refused("ReplicateKey", body(&replica, ASIA)).await,
        refusal(
            "UnsupportedOperationException",
            format!("{replica} is not a multi-region primary key.")
        )
    );
    let single = here.key().await;
    assert_eq!(
        here.refused("ReplicateKey", body(&single, EUROPE)).await.0,
        "UnsupportedOperationException"
    );
}

#[tokio::test]
async fn rotation_happens_at_the_primary_and_reaches_every_region() {
    let (here, there, key, replica) = pair().await;
    let material = |scene: &Scene, key: &str| {
        let (scene, key) = (scene.clone(), key.to_owned());
        async move {
            let described = scene.ok("DescribeKey", json!({"KeyId": key})).await;
            described["KeyMetadata"]["CurrentKeyMaterialId"].clone()
        }
    };
    let first = material(&here, &key).await;
    here.ok("RotateKeyOnDemand", json!({"KeyId": key})).await;
    let second = material(&here, &key).await;
    assert_ne!(first, second);
    assert_eq!(material(&there, &replica).await, second);
    for operation in ["RotateKeyOnDemand", "EnableKeyRotation"] {
        assert_eq!(
            there.refused(operation, json!({"KeyId": replica})).await.0,
            "UnsupportedOperationException"
        );
    }
    here.ok("EnableKeyRotation", json!({"KeyId": key, "RotationPeriodInDays": 90})).await;
    let status = there.ok("GetKeyRotationStatus", json!({"KeyId": replica})).await;
    assert_eq!(status["KeyRotationEnabled"], true);
    here.stage.advance_days(90);
    let job = RotateDueKeys(Arc::clone(&here.kms));
    assert_eq!(job.run(&here.stage.circumstances()).await.unwrap().done, 1);
    let third = material(&here, &key).await;
    assert_ne!(second, third);
    assert_eq!(material(&there, &replica).await, third);
}

#[tokio::test]
async fn policies_tags_and_states_are_each_regions_own() {
    let (here, there, key, replica) = pair().await;
    there.ok("DisableKey", json!({"KeyId": replica})).await;
    here.ok("Encrypt", json!({"KeyId": key, "Plaintext": "eA=="})).await;
    here.ok("TagResource", json!({"KeyId": key, "Tags": [{"TagKey": "a", "TagValue": "b"}]})).await;
    assert_eq!(there.ok("ListResourceTags", json!({"KeyId": replica})).await["Tags"], json!([]));
}

#[tokio::test]
async fn a_replica_becomes_the_primary() {
    let (here, there, key, replica) = pair().await;
    here.ok("ReplicateKey", json!({"KeyId": key, "ReplicaRegion": ASIA})).await;
    here.ok("UpdatePrimaryRegion", json!({"KeyId": key, "PrimaryRegion": EUROPE})).await;
    let far = key.replace("us-east-1", ASIA);
    let expected = |kind: &str| {
        json!({
            "MultiRegionKeyType": kind,
            "PrimaryKey": {"Arn": replica, "Region": EUROPE},
            "ReplicaKeys": [
                {"Arn": far, "Region": ASIA},
                {"Arn": key, "Region": "us-east-1"},
            ],
        })
    };
    assert_eq!(configuration(&there, &replica).await, expected("PRIMARY"));
    assert_eq!(configuration(&here, &key).await, expected("REPLICA"));
    assert_eq!(configuration(&here.in_region(ASIA), &far).await, expected("REPLICA"));
    assert_eq!(
        here.refused("UpdatePrimaryRegion", json!({"KeyId": key, "PrimaryRegion": ASIA})).await.0,
        "UnsupportedOperationException"
    );
    there.ok("RotateKeyOnDemand", json!({"KeyId": replica})).await;
    let body = json!({"KeyId": replica, "PrimaryRegion": "sa-east-1"});
    assert_eq!(there.refused("UpdatePrimaryRegion", body).await.0, "NotFoundException");
}

#[tokio::test]
async fn a_primary_goes_after_its_replicas() {
    let (here, there, key, replica) = pair().await;
    let job = DeleteExpiredKeys(Arc::clone(&here.kms));
    let scheduled =
        here.ok("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7})).await;
    assert_eq!(
        scheduled,
        json!({"KeyId": key, "KeyState": "PendingReplicaDeletion", "PendingWindowInDays": 7})
    );
    here.stage.advance_days(30);
    assert_eq!(job.run(&here.stage.circumstances()).await.unwrap().done, 0);
    there.ok("ScheduleKeyDeletion", json!({"KeyId": replica, "PendingWindowInDays": 7})).await;
    here.stage.advance_days(7);
    assert_eq!(job.run(&here.stage.circumstances()).await.unwrap().done, 1);
    let described = here.ok("DescribeKey", json!({"KeyId": key})).await;
    let metadata = &described["KeyMetadata"];
    assert_eq!(metadata["KeyState"], "PendingDeletion");
    assert_eq!(metadata["MultiRegionConfiguration"]["ReplicaKeys"], json!([]));
    here.stage.advance_days(7);
    assert_eq!(job.run(&here.stage.circumstances()).await.unwrap().done, 1);
    assert_eq!(here.refused("DescribeKey", json!({"KeyId": key})).await.0, "NotFoundException");
}
