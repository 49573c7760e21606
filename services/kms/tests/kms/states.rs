//! What may be done with a key in each of its states: AWS's table, row by row.

use serde_json::{Value, json};

use crate::Scene;

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Enabled,
    Disabled,
    PendingDeletion,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Works,
    Disabled,
    Pending,
    NotPending,
}

use Outcome::{Disabled as D, NotPending as N, Pending as P, Works as W};

/// Operation, what it needs beside the key, and the outcome for Enabled, Disabled, PendingDeletion.
fn table() -> Vec<(&'static str, Value, [Outcome; 3])> {
    let grantee = "arn:aws:iam::123456789012:user/anna";
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"}]}"#;
    vec![
        ("Encrypt", json!({"Plaintext": "eA=="}), [W, D, P]),
        ("Decrypt", json!({"CiphertextBlob": "$BLOB"}), [W, D, P]),
        ("GenerateDataKey", json!({"KeySpec": "AES_256"}), [W, D, P]),
        ("GenerateDataKeyWithoutPlaintext", json!({"KeySpec": "AES_256"}), [W, D, P]),
        ("ReEncrypt", json!({"CiphertextBlob": "$BLOB", "DestinationKeyId": "$KEY"}), [W, D, P]),
        ("CreateGrant", json!({"GranteePrincipal": grantee, "Operations": ["Decrypt"]}), [W, D, P]),
        ("DescribeKey", json!({}), [W, W, W]),
        ("GetKeyPolicy", json!({}), [W, W, W]),
        ("PutKeyPolicy", json!({"Policy": policy}), [W, W, W]),
        ("ListKeyPolicies", json!({}), [W, W, W]),
        ("ListGrants", json!({}), [W, W, W]),
        ("ListAliases", json!({}), [W, W, W]),
        ("ListResourceTags", json!({}), [W, W, W]),
        ("ListKeyRotations", json!({}), [W, W, W]),
        ("RevokeGrant", json!({"GrantId": "$GRANT"}), [W, W, W]),
        ("RetireGrant", json!({"GrantId": "$GRANT"}), [W, W, W]),
        ("DeleteAlias", json!({"AliasName": "alias/old"}), [W, W, W]),
        ("CreateAlias", json!({"AliasName": "alias/new", "TargetKeyId": "$KEY"}), [W, W, P]),
        ("UpdateAlias", json!({"AliasName": "alias/other", "TargetKeyId": "$KEY"}), [W, W, P]),
        ("TagResource", json!({"Tags": [{"TagKey": "a", "TagValue": "b"}]}), [W, W, P]),
        ("UntagResource", json!({"TagKeys": ["a"]}), [W, W, P]),
        ("UpdateKeyDescription", json!({"Description": "d"}), [W, W, P]),
        ("EnableKey", json!({}), [W, W, P]),
        ("DisableKey", json!({}), [W, W, P]),
        ("ScheduleKeyDeletion", json!({}), [W, W, P]),
        ("CancelKeyDeletion", json!({}), [N, N, W]),
        ("EnableKeyRotation", json!({}), [W, D, P]),
        ("DisableKeyRotation", json!({}), [W, D, P]),
        ("GetKeyRotationStatus", json!({}), [W, W, W]),
        ("RotateKeyOnDemand", json!({}), [W, D, P]),
    ]
}

#[tokio::test]
async fn every_operation_follows_the_table_of_states() {
    for (operation, body, outcomes) in table() {
        let states = [State::Enabled, State::Disabled, State::PendingDeletion];
        for (state, expected) in states.into_iter().zip(outcomes) {
            let found = outcome(operation, &body, state).await;
            assert_eq!(found, expected, "{operation} on a key that is {state:?}");
        }
    }
}

async fn outcome(operation: &str, body: &Value, state: State) -> Outcome {
    let scene = Scene::new(1);
    let (key, other) = (scene.key().await, scene.key().await);
    let sealed = scene.ok("Encrypt", json!({"KeyId": key, "Plaintext": "eA=="})).await;
    scene.ok("CreateAlias", json!({"AliasName": "alias/old", "TargetKeyId": key})).await;
    scene.ok("CreateAlias", json!({"AliasName": "alias/other", "TargetKeyId": other})).await;
    let grantee = "arn:aws:iam::123456789012:user/anna";
    let grant = json!({"KeyId": key, "GranteePrincipal": grantee, "Operations": ["Decrypt"]});
    let grant = scene.ok("CreateGrant", grant).await;
    match state {
        State::Enabled => Value::Null,
        State::Disabled => scene.ok("DisableKey", json!({"KeyId": key})).await,
        State::PendingDeletion => scene.ok("ScheduleKeyDeletion", json!({"KeyId": key})).await,
    };
    let mut text = body.to_string();
    text = text.replace("$BLOB", sealed["CiphertextBlob"].as_str().unwrap());
    text = text.replace("$GRANT", grant["GrantId"].as_str().unwrap());
    let mut body: Value = serde_json::from_str(&text.replace("$KEY", &key)).unwrap();
    let names_no_key = ["CreateAlias", "UpdateAlias", "DeleteAlias"].contains(&operation);
    if operation == "ReEncrypt" {
        body["SourceKeyId"] = json!(key);
    } else if !names_no_key {
        body["KeyId"] = json!(key);
    }
    match scene.call(operation, body).await {
        Ok(_) => Outcome::Works,
        Err(refusal) => match refusal.message.strip_prefix(&format!("{key} is ")) {
            Some("disabled.") if refusal.code == "DisabledException" => Outcome::Disabled,
            Some("pending deletion.") if refusal.code == "KMSInvalidStateException" => {
                Outcome::Pending
            }
            Some("not pending deletion.") if refusal.code == "KMSInvalidStateException" => {
                Outcome::NotPending
            }
            _ => panic!("{operation}: {refusal:?}"),
        },
    }
}

