//! Who may do what with a key.

use serde_json::{Value, json};
use strongroom_testkit::{allowed_only, nobody, user};

use crate::{Scene, base64, bytes, refusal};

const USER: &str = "arn:aws:iam::123456789012:user/nobody";

fn statement(principal: &str, action: &str, condition: Value) -> Value {
    json!({
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": action,
        "Resource": "*",
        "Condition": condition,
    })
}

fn document(statements: Vec<Value>) -> String {
    let mut all = vec![statement("arn:aws:iam::123456789012:root", "kms:*", json!({}))];
    all.extend(statements);
    json!({"Version": "2012-10-17", "Statement": all}).to_string()
}

#[tokio::test]
async fn a_new_key_leaves_everything_to_iam() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let shown = scene.ok("GetKeyPolicy", json!({"KeyId": key})).await;
    assert_eq!(shown["PolicyName"], "default");
    let policy: Value = serde_json::from_str(shown["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(
        policy,
        json!({
            "Version": "2012-10-17",
            "Id": "key-default-1",
            "Statement": [{
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "kms:*",
                "Resource": "*",
            }],
        })
    );
    let body = json!({"KeyId": key, "Plaintext": base64(b"x")});
    let clerk = scene.as_caller(allowed_only("123456789012", &["kms:Encrypt"]));
    clerk.ok("Encrypt", body.clone()).await;
    let denied = scene.as_caller(nobody("123456789012"));
    assert_eq!(
        denied.refused("Encrypt", body).await,
        refusal(
            "AccessDeniedException",
            format!(
                "User: {USER} is not authorized to perform: kms:Encrypt on resource: {key} because \
                 no identity-based policy allows the kms:Encrypt action"
            )
        )
    );
}

#[tokio::test]
async fn a_key_policy_may_name_a_user_and_bind_it_to_a_context() {
    let scene = Scene::new(1);
    let condition = json!({"StringEquals": {"kms:EncryptionContext:tenant": "blue"}});
    let policy = document(vec![statement(USER, "kms:*crypt", condition)]);
    let key = scene.create_key(json!({"Policy": policy})).await;
    let named = scene.as_caller(nobody("123456789012"));
    let body = |tenant: &str| json!({"KeyId": key, "Plaintext": "eA==", "EncryptionContext": {"Tenant": tenant}});
    let sealed = named.ok("Encrypt", body("blue")).await;
    assert_eq!(named.refused("Encrypt", body("red")).await.0, "AccessDeniedException");
    let opened = named
        .ok(
            "Decrypt",
            json!({"CiphertextBlob": sealed["CiphertextBlob"], "EncryptionContext": {"Tenant": "blue"}}),
        )
        .await;
    assert_eq!(bytes(&opened["Plaintext"]), b"x");
}

#[tokio::test]
async fn without_the_key_policy_iam_gives_nothing() {
    let scene = Scene::new(1);
    let admin = user(
        "123456789012",
        "admin",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#,
    );
    let policy = json!({"Version": "2012-10-17", "Statement": [
        statement("arn:aws:iam::123456789012:user/admin", "kms:*", json!({})),
    ]});
    let admin = scene.as_caller(admin);
    let key = admin.create_key(json!({"Policy": policy.to_string()})).await;
    admin.ok("DescribeKey", json!({"KeyId": key})).await;
    // Not even for root.
    assert_eq!(
        scene.refused("DescribeKey", json!({"KeyId": key})).await,
        refusal(
            "AccessDeniedException",
            format!(
                "User: arn:aws:iam::123456789012:root is not authorized to perform: kms:DescribeKey \
                 on resource: {key} because no resource-based policy allows the kms:DescribeKey action"
            )
        )
    );
}

#[tokio::test]
async fn a_policy_must_not_lock_its_author_out() {
    let scene = Scene::new(1);
    let policy = json!({"Version": "2012-10-17", "Statement": [
        statement(USER, "kms:*", json!({})),
    ]})
    .to_string();
    let lockout = refusal(
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    );
    assert_eq!(scene.refused("CreateKey", json!({"Policy": policy})).await, lockout);
    let key = scene.key().await;
    let mut body = json!({"KeyId": key, "Policy": policy, "PolicyName": "default"});
    assert_eq!(scene.refused("PutKeyPolicy", body.clone()).await, lockout);
    body["BypassPolicyLockoutSafetyCheck"] = json!(true);
    scene.ok("PutKeyPolicy", body).await;
    assert_eq!(
        scene.refused("GetKeyPolicy", json!({"KeyId": key})).await.0,
        "AccessDeniedException"
    );
}

