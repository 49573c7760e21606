//! Grants: what they give, and how they end.

use serde_json::{Value, json};
use strongroom_api::Caller;
use strongroom_testkit::{allowed_only, nobody, user};

use crate::{Scene, base64, bytes, refusal};

const NOBODY: &str = "arn:aws:iam::123456789012:user/nobody";
const CLERK: &str = "arn:aws:iam::123456789012:user/clerk";

fn named(scene: &Scene, name: &str) -> Scene {
    let harmless = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    scene.as_caller(user("123456789012", name, harmless))
}

async fn grant(scene: &Scene, key: &str, more: Value) -> Value {
    let mut body =
        json!({"KeyId": key, "GranteePrincipal": NOBODY, "Operations": ["Encrypt", "Decrypt"]});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    scene.ok("CreateGrant", body).await
}

#[tokio::test]
async fn a_grantee_does_what_the_grant_says_and_nothing_else_until_it_is_revoked() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let grantee = scene.as_caller(nobody("123456789012"));
    let body = json!({"KeyId": key, "Plaintext": base64(b"x")});
    assert_eq!(grantee.refused("Encrypt", body.clone()).await.0, "AccessDeniedException");
    let made = grant(&scene, &key, json!({})).await;
    assert_eq!(made["GrantId"].as_str().unwrap().len(), 64);
    let sealed = grantee.ok("Encrypt", body.clone()).await;
    let opened = grantee.ok("Decrypt", json!({"CiphertextBlob": sealed["CiphertextBlob"]})).await;
    assert_eq!(bytes(&opened["Plaintext"]), b"x");
    let other = json!({"KeyId": key, "KeySpec": "AES_256"});
    assert_eq!(grantee.refused("GenerateDataKey", other).await.0, "AccessDeniedException");
    assert_eq!(
        named(&scene, "other").refused("Encrypt", body.clone()).await.0,
        "AccessDeniedException"
    );
    scene.ok("RevokeGrant", json!({"KeyId": key, "GrantId": made["GrantId"]})).await;
    assert_eq!(grantee.refused("Encrypt", body).await.0, "AccessDeniedException");
    assert_eq!(scene.ok("ListGrants", json!({"KeyId": key})).await["Grants"], json!([]));
}

#[tokio::test]
async fn a_grant_may_ask_for_an_encryption_context() {
    let scene = Scene::new(1);
    let grantee = scene.as_caller(nobody("123456789012"));
    let allows = |kind: &str, context: Value| {
        let (scene, grantee, kind) = (scene.clone(), grantee.clone(), kind.to_owned());
        async move {
            let key = scene.key().await;
            grant(&scene, &key, json!({"Constraints": {kind: {"a": "1"}}})).await;
            let body = json!({"KeyId": key, "Plaintext": "eA==", "EncryptionContext": context});
            grantee.call("Encrypt", body).await.is_ok()
        }
    };
    assert!(allows("EncryptionContextEquals", json!({"a": "1"})).await);
    assert!(!allows("EncryptionContextEquals", json!({"a": "1", "b": "2"})).await);
    assert!(allows("EncryptionContextSubset", json!({"a": "1", "b": "2"})).await);
    for kind in ["EncryptionContextEquals", "EncryptionContextSubset"] {
        assert!(!allows(kind, json!({})).await);
        assert!(!allows(kind, json!({"a": "2"})).await);
        assert!(!allows(kind, json!({"A": "1"})).await);
    }
}

#[tokio::test]
async fn an_explicit_deny_beats_a_grant() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    grant(&scene, &key, json!({"GranteePrincipal": CLERK})).await;
    let body = json!({"KeyId": key, "Plaintext": "eA=="});
    let denies = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"kms:*","Resource":"*"}]}"#;
    let denied = scene.as_caller(user("123456789012", "clerk", denies));
    assert_eq!(denied.refused("Encrypt", body.clone()).await.0, "AccessDeniedException");
    named(&scene, "clerk").ok("Encrypt", body).await;
}

#[tokio::test]
async fn a_named_grant_is_made_only_once() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let first = grant(&scene, &key, json!({"Name": "reader"})).await;
    let again = grant(&scene, &key, json!({"Name": "reader"})).await;
    let other = grant(&scene, &key, json!({"Name": "reader", "Operations": ["Decrypt"]})).await;
    assert_eq!(first["GrantId"], again["GrantId"]);
    assert_ne!(first["GrantId"], other["GrantId"]);
    let unnamed = [grant(&scene, &key, json!({})).await, grant(&scene, &key, json!({})).await];
    assert_ne!(unnamed[0]["GrantId"], unnamed[1]["GrantId"]);
}

