//! Encrypting and decrypting.

use serde_json::json;

use crate::{Scene, base64, bytes, refusal};

#[tokio::test]
async fn what_was_encrypted_is_decrypted_without_naming_the_key() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let sealed = scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"hunter2")})).await;
    assert_eq!(sealed["KeyId"], key);
    assert_eq!(sealed["EncryptionAlgorithm"], "SYMMETRIC_DEFAULT");
    assert!(sealed["CiphertextBlob"].as_str().unwrap().starts_with("AQICAH"));
    let opened = scene.ok("Decrypt", json!({"CiphertextBlob": sealed["CiphertextBlob"]})).await;
    assert_eq!(bytes(&opened["Plaintext"]), b"hunter2");
    assert_eq!(opened["KeyId"], key);
    assert_eq!(opened["KeyMaterialId"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn a_ciphertext_opens_only_with_its_own_context() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let context = json!({"SecretARN": "arn:x", "Version": "1"});
    let sealed = scene
        .ok(
            "Encrypt",
            json!({"KeyId": key, "Plaintext": base64(b"x"), "EncryptionContext": context}),
        )
        .await;
    let blob = &sealed["CiphertextBlob"];
    scene
        .ok(
            "Decrypt",
            json!({"CiphertextBlob": blob, "EncryptionContext": {"Version": "1", "SecretARN": "arn:x"}}),
        )
        .await;
    for other in [
        json!({}),
        json!({"SecretARN": "arn:x"}),
        json!({"SecretARN": "arn:x", "Version": "2"}),
        json!({"secretarn": "arn:x", "Version": "1"}),
        json!({"SecretARN": "arn:x", "Version": "1", "more": ""}),
    ] {
        let body = json!({"CiphertextBlob": blob, "EncryptionContext": other});
        assert_eq!(
            scene.refused("Decrypt", body).await,
            refusal("InvalidCiphertextException", ""),
            "{other}"
        );
    }
}

#[tokio::test]
async fn a_flipped_bit_anywhere_is_noticed() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let sealed = scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"hunter2")})).await;
    let blob = bytes(&sealed["CiphertextBlob"]);
    for position in 0..blob.len() {
        for bit in [0x01, 0x80] {
            let mut altered = blob.clone();
            altered[position] ^= bit;
            for body in [
                json!({"CiphertextBlob": base64(&altered), "KeyId": key}),
                json!({"CiphertextBlob": base64(&altered)}),
            ] {
                let expected = refusal("InvalidCiphertextException", "");
                assert_eq!(scene.refused("Decrypt", body).await, expected, "byte {position}");
            }
        }
    }
    for length in 0..blob.len() {
        let body = json!({"CiphertextBlob": base64(&blob[..length]), "KeyId": key});
        let (code, _) = scene.refused("Decrypt", body).await;
        let expected =
            if length == 0 { "ValidationException" } else { "InvalidCiphertextException" };
        assert_eq!(code, expected, "{length} bytes");
    }
}

#[tokio::test]
async fn a_ciphertext_of_another_key_is_the_wrong_one() {
    let scene = Scene::new(1);
    let (first, second) = (scene.key().await, scene.key().await);
    let sealed = scene.ok("Encrypt", json!({"KeyId": first, "Plaintext": base64(b"x")})).await;
    let body = json!({"CiphertextBlob": sealed["CiphertextBlob"], "KeyId": second});
    assert_eq!(
        scene.refused("Decrypt", body).await,
        refusal(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation."
        )
    );
}

#[tokio::test]
async fn a_ciphertext_of_an_unknown_key_is_denied_without_telling_why() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let sealed = scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"x")})).await;
    let elsewhere = scene.in_region("eu-west-1");
    let body = json!({"CiphertextBlob": sealed["CiphertextBlob"]});
    assert_eq!(
        elsewhere.refused("Decrypt", body).await,
        refusal(
            "AccessDeniedException",
            "User: arn:aws:iam::123456789012:root is not authorized to perform: kms:Decrypt on the \
             resource associated with this ciphertext because the resource does not exist in this \
             Region, no resource-based policies allow access, or a resource-based policy explicitly \
             denies access"
        )
    );
}

#[tokio::test]
async fn no_more_than_4096_bytes_are_encrypted() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(&[7; 4096])})).await;
    assert_eq!(
        scene.refused("Encrypt", json!({"KeyId": key, "Plaintext": base64(&[7; 4097])})).await,
        refusal(
            "ValidationException",
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: \
             Member must have length less than or equal to 4096"
        )
    );
}

