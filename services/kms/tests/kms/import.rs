//! Imported key material.

use std::sync::Arc;

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrapPadded};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use serde_json::{Value, json};
use strongroom_api::Job;
use strongroom_kms::jobs::ExpireImportedMaterial;

use crate::{Scene, base64, bytes, refusal};

const FIRST: [u8; 32] = [1; 32];
const SECOND: [u8; 32] = [2; 32];

async fn external(scene: &Scene) -> String {
    scene.create_key(json!({"Origin": "EXTERNAL"})).await
}

async fn parameters(scene: &Scene, key: &str, algorithm: &str) -> Value {
    let body = json!({
        "KeyId": key,
        "WrappingAlgorithm": algorithm,
        "WrappingKeySpec": "RSA_2048",
    });
    scene.ok("GetParametersForImport", body).await
}

/// Wraps as a client does.
fn wrap(parameters: &Value, algorithm: &str, material: &[u8]) -> Vec<u8> {
    let public = PublicEncryptingKey::from_der(&bytes(&parameters["PublicKey"])).unwrap();
    let public = OaepPublicEncryptingKey::new(public).unwrap();
    let oaep =
        if algorithm.ends_with("SHA_1") { &OAEP_SHA1_MGF1SHA1 } else { &OAEP_SHA256_MGF1SHA256 };
    let encrypt = |plaintext: &[u8]| {
        let mut out = vec![0; public.ciphertext_size()];
        public.encrypt(oaep, plaintext, &mut out, None).unwrap().to_vec()
    };
    if algorithm.starts_with("RSAES") {
        return encrypt(material);
    }
    let mut wrapped = encrypt(&[9; 32]);
    let mut out = vec![0; material.len() + 15];
    let kek = AesKek::new(&AES_256, &[9; 32]).unwrap();
    wrapped.extend_from_slice(kek.wrap_with_padding(material, &mut out).unwrap());
    wrapped
}

/// The body of an import.
async fn import(scene: &Scene, key: &str, material: &[u8], more: Value) -> Value {
    let algorithm = "RSAES_OAEP_SHA_256";
    let parameters = parameters(scene, key, algorithm).await;
    let mut body = json!({
        "KeyId": key,
        "ImportToken": parameters["ImportToken"],
        "EncryptedKeyMaterial": base64(&wrap(&parameters, algorithm, material)),
        "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn state(scene: &Scene, key: &str) -> Value {
    scene.ok("DescribeKey", json!({"KeyId": key})).await["KeyMetadata"]["KeyState"].clone()
}

#[tokio::test]
async fn a_key_waits_for_its_material_and_works_with_it() {
    for algorithm in [
        "RSAES_OAEP_SHA_1",
        "RSAES_OAEP_SHA_256",
        "RSA_AES_KEY_WRAP_SHA_1",
        "RSA_AES_KEY_WRAP_SHA_256",
    ] {
        let scene = Scene::new(1);
        let key = external(&scene).await;
        assert_eq!(state(&scene, &key).await, "PendingImport");
        let encrypt = json!({"KeyId": key, "Plaintext": base64(b"x")});
        assert_eq!(
            scene.refused("Encrypt", encrypt.clone()).await,
            refusal("KMSInvalidStateException", format!("{key} is pending import."))
        );
        let parameters = parameters(&scene, &key, algorithm).await;
        assert_eq!(parameters["ParametersValidTo"], 1_769_854_830 + 86_400);
        let body = json!({
            "KeyId": key,
            "ImportToken": parameters["ImportToken"],
            "EncryptedKeyMaterial": base64(&wrap(&parameters, algorithm, &FIRST)),
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        });
        scene.ok("ImportKeyMaterial", body).await;
        let described = scene.ok("DescribeKey", json!({"KeyId": key})).await;
        let metadata = &described["KeyMetadata"];
        assert_eq!(metadata["KeyState"], "Enabled");
        assert_eq!(metadata["ExpirationModel"], "KEY_MATERIAL_DOES_NOT_EXPIRE");
        let sealed = scene.ok("Encrypt", encrypt).await;
        scene.ok("Decrypt", json!({"CiphertextBlob": sealed["CiphertextBlob"]})).await;
    }
}

#[tokio::test]
async fn deleted_material_comes_back_only_by_importing_the_same() {
    let scene = Scene::new(1);
    let key = external(&scene).await;
    let imported = import(&scene, &key, &FIRST, json!({})).await;
    let imported = scene.ok("ImportKeyMaterial", imported).await;
    let sealed = scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"x")})).await;
    let deleted = scene.ok("DeleteImportedKeyMaterial", json!({"KeyId": key})).await;
    assert_eq!(deleted["KeyMaterialId"], imported["KeyMaterialId"]);
    assert_eq!(state(&scene, &key).await, "PendingImport");
    let other = import(&scene, &key, &SECOND, json!({})).await;
    assert_eq!(
        scene.refused("ImportKeyMaterial", other).await,
        refusal("IncorrectKeyMaterialException", "")
    );
    scene.ok("ImportKeyMaterial", import(&scene, &key, &FIRST, json!({})).await).await;
    let opened = scene.ok("Decrypt", json!({"CiphertextBlob": sealed["CiphertextBlob"]})).await;
    assert_eq!(bytes(&opened["Plaintext"]), b"x");
}

