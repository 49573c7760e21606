//! Keys: their making, states, tags, end.

use serde_json::json;
use strongroom_testkit::{ACCOUNT, REGION};

use crate::{Scene, base64, refusal};

#[tokio::test]
async fn a_new_key_is_enabled_and_symmetric() {
    let scene = Scene::new(1);
    let made = scene
        .ok(
            "CreateKey",
            json!({"Description": "d", "Tags": [{"TagKey": "team", "TagValue": "pay"}]}),
        )
        .await;
    let metadata = &made["KeyMetadata"];
    let id = metadata["KeyId"].as_str().unwrap();
    assert_eq!(
        *metadata,
        json!({
            "AWSAccountId": ACCOUNT,
            "KeyId": id,
            "Arn": format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}"),
            "CreationDate": 1_769_854_830,
            "Enabled": true,
            "Description": "d",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "KeyState": "Enabled",
            "Origin": "AWS_KMS",
            "KeyManager": "CUSTOMER",
            "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
            "MultiRegion": false,
            "CurrentKeyMaterialId": metadata["CurrentKeyMaterialId"],
        })
    );
    assert_eq!(scene.ok("DescribeKey", json!({"KeyId": id})).await["KeyMetadata"], *metadata);
    let tags = scene.ok("ListResourceTags", json!({"KeyId": id})).await;
    assert_eq!(tags, json!({"Tags": [{"TagKey": "team", "TagValue": "pay"}], "Truncated": false}));
}

#[tokio::test]
async fn usage_and_spec_must_fit() {
    let scene = Scene::new(1);
    for (body, message) in [
        (
            json!({"KeySpec": "RSA_2048"}),
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
        ),
        (
            json!({"KeySpec": "HMAC_256", "KeyUsage": "SIGN_VERIFY"}),
            "KeyUsage SIGN_VERIFY is not compatible with KeySpec HMAC_256",
        ),
        (
            json!({"KeyUsage": "SIGN_VERIFY"}),
            "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT",
        ),
    ] {
        assert_eq!(scene.refused("CreateKey", body).await, refusal("ValidationException", message));
    }
}

#[tokio::test]
async fn a_key_that_is_not_there_is_reported_in_awss_words() {
    let scene = Scene::new(1);
    let missing = "1234abcd-12ab-34cd-56ef-1234567890ab";
    for (key_id, message) in [
        ("db", "Invalid keyId 'db'".to_owned()),
        (missing, format!("Key 'arn:aws:kms:us-east-1:123456789012:key/{missing}' does not exist")),
        (
            "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "Invalid arn eu-west-1".to_owned(),
        ),
        ("alias/x", "Alias arn:aws:kms:us-east-1:123456789012:alias/x is not found.".to_owned()),
    ] {
        assert_eq!(
            scene.refused("DescribeKey", json!({"KeyId": key_id})).await,
            refusal("NotFoundException", message)
        );
    }
}

#[tokio::test]
async fn a_disabled_key_is_not_used_until_it_is_enabled() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let body = json!({"KeyId": key, "Plaintext": base64(b"x")});
    let sealed = scene.ok("Encrypt", body.clone()).await;
    scene.ok("DisableKey", json!({"KeyId": key})).await;
    let disabled = refusal("DisabledException", format!("{key} is disabled."));
    assert_eq!(scene.refused("Encrypt", body.clone()).await, disabled);
    let open = json!({"CiphertextBlob": sealed["CiphertextBlob"]});
    assert_eq!(scene.refused("Decrypt", open.clone()).await, disabled);
    scene.ok("EnableKey", json!({"KeyId": key})).await;
    scene.ok("Decrypt", open).await;
}

