//! Many callers at once.

use std::collections::BTreeSet;

use serde_json::json;
use strongroom_api::{Call, Circumstances};
use strongroom_kms::EncryptionContext;
use strongroom_kms::operations::{Decrypt, GenerateDataKey};

use crate::Scene;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_at_once_get_one_key_of_a_service_and_it_opens_what_each_sealed() {
    let scene = Scene::new(1);
    let mut tasks = Vec::new();
    for _ in 0..16 {
        let scene = scene.clone();
        tasks.push(tokio::spawn(async move {
            let circumstances = Circumstances {
                via: Some("secretsmanager.us-east-1.amazonaws.com"),
                ..scene.stage.circumstances()
            };
            let call = Call::new(&*scene.kms, &circumstances);
            let input =
                GenerateDataKey::input("alias/aws/secretsmanager", EncryptionContext::default());
            let made = call.perform::<GenerateDataKey>(&input).await.unwrap();
            let input = Decrypt::input(made.ciphertext_blob.0, EncryptionContext::default(), None);
            let opened = call.perform::<Decrypt>(&input).await.unwrap();
            assert_eq!(opened.plaintext.reveal().0, made.plaintext.reveal().0);
            made.key_id
        }));
    }
    let mut keys = BTreeSet::new();
    for task in tasks {
        keys.insert(task.await.unwrap());
    }
    assert_eq!(keys.len(), 1);
    let listed = scene.ok("ListKeys", json!({})).await;
    assert_eq!(listed["Keys"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn aliases_and_grants_that_are_made_at_once_are_all_there() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let mut tasks = Vec::new();
    for n in 0..12 {
        let (scene, key) = (scene.clone(), key.clone());
        tasks.push(tokio::spawn(async move {
            let name = format!("alias/{n}");
            scene.ok("CreateAlias", json!({"AliasName": name, "TargetKeyId": key})).await;
            scene
                .ok(
                    "CreateGrant",
                    json!({
                        "KeyId": key,
                        "GranteePrincipal": format!("arn:aws:iam::123456789012:user/u{n}"),
                        "Operations": ["Decrypt"],
                    }),
                )
                .await;
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let aliases = scene.ok("ListAliases", json!({"KeyId": key})).await;
    assert_eq!(aliases["Aliases"].as_array().unwrap().len(), 12);
    let grants = scene.ok("ListGrants", json!({"KeyId": key})).await;
    assert_eq!(grants["Grants"].as_array().unwrap().len(), 12);
}