/// Operation, what it needs beside the key, and whether it works while the key waits for its material.
fn pending_import() -> Vec<(&'static str, Value, Option<&'static str>)> {
    let pending = Some("KMSInvalidStateException");
    let grantee = "arn:aws:iam::123456789012:user/anna";
    vec![
        ("Encrypt", json!({"Plaintext": "eA=="}), pending),
        ("GenerateDataKey", json!({"KeySpec": "AES_256"}), pending),
        ("CreateGrant", json!({"GranteePrincipal": grantee, "Operations": ["Decrypt"]}), pending),
        ("EnableKey", json!({}), pending),
        ("DisableKey", json!({}), pending),
        ("CancelKeyDeletion", json!({}), pending),
        ("EnableKeyRotation", json!({}), Some("UnsupportedOperationException")),
        ("DescribeKey", json!({}), None),
        ("GetKeyPolicy", json!({}), None),
        ("ListGrants", json!({}), None),
        ("TagResource", json!({"Tags": [{"TagKey": "a", "TagValue": "b"}]}), None),
        ("UpdateKeyDescription", json!({"Description": "d"}), None),
        ("CreateAlias", json!({"AliasName": "alias/new", "TargetKeyId": "$KEY"}), None),
        (
            "GetParametersForImport",
            json!({"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}),
            None,
        ),
        ("DeleteImportedKeyMaterial", json!({}), None),
        ("ScheduleKeyDeletion", json!({}), None),
    ]
}

#[tokio::test]
async fn a_key_that_waits_for_its_material_is_looked_at_but_not_used() {
    for (operation, body, code) in pending_import() {
        let scene = Scene::new(1);
        let key = scene.create_key(json!({"Origin": "EXTERNAL"})).await;
        let text = body.to_string().replace("$KEY", &key);
        let mut body: Value = serde_json::from_str(&text).unwrap();
        if operation != "CreateAlias" {
            body["KeyId"] = json!(key);
        }
        let refused = scene.call(operation, body).await.err().map(|refusal| refusal.code);
        assert_eq!(refused.as_deref(), code, "{operation}");
    }
}

#[tokio::test]
async fn keys_of_every_kind_rest_while_they_are_disabled() {
    let signed = json!({"Message": "eA==", "SigningAlgorithm": "ECDSA_SHA_256"});
    let mac = json!({"Message": "eA==", "MacAlgorithm": "HMAC_SHA_256"});
    let with = |mut body: Value, name: &str| {
        body[name] = json!("eA==");
        body
    };
    for (spec, usage, operation, body) in [
        ("ECC_NIST_P256", "SIGN_VERIFY", "Sign", signed.clone()),
        ("ECC_NIST_P256", "SIGN_VERIFY", "Verify", with(signed, "Signature")),
        ("ECC_NIST_P256", "SIGN_VERIFY", "GetPublicKey", json!({})),
        ("HMAC_256", "GENERATE_VERIFY_MAC", "GenerateMac", mac.clone()),
        ("HMAC_256", "GENERATE_VERIFY_MAC", "VerifyMac", with(mac, "Mac")),
        (
            "ECC_NIST_P256",
            "KEY_AGREEMENT",
            "DeriveSharedSecret",
            json!({"KeyAgreementAlgorithm": "ECDH", "PublicKey": "eA=="}),
        ),
        (
            "ML_KEM_512",
            "ENCAPSULATE_DECAPSULATE",
            "Encapsulate",
            json!({"EncapsulationAlgorithm": "ML_KEM"}),
        ),
    ] {
        let scene = Scene::new(1);
        let key = scene.create_key(json!({"KeySpec": spec, "KeyUsage": usage})).await;
        scene.ok("DisableKey", json!({"KeyId": key})).await;
        let mut body = body;
        body["KeyId"] = json!(key);
        let (code, message) = scene.refused(operation, body).await;
        assert_eq!((code.as_str(), message), ("DisabledException", format!("{key} is disabled.")));
    }
}
