//! Rotation: new material, old ciphertexts.

use std::sync::Arc;

use serde_json::{Value, json};
use strongroom_api::Job;
use strongroom_kms::jobs::RotateDueKeys;

use crate::{Scene, base64, bytes, refusal};

async fn run(scene: &Scene) -> u64 {
    let job = RotateDueKeys(Arc::clone(&scene.kms));
    job.run(&scene.stage.circumstances()).await.unwrap().done
}

async fn seal(scene: &Scene, key: &str) -> (Value, Value) {
    let sealed = scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"x")})).await;
    let opened = scene.ok("Decrypt", json!({"CiphertextBlob": sealed["CiphertextBlob"]})).await;
    (sealed["CiphertextBlob"].clone(), opened["KeyMaterialId"].clone())
}

#[tokio::test]
async fn what_old_material_encrypted_still_decrypts() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let mut sealed = vec![seal(&scene, &key).await];
    for _ in 0..3 {
        scene.ok("RotateKeyOnDemand", json!({"KeyId": key})).await;
        sealed.push(seal(&scene, &key).await);
    }
    for (index, (blob, material)) in sealed.iter().enumerate() {
        assert!(sealed[..index].iter().all(|(_, earlier)| earlier != material));
        let opened = scene.ok("Decrypt", json!({"CiphertextBlob": blob})).await;
        assert_eq!(bytes(&opened["Plaintext"]), b"x");
        assert_eq!(opened["KeyMaterialId"], *material);
    }
    let described = scene.ok("DescribeKey", json!({"KeyId": key})).await;
    assert_eq!(described["KeyMetadata"]["CurrentKeyMaterialId"], sealed[3].1);
}

#[tokio::test]
async fn a_key_is_rotated_when_its_time_has_come_and_again_after_the_period() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("EnableKeyRotation", json!({"KeyId": key, "RotationPeriodInDays": 90})).await;
    let (first, first_material) = seal(&scene, &key).await;
    scene.stage.advance_days(90);
    scene.stage.advance_millis(-1);
    assert_eq!(run(&scene).await, 0);
    scene.stage.advance_millis(1);
    assert_eq!(run(&scene).await, 1);
    assert_eq!(run(&scene).await, 0);
    let (_, second_material) = seal(&scene, &key).await;
    assert_ne!(first_material, second_material);
    scene.ok("Decrypt", json!({"CiphertextBlob": first})).await;
    scene.stage.advance_days(90);
    assert_eq!(run(&scene).await, 1);
    let listed = scene.ok("ListKeyRotations", json!({"KeyId": key})).await;
    let rotations = listed["Rotations"].as_array().unwrap();
    assert_eq!(rotations.len(), 2);
    assert_eq!(rotations[0]["RotationType"], "AUTOMATIC");
    assert_eq!(rotations[0]["KeyMaterialId"], second_material);
    assert_eq!(rotations[0]["KeyMaterialState"], "NON_CURRENT");
    assert_eq!(rotations[1]["KeyMaterialState"], "CURRENT");
    let all = json!({"KeyId": key, "IncludeKeyMaterial": "ALL_KEY_MATERIAL"});
    let all = scene.ok("ListKeyRotations", all).await;
    assert_eq!(all["Rotations"].as_array().unwrap().len(), 3);
    assert_eq!(all["Rotations"][0]["KeyMaterialId"], first_material);
}

#[tokio::test]
async fn the_status_tells_when() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let status = || scene.ok("GetKeyRotationStatus", json!({"KeyId": key}));
    let id = key.rsplit('/').next().unwrap();
    assert_eq!(status().await, json!({"KeyRotationEnabled": false, "KeyId": id}));
    scene.ok("EnableKeyRotation", json!({"KeyId": key})).await;
    let on = json!({
        "KeyRotationEnabled": true,
        "KeyId": id,
        "RotationPeriodInDays": 365,
        "NextRotationDate": 1_769_854_830 + 365 * 86_400,
    });
    assert_eq!(status().await, on);
    scene.stage.advance_days(1);
    // Asking for the same again does not put it off.
    scene.ok("EnableKeyRotation", json!({"KeyId": key})).await;
    assert_eq!(status().await, on);
    scene.ok("DisableKeyRotation", json!({"KeyId": key})).await;
    assert_eq!(status().await, json!({"KeyRotationEnabled": false, "KeyId": id}));
    scene.stage.advance_days(400);
    assert_eq!(run(&scene).await, 0);
}

#[tokio::test]
async fn a_disabled_key_is_rotated_once_it_is_enabled_again() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("EnableKeyRotation", json!({"KeyId": key, "RotationPeriodInDays": 90})).await;
    scene.ok("DisableKey", json!({"KeyId": key})).await;
    scene.stage.advance_days(100);
    assert_eq!(run(&scene).await, 0);
    scene.ok("EnableKey", json!({"KeyId": key})).await;
    assert_eq!(run(&scene).await, 1);
}

#[tokio::test]
async fn only_symmetric_keys_are_rotated() {
    let scene = Scene::new(1);
    let key =
        scene.create_key(json!({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"})).await;
    for operation in [
        "EnableKeyRotation",
        "DisableKeyRotation",
        "GetKeyRotationStatus",
        "RotateKeyOnDemand",
        "ListKeyRotations",
    ] {
        assert_eq!(
            scene.refused(operation, json!({"KeyId": key})).await,
            refusal("UnsupportedOperationException", ""),
            "{operation}"
        );
    }
}

#[tokio::test]
async fn a_key_is_rotated_on_demand_25_times() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    for _ in 0..25 {
        scene.ok("RotateKeyOnDemand", json!({"KeyId": key})).await;
    }
    assert_eq!(
        scene.refused("RotateKeyOnDemand", json!({"KeyId": key})).await,
        refusal(
            "LimitExceededException",
            format!(
                "The on-demand rotations limit has been reached for the given keyId. No more \
                 on-demand rotations can be performed for this key: {key}"
            )
        )
    );
}

#[tokio::test]
async fn a_key_that_aws_manages_is_rotated_every_year() {
    let scene = Scene::new(1);
    let described = scene.ok("DescribeKey", json!({"KeyId": "alias/aws/ssm"})).await;
    let key = described["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    let status = scene.ok("GetKeyRotationStatus", json!({"KeyId": key})).await;
    assert_eq!(status["KeyRotationEnabled"], true);
    scene.stage.advance_days(365);
    assert_eq!(run(&scene).await, 1);
}