#[tokio::test]
async fn a_key_whose_deletion_is_cancelled_comes_back_disabled() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let scheduled =
        scene.ok("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7})).await;
    assert_eq!(
        scheduled,
        json!({
            "KeyId": key,
            "DeletionDate": 1_769_854_830 + 7 * 86_400,
            "KeyState": "PendingDeletion",
            "PendingWindowInDays": 7,
        })
    );
    let pending = refusal("KMSInvalidStateException", format!("{key} is pending deletion."));
    for (operation, body) in [
        ("Encrypt", json!({"KeyId": key, "Plaintext": "eA=="})),
        ("EnableKey", json!({"KeyId": key})),
        ("TagResource", json!({"KeyId": key, "Tags": []})),
        ("ScheduleKeyDeletion", json!({"KeyId": key})),
    ] {
        assert_eq!(scene.refused(operation, body).await, pending, "{operation}");
    }
    scene.ok("CancelKeyDeletion", json!({"KeyId": key})).await;
    let described = scene.ok("DescribeKey", json!({"KeyId": key})).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "Disabled");
    assert_eq!(
        scene.refused("CancelKeyDeletion", json!({"KeyId": key})).await,
        refusal("KMSInvalidStateException", format!("{key} is not pending deletion."))
    );
}

#[tokio::test]
async fn a_key_is_gone_on_the_day_of_its_deletion() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7})).await;
    scene.stage.advance_days(7);
    assert_eq!(
        scene.refused("DescribeKey", json!({"KeyId": key})).await,
        refusal("NotFoundException", format!("Key '{key}' does not exist"))
    );
    assert_eq!(scene.ok("ListKeys", json!({})).await["Keys"], json!([]));
}

#[tokio::test]
async fn the_waiting_period_is_7_to_30_days() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    for (days, bound) in [(6, "greater than or equal to 7"), (31, "less than or equal to 30")] {
        assert_eq!(
            scene
                .refused("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": days}))
                .await,
            refusal(
                "ValidationException",
                format!(
                    "1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to \
                     satisfy constraint: Member must have value {bound}"
                )
            )
        );
    }
}

#[tokio::test]
async fn tags_are_set_replaced_and_removed() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let tag = |name: &str, value: &str| json!({"TagKey": name, "TagValue": value});
    scene.ok("TagResource", json!({"KeyId": key, "Tags": [tag("a", "1"), tag("b", "2")]})).await;
    scene.ok("TagResource", json!({"KeyId": key, "Tags": [tag("a", "3")]})).await;
    scene.ok("UntagResource", json!({"KeyId": key, "TagKeys": ["b", "none"]})).await;
    let tags = scene.ok("ListResourceTags", json!({"KeyId": key})).await;
    assert_eq!(tags["Tags"], json!([tag("a", "3")]));
    for (tags, message) in [
        (json!([tag("x", "1"), tag("x", "2")]), "Duplicate tag keys"),
        (json!([tag("aws:x", "1")]), "Tags beginning with aws: are reserved"),
        (json!((0..50).map(|n| tag(&n.to_string(), "")).collect::<Vec<_>>()), "Too many tags"),
    ] {
        assert_eq!(
            scene.refused("TagResource", json!({"KeyId": key, "Tags": tags})).await,
            refusal("TagException", message)
        );
    }
}

#[tokio::test]
async fn keys_are_listed_page_by_page() {
    let scene = Scene::new(1);
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(scene.key().await);
    }
    made.sort();
    let (mut listed, mut marker) = (Vec::new(), None);
    loop {
        let mut body = json!({"Limit": 2});
        if let Some(marker) = &marker {
            body["Marker"] = json!(marker);
        }
        let page = scene.ok("ListKeys", body).await;
        let keys = page["Keys"].as_array().unwrap();
        assert!(keys.len() <= 2);
        listed.extend(keys.iter().map(|key| key["KeyArn"].as_str().unwrap().to_owned()));
        marker = page["NextMarker"].as_str().map(str::to_owned);
        assert_eq!(page["Truncated"], marker.is_some());
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(listed, made);
    assert_eq!(scene.refused("ListKeys", json!({"Marker": "!"})).await.0, "InvalidMarkerException");
}

#[tokio::test]
async fn a_description_is_replaced() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("UpdateKeyDescription", json!({"KeyId": key, "Description": "new"})).await;
    let described = scene.ok("DescribeKey", json!({"KeyId": key})).await;
    assert_eq!(described["KeyMetadata"]["Description"], "new");
}