#[tokio::test]
async fn another_account_needs_both_sides() {
    let scene = Scene::new(1);
    let outside = statement("arn:aws:iam::222233334444:root", "kms:Encrypt", json!({}));
    let open = scene.create_key(json!({"Policy": document(vec![outside])})).await;
    let closed = scene.key().await;
    let stranger = scene.as_caller(allowed_only("222233334444", &["kms:Encrypt"]));
    stranger.ok("Encrypt", json!({"KeyId": open, "Plaintext": "eA=="})).await;
    let unallowed = scene.as_caller(nobody("222233334444"));
    let body = json!({"KeyId": open, "Plaintext": "eA=="});
    assert_eq!(unallowed.refused("Encrypt", body).await.0, "AccessDeniedException");
    // A key that is closed and one that does not exist look the same.
    let missing = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let of_closed =
        stranger.refused("Encrypt", json!({"KeyId": closed, "Plaintext": "eA=="})).await;
    let of_missing =
        stranger.refused("Encrypt", json!({"KeyId": missing, "Plaintext": "eA=="})).await;
    assert_eq!(of_closed.1.replace(&closed, "K"), of_missing.1.replace(missing, "K"));
    assert!(
        of_closed.1.ends_with("because no resource-based policy allows the kms:Encrypt action")
    );
}

#[tokio::test]
async fn policies_see_what_the_key_is_and_how_it_was_named() {
    let scene = Scene::new(1);
    for (condition, allowed) in [
        (json!({"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}}), true),
        (json!({"StringEquals": {"kms:KeyUsage": "SIGN_VERIFY"}}), false),
        (json!({"StringEquals": {"kms:KeyOrigin": "AWS_KMS"}}), true),
        (json!({"StringEquals": {"kms:RequestAlias": "alias/pay"}}), true),
        (json!({"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/p*"}}), true),
        (json!({"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/other"}}), false),
        (json!({"StringEquals": {"kms:CallerAccount": "123456789012"}}), true),
        (
            json!({"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}),
            false,
        ),
        (json!({"StringEquals": {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}}), true),
        (json!({"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["a", "b"]}}), true),
        (json!({"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": ["b"]}}), false),
        (json!({"StringEquals": {"aws:ResourceTag/team": "pay"}}), true),
    ] {
        let policy = document(vec![statement(USER, "kms:Encrypt", condition.clone())]);
        let tags = json!([{"TagKey": "team", "TagValue": "pay"}]);
        let key = scene.create_key(json!({"Policy": policy, "Tags": tags})).await;
        scene.ok("CreateAlias", json!({"AliasName": "alias/pay", "TargetKeyId": key})).await;
        let named = scene.as_caller(nobody("123456789012"));
        let body =
            json!({"KeyId": "alias/pay", "Plaintext": "eA==", "EncryptionContext": {"a": "1"}});
        assert_eq!(named.call("Encrypt", body).await.is_ok(), allowed, "{condition}");
        scene.ok("DeleteAlias", json!({"AliasName": "alias/pay"})).await;
    }
}

#[tokio::test]
async fn re_encrypting_needs_a_permission_on_each_key() {
    let scene = Scene::new(1);
    let from = document(vec![statement(USER, "kms:ReEncryptFrom", json!({}))]);
    let same = json!({"Bool": {"kms:ReEncryptOnSameKey": "false"}});
    let to = document(vec![statement(USER, "kms:ReEncryptTo", same)]);
    let first = scene.create_key(json!({"Policy": from})).await;
    let second = scene.create_key(json!({"Policy": to})).await;
    let sealed = scene.ok("Encrypt", json!({"KeyId": first, "Plaintext": "eA=="})).await;
    let blob = &sealed["CiphertextBlob"];
    let named = scene.as_caller(nobody("123456789012"));
    named.ok("ReEncrypt", json!({"CiphertextBlob": blob, "DestinationKeyId": second})).await;
    let (code, message) = named
        .refused("ReEncrypt", json!({"CiphertextBlob": blob, "DestinationKeyId": first}))
        .await;
    assert_eq!(code, "AccessDeniedException");
    assert!(message.contains("kms:ReEncryptTo"), "{message}");
}

#[tokio::test]
async fn an_alias_needs_a_permission_on_itself_and_its_key() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let only = |resource: &str| {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "kms:CreateAlias", "Resource": resource},
        ]});
        scene.as_caller(user("123456789012", "clerk", &policy.to_string()))
    };
    let body = json!({"AliasName": "alias/pay", "TargetKeyId": key});
    for resource in [key.as_str(), "arn:aws:kms:us-east-1:123456789012:alias/*"] {
        let (code, _) = only(resource).refused("CreateAlias", body.clone()).await;
        assert_eq!(code, "AccessDeniedException", "{resource}");
    }
    only("*").ok("CreateAlias", body).await;
}