#[tokio::test]
async fn a_data_key_is_given_in_clear_and_sealed() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    for (how, length) in [
        (json!({"KeySpec": "AES_256"}), 32),
        (json!({"KeySpec": "AES_128"}), 16),
        (json!({"NumberOfBytes": 1024}), 1024),
    ] {
        let mut body = how.clone();
        body["KeyId"] = json!(key);
        body["EncryptionContext"] = json!({"a": "b"});
        let made = scene.ok("GenerateDataKey", body.clone()).await;
        let plaintext = bytes(&made["Plaintext"]);
        assert_eq!(plaintext.len(), length);
        let opened = scene
            .ok(
                "Decrypt",
                json!({"CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": {"a": "b"}}),
            )
            .await;
        assert_eq!(bytes(&opened["Plaintext"]), plaintext);
        let sealed = scene.ok("GenerateDataKeyWithoutPlaintext", body).await;
        assert!(sealed.get("Plaintext").is_none());
    }
    for body in
        [json!({"KeyId": key}), json!({"KeyId": key, "KeySpec": "AES_256", "NumberOfBytes": 32})]
    {
        assert_eq!(
            scene.refused("GenerateDataKey", body).await,
            refusal("ValidationException", "Please specify either number of bytes or key spec.")
        );
    }
}

#[tokio::test]
async fn a_ciphertext_moves_to_another_key_and_context() {
    let scene = Scene::new(1);
    let (first, second) = (scene.key().await, scene.key().await);
    let sealed = scene
        .ok(
            "Encrypt",
            json!({"KeyId": first, "Plaintext": base64(b"x"), "EncryptionContext": {"a": "1"}}),
        )
        .await;
    let body = json!({
        "CiphertextBlob": sealed["CiphertextBlob"],
        "SourceEncryptionContext": {"a": "1"},
        "DestinationKeyId": second,
        "DestinationEncryptionContext": {"a": "2"},
    });
    let moved = scene.ok("ReEncrypt", body.clone()).await;
    assert_eq!((&moved["SourceKeyId"], &moved["KeyId"]), (&json!(first), &json!(second)));
    let opened = scene
        .ok(
            "Decrypt",
            json!({"CiphertextBlob": moved["CiphertextBlob"], "EncryptionContext": {"a": "2"}}),
        )
        .await;
    assert_eq!(bytes(&opened["Plaintext"]), b"x");
    let mut wrong = body;
    wrong["SourceEncryptionContext"] = json!({"a": "2"});
    assert_eq!(scene.refused("ReEncrypt", wrong).await, refusal("InvalidCiphertextException", ""));
}

#[tokio::test]
async fn a_dry_run_tells_that_it_would_have_succeeded() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let sealed = scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": base64(b"x")})).await;
    let blob = &sealed["CiphertextBlob"];
    for (operation, body) in [
        ("Encrypt", json!({"KeyId": key, "Plaintext": "eA==", "DryRun": true})),
        ("Decrypt", json!({"CiphertextBlob": blob, "DryRun": true})),
        (
            "Decrypt",
            json!({"KeyId": key, "DryRun": true, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}),
        ),
        ("ReEncrypt", json!({"CiphertextBlob": blob, "DestinationKeyId": key, "DryRun": true})),
        ("GenerateDataKey", json!({"KeyId": key, "KeySpec": "AES_256", "DryRun": true})),
        (
            "GenerateDataKeyWithoutPlaintext",
            json!({"KeyId": key, "KeySpec": "AES_256", "DryRun": true}),
        ),
    ] {
        assert_eq!(
            scene.refused(operation, body).await,
            refusal(
                "DryRunOperationException",
                "The request would have succeeded, but the DryRun option is set."
            ),
            "{operation}"
        );
    }
}

#[tokio::test]
async fn random_bytes_have_the_length_asked_for() {
    let scene = Scene::new(1);
    let made = scene.ok("GenerateRandom", json!({"NumberOfBytes": 100})).await;
    assert_eq!(bytes(&made["Plaintext"]).len(), 100);
    assert_eq!(
        scene.refused("GenerateRandom", json!({})).await,
        refusal("ValidationException", "NumberOfBytes is required.")
    );
}

#[tokio::test]
async fn secrets_are_in_replies_and_never_on_record() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.stage.tape.clear();
    let plaintext = base64(b"hunter2hunter2");
    let context = json!({"for": "payments"});
    let sealed = scene
        .ok("Encrypt", json!({"KeyId": key, "Plaintext": plaintext, "EncryptionContext": context}))
        .await;
    let body = json!({"CiphertextBlob": sealed["CiphertextBlob"], "EncryptionContext": context});
    scene.ok("Decrypt", body).await;
    let made = scene.ok("GenerateDataKey", json!({"KeyId": key, "KeySpec": "AES_256"})).await;
    let text = scene.stage.tape.text();
    for secret in [&plaintext, made["Plaintext"].as_str().unwrap()] {
        assert!(!text.contains(secret));
    }
    // The context is meant to be read in the trail.
    assert!(text.contains(r#""encryptionContext":{"for":"payments"}"#), "{text}");
}
