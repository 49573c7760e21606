//! The keys that AWS manages for its services.

use serde_json::json;
use strongroom_api::{Call, Circumstances};
use strongroom_kms::EncryptionContext;
use strongroom_kms::operations::{Decrypt, GenerateDataKey};
use strongroom_testkit::{allowed_only, nobody};

use crate::{Scene, refusal};

const VIA: &str = "secretsmanager.us-east-1.amazonaws.com";
const ALIAS: &str = "alias/aws/secretsmanager";

#[tokio::test]
async fn a_service_gets_its_key_at_first_use_for_any_caller_of_the_account() {
    let scene = Scene::new(1);
    let user = scene.as_caller(nobody("123456789012"));
    let circumstances = Circumstances { via: Some(VIA), ..user.stage.circumstances() };
    let call = Call::new(&*scene.kms, &circumstances);
    let context = EncryptionContext::of([("SecretARN", "arn:x")]);
    let input = GenerateDataKey::input(ALIAS, context.clone());
    let made = call.perform::<GenerateDataKey>(&input).await.unwrap();
    let again = call.perform::<GenerateDataKey>(&input).await.unwrap();
    assert_eq!(again.key_id, made.key_id);
    let input = Decrypt::input(made.ciphertext_blob.0.clone(), context.clone(), None);
    let opened = call.perform::<Decrypt>(&input).await.unwrap();
    assert_eq!(opened.plaintext.reveal().0, made.plaintext.reveal().0);

    // Not without the service in between, even for a caller with every permission.
    let direct = scene.as_caller(allowed_only("123456789012", &["kms:*"]));
    let body = json!({
        "CiphertextBlob": crate::base64(&made.ciphertext_blob.0),
        "EncryptionContext": {"SecretARN": "arn:x"},
    });
    assert_eq!(direct.refused("Decrypt", body).await.0, "AccessDeniedException");
    let described = scene.ok("DescribeKey", json!({"KeyId": ALIAS})).await;
    assert_eq!(described["KeyMetadata"]["KeyManager"], "AWS");
    assert_eq!(described["KeyMetadata"]["Arn"], made.key_id);
}

#[tokio::test]
async fn another_account_never_uses_a_key_that_aws_manages() {
    let scene = Scene::new(1);
    let circumstances = Circumstances { via: Some(VIA), ..scene.stage.circumstances() };
    let call = Call::new(&*scene.kms, &circumstances);
    let input = GenerateDataKey::input(ALIAS, EncryptionContext::default());
    let made = call.perform::<GenerateDataKey>(&input).await.unwrap();

    let stranger = scene.as_caller(allowed_only("222233334444", &["kms:*"]));
    let circumstances = Circumstances { via: Some(VIA), ..stranger.stage.circumstances() };
    let call = Call::new(&*scene.kms, &circumstances);
    let input = Decrypt::input(made.ciphertext_blob.0, EncryptionContext::default(), None);
    let error = call.perform::<Decrypt>(&input).await.unwrap_err();
    assert!(error.message().contains("on the resource associated with this ciphertext"), "{error}");
}

#[tokio::test]
async fn nobody_changes_a_key_that_aws_manages() {
    let scene = Scene::new(1);
    let described = scene.ok("DescribeKey", json!({"KeyId": ALIAS})).await;
    let key = &described["KeyMetadata"]["KeyId"];
    for (operation, body) in [
        ("DisableKey", json!({"KeyId": key})),
        ("ScheduleKeyDeletion", json!({"KeyId": key})),
        ("PutKeyPolicy", json!({"KeyId": key, "Policy": "{}"})),
        ("TagResource", json!({"KeyId": key, "Tags": []})),
        ("CreateAlias", json!({"AliasName": "alias/mine", "TargetKeyId": key})),
    ] {
        // Its policy gives the account no more than a look.
        assert_eq!(scene.refused(operation, body).await.0, "AccessDeniedException", "{operation}");
    }
    assert_eq!(
        scene.refused("DeleteAlias", json!({"AliasName": ALIAS})).await,
        refusal("NotAuthorizedException", "")
    );
}

#[tokio::test]
async fn one_service_does_not_make_the_key_of_another() {
    let scene = Scene::new(1);
    let circumstances = Circumstances { via: Some(VIA), ..scene.stage.circumstances() };
    let call = Call::new(&*scene.kms, &circumstances);
    let input = GenerateDataKey::input("alias/aws/ssm", EncryptionContext::default());
    let error = call.perform::<GenerateDataKey>(&input).await.unwrap_err();
    assert!(error.to_string().starts_with("NotFoundException"), "{error}");
}
