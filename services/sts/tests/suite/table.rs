//! What holds for every operation.

use serde_json::{Value, json};
use strongroom_testkit::{
    ACCOUNT, differences_from_model, every_operation_is_guarded_and_recorded, nobody,
};

use crate::world::world;

#[tokio::test]
async fn every_operation_is_guarded_recorded_and_refuses_what_is_no_request() {
    let world = world();
    let public = ["AssumeRoleWithWebIdentity", "GetCallerIdentity", "GetSessionToken"];
    every_operation_is_guarded_and_recorded(&world.host, &world.stage, &public).await;
}

#[tokio::test]
async fn a_caller_without_permissions_learns_who_it_is() {
    let world = world().as_caller(nobody(ACCOUNT));
    let identity = world.call("GetCallerIdentity", json!({})).await;
    assert_eq!(identity["Account"], ACCOUNT);
    assert_eq!(identity["Arn"], "arn:aws:iam::123456789012:user/nobody");
    assert_eq!(identity["UserId"], "AIDANOBODYEXAMPLE0000");
}

#[tokio::test]
async fn the_account_is_read_from_an_access_key_id() {
    let world = world();
    let info = world.call("GetAccessKeyInfo", json!({"AccessKeyId": "ASIAQNZGKIQY56JQ7WML"})).await;
    assert_eq!(info["Account"], "029608264753");
    let refused = world.refused("GetAccessKeyInfo", json!({"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}));
    assert_eq!(refused.await.code, "ValidationException");
}

#[tokio::test]
async fn an_authorization_message_is_read_by_who_may_and_nobody_forges_one() {
    let world = world();
    let explanation = json!({
        "principal": "arn:aws:iam::123456789012:user/anna",
        "action": "kms:Decrypt",
        "resource": "*",
        "allowed": false,
        "message": "no",
        "missing": [],
        "policies": [{
            "policy_type": "IdentityBased", "name": "own", "arn": null, "level": null,
            "outcome": "Denies",
            "statements": [{
                "index": 0, "sid": "NoKeys", "line": 1, "column": 1, "effect": "Deny",
                "took_effect": true, "principal": null, "action": "Yes", "resource": "Yes",
                "conditions": [],
            }],
        }],
        "grants": [],
    });
    let encode =
        |account| world.sts.encode_authorization_message(account, &explanation.to_string());
    let encoded = encode(ACCOUNT).unwrap();
    let decoded =
        world.call("DecodeAuthorizationMessage", json!({"EncodedMessage": encoded})).await;
    let told: Value = serde_json::from_str(decoded["DecodedMessage"].as_str().unwrap()).unwrap();
    assert_eq!(told["allowed"], false);
    assert_eq!(told["explicitDeny"], true);
    assert_eq!(told["matchedStatements"]["items"][0]["statementId"], "NoKeys");
    assert_eq!(told["context"]["principal"]["name"], "anna");
    assert_eq!(told["explanation"], explanation);

    let session = world.assumed(json!({})).await;
    let token = session["Credentials"]["SessionToken"].as_str().unwrap().to_owned();
    // What is another account's is nobody's here, and a session token is no message.
    for foreign in [encode("222233334444").unwrap(), token] {
        let refused =
            world.refused("DecodeAuthorizationMessage", json!({"EncodedMessage": foreign})).await;
        assert_eq!(refused.code, "InvalidAuthorizationMessageException");
    }
    assert!(world.sts.encode_authorization_message(ACCOUNT, &"x".repeat(8_192)).is_none());
}

#[tokio::test]
async fn inputs_are_as_the_model_says() {
    let model = include_str!("../../../../conformance/models/sts.json");
    let found = differences_from_model(&world().host, model);
    let unexpected: Vec<_> =
        found.iter().filter(|line| !KNOWN.iter().any(|known| line.contains(known))).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

/// Where inputs differ from the model on purpose.
const KNOWN: &[&str] = &[
    // Tokens are as long as what they hold.
    ".MinimumSessionTokenSize: missing",
];