#[tokio::test]
async fn grants_are_listed_with_everything_they_say() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let constraints = json!({"EncryptionContextSubset": {"a": "1"}});
    let made = grant(
        &scene,
        &key,
        json!({"Name": "reader", "RetiringPrincipal": CLERK, "Constraints": constraints}),
    )
    .await;
    let entry = json!({
        "KeyId": key,
        "GrantId": made["GrantId"],
        "Name": "reader",
        "CreationDate": 1_769_854_830,
        "GranteePrincipal": NOBODY,
        "RetiringPrincipal": CLERK,
        "IssuingAccount": "arn:aws:iam::123456789012:root",
        "Operations": ["Encrypt", "Decrypt"],
        "Constraints": constraints,
    });
    let list = json!({"Grants": [entry], "Truncated": false});
    assert_eq!(scene.ok("ListGrants", json!({"KeyId": key})).await, list);
    let body = json!({"RetiringPrincipal": CLERK});
    assert_eq!(scene.ok("ListRetirableGrants", body).await, list);
    // One name is the beginning of the other.
    let body = json!({"RetiringPrincipal": "arn:aws:iam::123456789012:user/cler"});
    assert_eq!(scene.ok("ListRetirableGrants", body).await["Grants"], json!([]));
    for n in 0..4 {
        grant(&scene, &key, json!({"Name": n.to_string()})).await;
    }
    let (mut seen, mut body) = (0, json!({"KeyId": key, "Limit": 2}));
    loop {
        let page = scene.ok("ListGrants", body.clone()).await;
        seen += page["Grants"].as_array().unwrap().len();
        match page["NextMarker"].as_str() {
            Some(marker) => body["Marker"] = json!(marker),
            None => break,
        }
    }
    assert_eq!(seen, 5);
}

#[tokio::test]
async fn a_grant_is_retired_by_whom_it_names_for_that() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let made = grant(&scene, &key, json!({"RetiringPrincipal": CLERK})).await;
    let body = json!({"GrantToken": made["GrantToken"]});
    for stranger in [named(&scene, "other"), scene.as_caller(nobody("123456789012"))] {
        assert_eq!(stranger.refused("RetireGrant", body.clone()).await.0, "AccessDeniedException");
    }
    let mut dry = body.clone();
    dry["DryRun"] = json!(true);
    let clerk = named(&scene, "clerk");
    assert_eq!(clerk.refused("RetireGrant", dry).await.0, "DryRunOperationException");
    clerk.ok("RetireGrant", body).await;
    assert_eq!(scene.ok("ListGrants", json!({"KeyId": key})).await["Grants"], json!([]));
}

#[tokio::test]
async fn a_grantee_retires_its_own_grant_and_no_other() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let own = grant(&scene, &key, json!({"Operations": ["Decrypt", "RetireGrant"]})).await;
    let other = grant(&scene, &key, json!({"GranteePrincipal": CLERK})).await;
    let grantee = scene.as_caller(nobody("123456789012"));
    let body = json!({"KeyId": key, "GrantId": other["GrantId"]});
    assert_eq!(grantee.refused("RetireGrant", body).await.0, "AccessDeniedException");
    grantee.ok("RetireGrant", json!({"KeyId": key, "GrantId": own["GrantId"]})).await;
    assert_eq!(
        scene.refused("RetireGrant", json!({})).await,
        refusal("ValidationException", "Grant token OR (grant ID, key ID) must be specified")
    );
    assert_eq!(
        scene.refused("RetireGrant", json!({"GrantToken": "x"})).await.0,
        "InvalidGrantTokenException"
    );
}

#[tokio::test]
async fn a_grant_to_create_grants_hands_on_no_more_than_it_gives() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    grant(
        &scene,
        &key,
        json!({
            "Operations": ["Decrypt", "CreateGrant"],
            "Constraints": {"EncryptionContextSubset": {"a": "1"}},
        }),
    )
    .await;
    let grantee = scene.as_caller(nobody("123456789012"));
    let hand_on = |operations: Value, constraints: Value| {
        json!({
            "KeyId": key,
            "GranteePrincipal": CLERK,
            "Operations": operations,
            "Constraints": constraints,
        })
    };
    let narrow = json!({"EncryptionContextSubset": {"a": "1", "b": "2"}});
    grantee.ok("CreateGrant", hand_on(json!(["Decrypt"]), narrow.clone())).await;
    for (operations, constraints) in [
        (json!(["Encrypt"]), narrow.clone()),
        (json!(["Decrypt", "Encrypt"]), narrow),
        (json!(["Decrypt"]), json!({})),
        (json!(["Decrypt"]), json!({"EncryptionContextSubset": {"b": "2"}})),
    ] {
        let body = hand_on(operations, constraints);
        assert_eq!(grantee.refused("CreateGrant", body).await.0, "AccessDeniedException");
    }
}