#[tokio::test]
async fn material_ends_when_its_importer_said() {
    let scene = Scene::new(1);
    let key = external(&scene).await;
    let end = 1_769_854_830 + 10 * 86_400;
    let expires = json!({"ExpirationModel": "KEY_MATERIAL_EXPIRES"});
    assert_eq!(
        scene.refused("ImportKeyMaterial", import(&scene, &key, &FIRST, expires).await).await,
        refusal(
            "ValidationException",
            "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"
        )
    );
    let expires = json!({"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": end});
    scene.ok("ImportKeyMaterial", import(&scene, &key, &FIRST, expires).await).await;
    let described = scene.ok("DescribeKey", json!({"KeyId": key})).await;
    assert_eq!(described["KeyMetadata"]["ValidTo"], end);
    let job = ExpireImportedMaterial(Arc::clone(&scene.kms));
    scene.stage.advance_days(10);
    // It counts no more at once, also before anybody has swept it away.
    assert_eq!(state(&scene, &key).await, "PendingImport");
    assert_eq!(job.run(&scene.stage.circumstances()).await.unwrap().done, 1);
    assert_eq!(job.run(&scene.stage.circumstances()).await.unwrap().done, 0);
    assert_eq!(state(&scene, &key).await, "PendingImport");
    scene.ok("ImportKeyMaterial", import(&scene, &key, &FIRST, json!({})).await).await;
    assert_eq!(state(&scene, &key).await, "Enabled");
}

#[tokio::test]
async fn new_material_waits_for_its_rotation() {
    let scene = Scene::new(1);
    let key = external(&scene).await;
    let first = import(&scene, &key, &FIRST, json!({})).await;
    let first = scene.ok("ImportKeyMaterial", first).await["KeyMaterialId"].clone();
    let sealed = scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"x")})).await;
    assert_eq!(
        scene.refused("RotateKeyOnDemand", json!({"KeyId": key})).await,
        refusal(
            "KMSInvalidStateException",
            format!("No available key material pending rotation for the key: {key}.")
        )
    );
    let new = json!({"ImportType": "NEW_KEY_MATERIAL", "KeyMaterialDescription": "of 2026"});
    let second = import(&scene, &key, &SECOND, new.clone()).await;
    let second = scene.ok("ImportKeyMaterial", second).await["KeyMaterialId"].clone();
    let (code, message) =
        scene.refused("ImportKeyMaterial", import(&scene, &key, &[3; 32], new).await).await;
    assert_eq!(code, "KMSInvalidStateException");
    assert!(message.ends_with(&format!(
        "cannot be imported into KMS key {key}, because another key material (id: {}) is pending \
         rotation.",
        second.as_str().unwrap()
    )));
    let current = || scene.ok("DescribeKey", json!({"KeyId": key}));
    assert_eq!(current().await["KeyMetadata"]["CurrentKeyMaterialId"], first);
    scene.ok("RotateKeyOnDemand", json!({"KeyId": key})).await;
    assert_eq!(current().await["KeyMetadata"]["CurrentKeyMaterialId"], second);
    scene.ok("Decrypt", json!({"CiphertextBlob": sealed["CiphertextBlob"]})).await;
    let listed = scene.ok("ListKeyRotations", json!({"KeyId": key})).await;
    assert_eq!(
        listed["Rotations"],
        json!([{
            "KeyId": key.rsplit('/').next().unwrap(),
            "KeyMaterialId": second,
            "KeyMaterialDescription": "of 2026",
            "ImportState": "IMPORTED",
            "KeyMaterialState": "CURRENT",
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
            "RotationDate": 1_769_854_830,
            "RotationType": "ON_DEMAND",
        }])
    );
    // One former material less, and the key is of no use.
    let body = json!({"KeyId": key, "KeyMaterialId": first});
    scene.ok("DeleteImportedKeyMaterial", body).await;
    assert_eq!(state(&scene, &key).await, "PendingImport");
}

