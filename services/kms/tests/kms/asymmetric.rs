//! Asymmetric keys and authentication codes.

use aws_lc_rs::digest;
use serde_json::{Value, json};

use crate::{Scene, base64, bytes, refusal};

async fn key(scene: &Scene, spec: &str, usage: &str) -> String {
    scene.create_key(json!({"KeySpec": spec, "KeyUsage": usage})).await
}

#[tokio::test]
async fn what_is_signed_verifies_and_nothing_else_does() {
    let scene = Scene::new(1);
    let rsa = [
        "RSASSA_PKCS1_V1_5_SHA_256",
        "RSASSA_PKCS1_V1_5_SHA_384",
        "RSASSA_PKCS1_V1_5_SHA_512",
        "RSASSA_PSS_SHA_256",
        "RSASSA_PSS_SHA_384",
        "RSASSA_PSS_SHA_512",
    ];
    for (spec, algorithms) in [
        ("RSA_2048", &rsa[..]),
        ("ECC_NIST_P256", &["ECDSA_SHA_256"]),
        ("ECC_NIST_P384", &["ECDSA_SHA_384"]),
        ("ECC_NIST_P521", &["ECDSA_SHA_512"]),
        ("ECC_SECG_P256K1", &["ECDSA_SHA_256"]),
        ("ECC_NIST_EDWARDS25519", &["ED25519_SHA_512"]),
        ("ML_DSA_44", &["ML_DSA_SHAKE_256"]),
        ("ML_DSA_65", &["ML_DSA_SHAKE_256"]),
        ("ML_DSA_87", &["ML_DSA_SHAKE_256"]),
    ] {
        let key = key(&scene, spec, "SIGN_VERIFY").await;
        let public = scene.ok("GetPublicKey", json!({"KeyId": key})).await;
        assert_eq!(public["SigningAlgorithms"], json!(algorithms), "{spec}");
        for algorithm in algorithms {
            signs(&scene, &key, algorithm).await;
        }
    }
}

async fn signs(scene: &Scene, key: &str, algorithm: &str) {
    let body = |message: &[u8]| json!({"KeyId": key, "Message": base64(message), "SigningAlgorithm": algorithm});
    let signed = scene.ok("Sign", body(b"message")).await;
    let with = |message: &[u8], signature: &Value| {
        let mut body = body(message);
        body["Signature"] = signature.clone();
        body
    };
    let verified = scene.ok("Verify", with(b"message", &signed["Signature"])).await;
    assert_eq!(
        verified,
        json!({"KeyId": key, "SignatureValid": true, "SigningAlgorithm": algorithm})
    );
    let wrong = refusal("KMSInvalidSignatureException", "");
    assert_eq!(scene.refused("Verify", with(b"other", &signed["Signature"])).await, wrong);
    let mut altered = bytes(&signed["Signature"]);
    *altered.last_mut().unwrap() ^= 1;
    let altered = json!(base64(&altered));
    assert_eq!(scene.refused("Verify", with(b"message", &altered)).await, wrong, "{algorithm}");

    let Some(of) = digest_of(algorithm) else { return };
    let mut by_digest = with(digest::digest(of, b"message").as_ref(), &signed["Signature"]);
    by_digest["MessageType"] = json!("DIGEST");
    scene.ok("Verify", by_digest.clone()).await;
    let again = scene.ok("Sign", by_digest.clone()).await;
    scene.ok("Verify", with(b"message", &again["Signature"])).await;
    by_digest["Message"] = json!(base64(b"too short"));
    assert_eq!(
        scene.refused("Sign", by_digest).await,
        refusal(
            "ValidationException",
            format!("Digest is invalid length for algorithm {algorithm}.")
        )
    );
}

fn digest_of(algorithm: &str) -> Option<&'static digest::Algorithm> {
    if algorithm.starts_with("ED") || algorithm.starts_with("ML") {
        return None;
    }
    match &algorithm[algorithm.len() - 3..] {
        "256" => Some(&digest::SHA256),
        "384" => Some(&digest::SHA384),
        _ => Some(&digest::SHA512),
    }
}

