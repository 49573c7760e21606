//! Access keys, and how soon a change of rights acts.

use serde_json::json;
use strongroom_api::access_key;
use strongroom_testkit::ACCOUNT;

use crate::world::{allow, world};

#[tokio::test]
async fn a_new_key_carries_its_account_and_its_secret_is_not_on_record() {
    let world = world().await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    let made = world.call("CreateAccessKey", json!({"UserName": "anna"})).await;
    let key = &made["AccessKey"];
    let id = key["AccessKeyId"].as_str().unwrap();
    let secret = key["SecretAccessKey"].as_str().unwrap();
    assert_eq!((id.len(), secret.len()), (20, 40));
    assert_eq!(access_key::account_of(id).as_deref(), Some(ACCOUNT));
    assert_eq!(key["Status"], "Active");
    assert!(!world.stage.tape.text().contains(secret));
    assert_eq!(world.credential(id).await.unwrap().secret.reveal(), secret);
}

#[tokio::test]
async fn a_user_has_two_keys_at_most() {
    let world = world().await;
    world.user_with_key("anna").await;
    world.call("CreateAccessKey", json!({"UserName": "anna"})).await;
    let refused = world.refused("CreateAccessKey", json!({"UserName": "anna"})).await;
    assert_eq!(
        refused,
        ("LimitExceeded".into(), "Cannot exceed quota for AccessKeysPerUser: 2".into())
    );
    let keys = world.call("ListAccessKeys", json!({"UserName": "anna"})).await;
    assert_eq!(keys["AccessKeyMetadata"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_is_switched_off_and_deleted_at_once() {
    let world = world().await;
    let id = world.user_with_key("anna").await.access_key_id.clone();
    let off = json!({"UserName": "anna", "AccessKeyId": id, "Status": "Inactive"});
    world.call("UpdateAccessKey", off).await;
    assert!(!world.credential(&id).await.unwrap().active);
    world.call("DeleteAccessKey", json!({"UserName": "anna", "AccessKeyId": id})).await;
    assert!(world.credential(&id).await.is_none());
    let refused =
        world.refused("DeleteAccessKey", json!({"UserName": "anna", "AccessKeyId": id})).await;
    assert_eq!(refused.1, format!("The Access Key with id {id} cannot be found."));
}

#[tokio::test]
async fn a_key_of_somebody_else_is_not_found() {
    let world = world().await;
    let id = world.user_with_key("anna").await.access_key_id.clone();
    world.call("CreateUser", json!({"UserName": "bert"})).await;
    let refused =
        world.refused("DeleteAccessKey", json!({"UserName": "bert", "AccessKeyId": id})).await;
    assert_eq!(refused.0, "NoSuchEntity");
    assert!(world.credential(&id).await.is_some());
}

#[tokio::test]
async fn a_change_of_policy_acts_on_the_next_call() {
    let world = world().await;
    let id = world.user_with_key("anna").await.access_key_id.clone();
    let list = || async { world.calling_with(&id).await.try_call("ListUsers", json!({})).await };
    assert_eq!(list().await.unwrap_err().code, "AccessDeniedException");
    let policy =
        json!({"UserName": "anna", "PolicyName": "p", "PolicyDocument": allow("iam:ListUsers")});
    world.call("PutUserPolicy", policy).await;
    assert!(list().await.is_ok());
    world.call("DeleteUserPolicy", json!({"UserName": "anna", "PolicyName": "p"})).await;
    assert!(list().await.is_err());
    world.call("CreateGroup", json!({"GroupName": "staff"})).await;
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    world.call("AttachGroupPolicy", json!({"GroupName": "staff", "PolicyArn": admin})).await;
    world.call("AddUserToGroup", json!({"GroupName": "staff", "UserName": "anna"})).await;
    assert!(list().await.is_ok());
    let made = world
        .call("CreatePolicy", json!({"PolicyName": "fence", "PolicyDocument": allow("s3:*")}))
        .await;
    let fence = &made["Policy"]["Arn"];
    world
        .call(
            "PutUserPermissionsBoundary",
            json!({"UserName": "anna", "PermissionsBoundary": fence}),
        )
        .await;
    assert!(
        list()
            .await
            .unwrap_err()
            .message
            .ends_with("because no permissions boundary allows the iam:ListUsers action")
    );
    let wider = json!({"PolicyArn": fence, "PolicyDocument": allow("iam:*"), "SetAsDefault": true});
    world.call("CreatePolicyVersion", wider).await;
    assert!(list().await.is_ok());
}

#[tokio::test]
async fn a_credential_is_built_once_while_nothing_changes() {
    let world = world().await;
    let first = world.user_with_key("anna").await;
    let second = world.credential(&first.access_key_id).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    world.call("CreateUser", json!({"UserName": "bert"})).await;
    let third = world.credential(&first.access_key_id).await.unwrap();
    assert!(third.generation > first.generation);
}

#[tokio::test]
async fn the_last_use_is_told_once_it_was_noted() {
    let world = world().await;
    let id = world.user_with_key("anna").await.access_key_id.clone();
    let used = world.call("GetAccessKeyLastUsed", json!({"AccessKeyId": id})).await;
    assert_eq!(used["AccessKeyLastUsed"], json!({"ServiceName": "N/A", "Region": "N/A"}));
    world.iam.note_use(&id, "secretsmanager", "eu-west-1", world.stage.now()).await.unwrap();
    let used = world.call("GetAccessKeyLastUsed", json!({"AccessKeyId": id})).await;
    assert_eq!(used["UserName"], "anna");
    assert_eq!(used["AccessKeyLastUsed"]["Region"], "eu-west-1");
}

#[tokio::test]
async fn a_user_manages_its_own_keys_without_naming_itself() {
    let world = world().await;
    let id = world.user_with_key("anna").await.access_key_id.clone();
    let policy = json!({"UserName": "anna", "PolicyName": "own", "PolicyDocument": allow("iam:*AccessKey*")});
    world.call("PutUserPolicy", policy).await;
    let anna = world.calling_with(&id).await;
    let keys = anna.call("ListAccessKeys", json!({})).await;
    assert_eq!(keys["AccessKeyMetadata"][0]["UserName"], "anna");
}
