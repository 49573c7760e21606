//! What holds for every operation.

use serde_json::json;
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
    let encoded = world.sts.encode_authorization_message(r#"{"allowed":false}"#);
    let decoded =
        world.call("DecodeAuthorizationMessage", json!({"EncodedMessage": encoded})).await;
    assert_eq!(decoded["DecodedMessage"], r#"{"allowed":false}"#);
    let session = world.assumed(json!({})).await;
    let token = &session["Credentials"]["SessionToken"];
    let refused =
        world.refused("DecodeAuthorizationMessage", json!({"EncodedMessage": token})).await;
    assert_eq!(refused.code, "InvalidAuthorizationMessageException");
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