#[tokio::test]
async fn rsa_encrypts_as_much_as_fits() {
    let scene = Scene::new(1);
    let key = key(&scene, "RSA_2048", "ENCRYPT_DECRYPT").await;
    for (algorithm, most) in [("RSAES_OAEP_SHA_1", 214), ("RSAES_OAEP_SHA_256", 190)] {
        let body = |length: usize| {
            json!({
                "KeyId": key,
                "Plaintext": base64(&vec![7; length]),
                "EncryptionAlgorithm": algorithm,
            })
        };
        let sealed = scene.ok("Encrypt", body(most)).await;
        let blob = &sealed["CiphertextBlob"];
        let open = |algorithm: &str| json!({"KeyId": key, "CiphertextBlob": blob, "EncryptionAlgorithm": algorithm});
        let opened = scene.ok("Decrypt", open(algorithm)).await;
        assert_eq!(bytes(&opened["Plaintext"]), vec![7; most]);
        assert!(opened.get("KeyMaterialId").is_none());
        let other = if most == 214 { "RSAES_OAEP_SHA_256" } else { "RSAES_OAEP_SHA_1" };
        assert_eq!(
            scene.refused("Decrypt", open(other)).await,
            refusal("InvalidCiphertextException", "")
        );
        assert_eq!(
            scene.refused("Encrypt", body(most + 1)).await,
            refusal(
                "ValidationException",
                format!(
                    "Algorithm {algorithm} and key spec RSA_2048 cannot encrypt data larger than \
                     {most} bytes."
                )
            )
        );
    }
    let context = json!({
        "KeyId": key,
        "Plaintext": "eA==",
        "EncryptionAlgorithm": "RSAES_OAEP_SHA_256",
        "EncryptionContext": {"a": "b"},
    });
    assert_eq!(scene.refused("Encrypt", context).await, refusal("ValidationException", ""));
    assert_eq!(
        scene.refused("Encrypt", json!({"KeyId": key, "Plaintext": "eA=="})).await,
        refusal(
            "InvalidKeyUsageException",
            "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."
        )
    );
}

#[tokio::test]
async fn a_ciphertext_moves_between_keys_of_different_kinds() {
    let scene = Scene::new(1);
    let rsa = key(&scene, "RSA_2048", "ENCRYPT_DECRYPT").await;
    let symmetric = scene.key().await;
    let sealed = scene.ok("Encrypt", json!({"KeyId": symmetric, "Plaintext": "eA=="})).await;
    let moved = scene
        .ok(
            "ReEncrypt",
            json!({
                "CiphertextBlob": sealed["CiphertextBlob"],
                "DestinationKeyId": rsa,
                "DestinationEncryptionAlgorithm": "RSAES_OAEP_SHA_256",
            }),
        )
        .await;
    let back = scene
        .ok(
            "ReEncrypt",
            json!({
                "CiphertextBlob": moved["CiphertextBlob"],
                "SourceKeyId": rsa,
                "SourceEncryptionAlgorithm": "RSAES_OAEP_SHA_256",
                "DestinationKeyId": symmetric,
            }),
        )
        .await;
    let opened = scene.ok("Decrypt", json!({"CiphertextBlob": back["CiphertextBlob"]})).await;
    assert_eq!(bytes(&opened["Plaintext"]), b"x");
}

#[tokio::test]
async fn a_code_is_made_and_checked() {
    let scene = Scene::new(1);
    for bits in ["224", "256", "384", "512"] {
        let key = key(&scene, &format!("HMAC_{bits}"), "GENERATE_VERIFY_MAC").await;
        let algorithm = format!("HMAC_SHA_{bits}");
        let body = json!({"KeyId": key, "Message": base64(b"m"), "MacAlgorithm": algorithm});
        let made = scene.ok("GenerateMac", body.clone()).await;
        assert_eq!(bytes(&made["Mac"]).len() * 8, bits.parse::<usize>().unwrap());
        let mut check = body;
        check["Mac"] = made["Mac"].clone();
        let checked = scene.ok("VerifyMac", check.clone()).await;
        assert_eq!(checked, json!({"KeyId": key, "MacValid": true, "MacAlgorithm": algorithm}));
        check["Message"] = json!(base64(b"n"));
        assert_eq!(
            scene.refused("VerifyMac", check.clone()).await,
            refusal("KMSInvalidMacException", "")
        );
        let other = if bits == "256" { "HMAC_SHA_512" } else { "HMAC_SHA_256" };
        check["MacAlgorithm"] = json!(other);
        assert_eq!(
            scene.refused("VerifyMac", check).await,
            refusal(
                "InvalidKeyUsageException",
                format!("Algorithm {other} is incompatible with key spec HMAC_{bits}.")
            )
        );
    }
}

#[tokio::test]
async fn two_keys_agree_on_one_secret() {
    let scene = Scene::new(1);
    for spec in ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"] {
        let (one, other) =
            (key(&scene, spec, "KEY_AGREEMENT").await, key(&scene, spec, "KEY_AGREEMENT").await);
        let mut secrets = Vec::new();
        for (own, of) in [(&one, &other), (&other, &one)] {
            let public = scene.ok("GetPublicKey", json!({"KeyId": of})).await;
            assert_eq!(public["KeyAgreementAlgorithms"], json!(["ECDH"]));
            let body = json!({
                "KeyId": own,
                "KeyAgreementAlgorithm": "ECDH",
                "PublicKey": public["PublicKey"],
            });
            let agreed = scene.ok("DeriveSharedSecret", body).await;
            assert_eq!(agreed["KeyOrigin"], "AWS_KMS");
            secrets.push(bytes(&agreed["SharedSecret"]));
        }
        assert_eq!(secrets[0], secrets[1], "{spec}");
        let body = json!({"KeyId": one, "KeyAgreementAlgorithm": "ECDH", "PublicKey": "eA=="});
        assert_eq!(scene.refused("DeriveSharedSecret", body).await.0, "ValidationException");
    }
}

