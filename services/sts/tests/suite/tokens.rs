//! GetSessionToken and GetFederationToken.

use serde_json::json;
use strongroom_api::{Caller, PrincipalKind};
use strongroom_testkit::ACCOUNT;

use crate::world::{allow, may, world};

#[tokio::test]
async fn a_users_session_is_the_user_without_iam() {
    let world = world();
    let reply = world.call("GetSessionToken", json!({})).await;
    let credential = world.credential(&reply).await;
    assert_eq!(credential.caller.arn(), format!("arn:aws:iam::{ACCOUNT}:user/anna"));
    assert_eq!(credential.caller.kind(), PrincipalKind::User);
    assert!(may(&credential, "s3:GetObject") && !may(&credential, "iam:ListUsers"));
    let within = world.calling_with(&reply).await;
    let refused = within.refused("GetSessionToken", json!({})).await;
    assert_eq!(refused.message, "Cannot call GetSessionToken with session credentials");
    within.assumed(json!({})).await;
}

#[tokio::test]
async fn a_users_session_lasts_half_a_day_and_roots_an_hour() {
    let world = world();
    let seconds = |reply: &serde_json::Value| reply["Credentials"]["Expiration"].as_i64().unwrap();
    let now = world.stage.now().seconds();
    let reply = world.call("GetSessionToken", json!({})).await;
    assert_eq!(seconds(&reply) - now, 43_200);
    let root = world.as_caller(Caller::root(ACCOUNT, None));
    let reply = root.call("GetSessionToken", json!({"DurationSeconds": 10_000})).await;
    assert_eq!(seconds(&reply) - now, 3_600);
    let credential = world.credential(&reply).await;
    assert_eq!(credential.caller.kind(), PrincipalKind::Root);
    assert!(may(&credential, "s3:GetObject") && !may(&credential, "iam:ListUsers"));
}

#[tokio::test]
async fn a_federated_user_has_what_its_policy_and_its_maker_both_allow() {
    let world = world();
    let input = json!({"Name": "guest", "Policy": allow("s3:*")});
    let reply = world.call("GetFederationToken", input).await;
    assert_eq!(
        reply["FederatedUser"]["Arn"],
        format!("arn:aws:sts::{ACCOUNT}:federated-user/guest")
    );
    assert_eq!(reply["FederatedUser"]["FederatedUserId"], format!("{ACCOUNT}:guest"));
    let credential = world.credential(&reply).await;
    assert!(may(&credential, "s3:GetObject") && !may(&credential, "sns:Publish"));
    let without = world.call("GetFederationToken", json!({"Name": "guest"})).await;
    assert_eq!(without["PackedPolicySize"], 0);
    assert!(!may(&*world.credential(&without).await, "s3:GetObject"));
    let everything = json!({"Name": "guest", "Policy": allow("*")});
    let credential = world.credential(&world.call("GetFederationToken", everything).await).await;
    assert!(may(&credential, "s3:GetObject") && !may(&credential, "iam:ListUsers"));
}