#[tokio::test]
async fn a_token_counts_for_its_key_and_a_day() {
    let scene = Scene::new(1);
    let (key, other) = (external(&scene).await, external(&scene).await);
    let body = import(&scene, &key, &FIRST, json!({})).await;
    let mut elsewhere = body.clone();
    elsewhere["KeyId"] = json!(other);
    assert_eq!(
        scene.refused("ImportKeyMaterial", elsewhere).await,
        refusal("InvalidImportTokenException", "")
    );
    let mut garbage = body.clone();
    garbage["EncryptedKeyMaterial"] = json!(base64(&[7; 256]));
    assert_eq!(
        scene.refused("ImportKeyMaterial", garbage).await,
        refusal("InvalidCiphertextException", "")
    );
    let short = import(&scene, &key, &[1; 16], json!({})).await;
    assert_eq!(
        scene.refused("ImportKeyMaterial", short).await,
        refusal("IncorrectKeyMaterialException", "")
    );
    let body = import(&scene, &key, &FIRST, json!({})).await;
    scene.stage.advance_days(1);
    assert_eq!(
        scene.refused("ImportKeyMaterial", body).await,
        refusal("ExpiredImportTokenException", "")
    );
}

#[tokio::test]
async fn a_key_with_material_of_ours_takes_none_from_outside() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let refused = refusal(
        "UnsupportedOperationException",
        format!("{key} origin is AWS_KMS which is not valid for this operation."),
    );
    for (operation, body) in [
        (
            "GetParametersForImport",
            json!({"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}),
        ),
        ("ImportKeyMaterial", json!({"ImportToken": "eA==", "EncryptedKeyMaterial": "eA=="})),
        ("DeleteImportedKeyMaterial", json!({})),
    ] {
        let mut body = body;
        body["KeyId"] = json!(key);
        assert_eq!(scene.refused(operation, body).await, refused, "{operation}");
    }
    let external = external(&scene).await;
    assert_eq!(
        scene.refused("EnableKeyRotation", json!({"KeyId": external})).await,
        refusal(
            "UnsupportedOperationException",
            format!("{external} origin is EXTERNAL which is not valid for this operation.")
        )
    );
}

#[tokio::test]
async fn an_asymmetric_key_is_imported_too() {
    let scene = Scene::new(1);
    let symmetric = scene.key().await;
    let pair = json!({"KeyId": symmetric, "KeyPairSpec": "ECC_NIST_P256"});
    let pair = scene.ok("GenerateDataKeyPair", pair).await;
    let private = bytes(&pair["PrivateKeyPlaintext"]);
    let body = json!({"Origin": "EXTERNAL", "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"});
    let key = scene.create_key(body).await;
    scene.ok("ImportKeyMaterial", import(&scene, &key, &private, json!({})).await).await;
    let public = scene.ok("GetPublicKey", json!({"KeyId": key})).await;
    assert_eq!(public["PublicKey"], pair["PublicKey"]);
    let wrong =
        json!({"Origin": "EXTERNAL", "KeySpec": "ECC_NIST_P384", "KeyUsage": "SIGN_VERIFY"});
    let wrong = scene.create_key(wrong).await;
    let body = import(&scene, &wrong, &private, json!({})).await;
    assert_eq!(
        scene.refused("ImportKeyMaterial", body).await,
        refusal("IncorrectKeyMaterialException", "")
    );
}