#[tokio::test]
async fn a_data_key_pair_is_given_in_clear_and_sealed() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    for spec in
        ["RSA_2048", "ECC_NIST_P256", "ECC_NIST_P521", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"]
    {
        let body = json!({"KeyId": key, "KeyPairSpec": spec, "EncryptionContext": {"a": "b"}});
        let made = scene.ok("GenerateDataKeyPair", body.clone()).await;
        let open = json!({
            "CiphertextBlob": made["PrivateKeyCiphertextBlob"],
            "EncryptionContext": {"a": "b"},
        });
        let opened = scene.ok("Decrypt", open).await;
        assert_eq!(opened["Plaintext"], made["PrivateKeyPlaintext"]);
        assert!(bytes(&made["PublicKey"]).starts_with(&[0x30]));
        let sealed = scene.ok("GenerateDataKeyPairWithoutPlaintext", body).await;
        assert!(sealed.get("PrivateKeyPlaintext").is_none());
    }
}

#[tokio::test]
async fn a_key_does_only_what_it_is_for() {
    let scene = Scene::new(1);
    let symmetric = scene.key().await;
    let signing = key(&scene, "ECC_NIST_P256", "SIGN_VERIFY").await;
    let mac = key(&scene, "HMAC_256", "GENERATE_VERIFY_MAC").await;
    let sign =
        |key: &str| json!({"KeyId": key, "Message": "eA==", "SigningAlgorithm": "ECDSA_SHA_256"});
    let usage = |key: &str, usage: &str, operation: &str| {
        refusal(
            "InvalidKeyUsageException",
            format!("{key} key usage is {usage} which is not valid for {operation}."),
        )
    };
    assert_eq!(
        scene.refused("Encrypt", json!({"KeyId": signing, "Plaintext": "eA=="})).await,
        usage(&signing, "SIGN_VERIFY", "Encrypt")
    );
    assert_eq!(
        scene.refused("GenerateDataKey", json!({"KeyId": mac, "KeySpec": "AES_256"})).await,
        usage(&mac, "GENERATE_VERIFY_MAC", "GenerateDataKey")
    );
    assert_eq!(scene.refused("Sign", sign(&mac)).await, usage(&mac, "GENERATE_VERIFY_MAC", "Sign"));
    assert_eq!(
        scene.refused("Sign", sign(&symmetric)).await,
        usage(&symmetric, "ENCRYPT_DECRYPT", "Sign")
    );
    assert_eq!(
        scene.refused("Decrypt", json!({"KeyId": signing, "CiphertextBlob": "eA=="})).await,
        refusal(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation."
        )
    );
    assert_eq!(
        scene.refused("GetPublicKey", json!({"KeyId": symmetric})).await,
        refusal("UnsupportedOperationException", "")
    );
    assert_eq!(
        scene.refused("CreateKey", json!({"KeySpec": "SM2", "KeyUsage": "SIGN_VERIFY"})).await,
        refusal("UnsupportedOperationException", "KeySpec SM2 is not supported.")
    );
}

#[tokio::test]
async fn signing_leaves_neither_message_nor_signature_on_record() {
    let scene = Scene::new(1);
    let key = key(&scene, "ECC_NIST_P256", "SIGN_VERIFY").await;
    scene.stage.tape.clear();
    let message = base64(b"hunter2hunter2");
    let body = json!({"KeyId": key, "Message": message, "SigningAlgorithm": "ECDSA_SHA_256"});
    scene.ok("Sign", body).await;
    assert!(!scene.stage.tape.text().contains(&message));
}

#[tokio::test]
async fn a_secret_goes_through_its_capsule() {
    let scene = Scene::new(1);
    for spec in ["ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"] {
        let key = key(&scene, spec, "ENCAPSULATE_DECAPSULATE").await;
        let body = json!({"KeyId": key, "EncapsulationAlgorithm": "ML_KEM"});
        let made = scene.ok("Encapsulate", body.clone()).await;
        let mut open = body;
        open["SharedSecretCiphertextBlob"] = made["SharedSecretCiphertextBlob"].clone();
        let opened = scene.ok("Decapsulate", open.clone()).await;
        assert_eq!(opened["SharedSecret"], made["SharedSecret"], "{spec}");
        assert_eq!(bytes(&opened["SharedSecret"]).len(), 32);
        open["SharedSecretCiphertextBlob"] = json!("eA==");
        assert_eq!(
            scene.refused("Decapsulate", open).await,
            refusal("InvalidCiphertextException", "")
        );
        let public = scene.ok("GetPublicKey", json!({"KeyId": key})).await;
        assert_eq!(public["EncapsulationAlgorithms"], json!(["ML_KEM"]));
    }
}