#[tokio::test]
async fn another_account_needs_its_own_permission_beside_a_grant() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let outside = "arn:aws:iam::222233334444:user/clerk";
    grant(&scene, &key, json!({"GranteePrincipal": outside})).await;
    let body = json!({"KeyId": key, "Plaintext": "eA=="});
    scene
        .as_caller(allowed_only("222233334444", &["kms:Encrypt"]))
        .ok("Encrypt", body.clone())
        .await;
    let without = scene.as_caller(allowed_only("222233334444", &["kms:Decrypt"]));
    assert_eq!(without.refused("Encrypt", body).await.0, "AccessDeniedException");
}

#[tokio::test]
async fn a_grant_must_make_sense() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let with = |name: &str, value: Value| {
        let mut body =
            json!({"KeyId": key, "GranteePrincipal": NOBODY, "Operations": ["DescribeKey"]});
        body[name] = value;
        body
    };
    for (body, code) in [
        (with("GranteePrincipal", json!("anna")), "InvalidArnException"),
        (with("RetiringPrincipal", json!("anna")), "InvalidArnException"),
        (with("Operations", json!(["Sign"])), "ValidationException"),
        (with("Operations", json!(["Delete"])), "ValidationException"),
        (
            with("Constraints", json!({"EncryptionContextEquals": {"a": "1"}})),
            "ValidationException",
        ),
        (with("DryRun", json!(true)), "DryRunOperationException"),
    ] {
        let shown = body.to_string();
        assert_eq!(scene.refused("CreateGrant", body).await.0, code, "{shown}");
    }
    assert_eq!(scene.ok("ListGrants", json!({"KeyId": key})).await["Grants"], json!([]));
    assert_eq!(
        scene.refused("RevokeGrant", json!({"KeyId": key, "GrantId": "x"})).await,
        refusal("NotFoundException", "Grant x not found")
    );
}

#[tokio::test]
async fn policies_see_what_a_grant_would_give() {
    let scene = Scene::new(1);
    for (condition, allowed) in [
        (
            json!({"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt", "Encrypt"]}}),
            true,
        ),
        (json!({"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]}}), false),
        (json!({"StringEquals": {"kms:GranteePrincipal": NOBODY}}), true),
        (json!({"StringEquals": {"kms:GrantConstraintType": "EncryptionContextEquals"}}), true),
        (json!({"StringEquals": {"kms:EncryptionContext:a": "1"}}), true),
        (json!({"Bool": {"kms:GrantIsForAWSResource": "true"}}), false),
        (json!({"Bool": {"kms:GrantIsForAWSResource": "false"}}), true),
    ] {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "kms:*", "Resource": "*",
             "Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
            {"Effect": "Allow", "Action": "kms:CreateGrant", "Resource": "*",
             "Principal": {"AWS": CLERK}, "Condition": condition},
        ]});
        let key = scene.create_key(json!({"Policy": policy.to_string()})).await;
        let body = json!({
            "KeyId": key,
            "GranteePrincipal": NOBODY,
            "Operations": ["Encrypt", "Decrypt"],
            "Constraints": {"EncryptionContextEquals": {"a": "1"}},
        });
        let outcome = named(&scene, "clerk").call("CreateGrant", body).await;
        assert_eq!(outcome.is_ok(), allowed, "{condition}");
    }
}

#[tokio::test]
async fn a_grant_for_a_service_may_be_bound_to_a_resource() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let source = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db";
    let body = json!({
        "KeyId": key,
        "GranteeServicePrincipal": "secretsmanager.amazonaws.com",
        "Operations": ["Encrypt"],
        "Constraints": {"SourceArn": source},
    });
    scene.ok("CreateGrant", body.clone()).await;
    let listed = scene.ok("ListGrants", json!({"KeyId": key})).await;
    let listed = &listed["Grants"][0];
    assert_eq!(listed["GranteeServicePrincipal"], "secretsmanager.amazonaws.com");
    assert!(listed.get("GranteePrincipal").is_none());
    for (of, allowed) in [(Some(source), true), (Some("arn:aws:sns:x"), false), (None, false)] {
        let mut service = Caller::service("123456789012", "secretsmanager.amazonaws.com");
        service.details.source = of.map(|arn| (arn.to_owned(), "123456789012".to_owned()));
        let service = scene.as_caller(service);
        let outcome = service.call("Encrypt", json!({"KeyId": key, "Plaintext": "eA=="})).await;
        assert_eq!(outcome.is_ok(), allowed, "{of:?}");
    }
    let mut two = body;
    two["GranteePrincipal"] = json!(NOBODY);
    assert_eq!(scene.refused("CreateGrant", two).await.0, "ValidationException");
}
