//! Users.

use serde_json::json;
use strongroom_testkit::ACCOUNT;

use crate::world::{allow, world};

#[tokio::test]
async fn a_user_is_made_shown_listed_and_deleted() {
    let world = world().await;
    let made = world
        .call(
            "CreateUser",
            json!({"UserName": "anna", "Path": "/hr/", "Tags": [{"Key": "Team", "Value": "hr"}]}),
        )
        .await;
    let user = &made["User"];
    assert_eq!(user["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/hr/anna"));
    let id = user["UserId"].as_str().unwrap();
    assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");
    let shown = world.call("GetUser", json!({"UserName": "ANNA"})).await;
    assert_eq!(&shown["User"], user);
    let listed = world.call("ListUsers", json!({"PathPrefix": "/hr"})).await;
    assert_eq!(listed["Users"][0]["UserName"], "anna");
    assert!(listed["Users"][0].get("Tags").is_none(), "lists show no tags");
    assert_eq!(listed["IsTruncated"], false);
    world.call("DeleteUser", json!({"UserName": "anna"})).await;
    let (code, message) = world.refused("GetUser", json!({"UserName": "anna"})).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("NoSuchEntity", "The user with name anna cannot be found.")
    );
}

#[tokio::test]
async fn names_are_unique_without_regard_to_case() {
    let world = world().await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    let (code, message) = world.refused("CreateUser", json!({"UserName": "Anna"})).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("EntityAlreadyExists", "User with name Anna already exists.")
    );
}

#[tokio::test]
async fn a_user_with_something_left_is_not_deleted() {
    let world = world().await;
    world.user_with_key("anna").await;
    let (code, message) = world.refused("DeleteUser", json!({"UserName": "anna"})).await;
    assert_eq!(code, "DeleteConflict");
    assert_eq!(message, "Cannot delete entity, must delete access keys first.");
    world.call("CreateUser", json!({"UserName": "bert"})).await;
    world
        .call(
            "PutUserPolicy",
            json!({"UserName": "bert", "PolicyName": "p", "PolicyDocument": allow("s3:*")}),
        )
        .await;
    let (_, message) = world.refused("DeleteUser", json!({"UserName": "bert"})).await;
    assert_eq!(message, "Cannot delete entity, must delete policies first.");
}

#[tokio::test]
async fn a_renamed_user_keeps_id_keys_groups_and_policies() {
    let world = world().await;
    let credential = world.user_with_key("anna").await;
    world.call("CreateGroup", json!({"GroupName": "staff"})).await;
    world.call("AddUserToGroup", json!({"GroupName": "staff", "UserName": "anna"})).await;
    let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    world.call("AttachUserPolicy", json!({"UserName": "anna", "PolicyArn": arn})).await;
    world
        .call("UpdateUser", json!({"UserName": "anna", "NewUserName": "Anne", "NewPath": "/x/"}))
        .await;
    let after = world.credential(&credential.access_key_id).await.unwrap();
    assert_eq!(after.caller.arn(), format!("arn:aws:iam::{ACCOUNT}:user/x/Anne"));
    assert_eq!(after.caller.principal_id(), credential.caller.principal_id());
    let group = world.call("GetGroup", json!({"GroupName": "staff"})).await;
    assert_eq!(group["Users"][0]["UserName"], "Anne");
    let entities = world.call("ListEntitiesForPolicy", json!({"PolicyArn": arn})).await;
    assert_eq!(entities["PolicyUsers"][0]["UserName"], "Anne");
    assert_eq!(entities["PolicyUsers"].as_array().unwrap().len(), 1);
    assert_eq!(world.refused("GetUser", json!({"UserName": "anna"})).await.0, "NoSuchEntity");
}

#[tokio::test]
async fn lists_go_on_where_the_page_before_ended() {
    let world = world().await;
    for name in ["c", "a", "e", "B", "d"] {
        world.call("CreateUser", json!({"UserName": name})).await;
    }
    let mut names = Vec::new();
    let mut input = json!({"MaxItems": 2});
    loop {
        let page = world.call("ListUsers", input.clone()).await;
        let users = page["Users"].as_array().unwrap();
        names.extend(users.iter().map(|user| user["UserName"].as_str().unwrap().to_owned()));
        if page["IsTruncated"] == false {
            break;
        }
        input["Marker"] = page["Marker"].clone();
    }
    assert_eq!(names, ["a", "B", "c", "d", "e"]);
    let (code, _) = world.refused("ListUsers", json!({"Marker": "no marker!"})).await;
    assert_eq!(code, "ValidationException");
}

#[tokio::test]
async fn tags_are_merged_without_regard_to_the_case_of_keys() {
    let world = world().await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    world
        .call("TagUser", json!({"UserName": "anna", "Tags": [{"Key": "Team", "Value": "a"}, {"Key": "Cost", "Value": "1"}]}))
        .await;
    world
        .call("TagUser", json!({"UserName": "anna", "Tags": [{"Key": "team", "Value": "b"}]}))
        .await;
    let tags = world.call("ListUserTags", json!({"UserName": "anna"})).await;
    assert_eq!(tags["Tags"], json!([{"Key": "team", "Value": "b"}, {"Key": "Cost", "Value": "1"}]));
    world.call("UntagUser", json!({"UserName": "anna", "TagKeys": ["COST"]})).await;
    let tags = world.call("ListUserTags", json!({"UserName": "anna"})).await;
    assert_eq!(tags["Tags"].as_array().unwrap().len(), 1);
    let twice =
        json!({"UserName": "anna", "Tags": [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]});
    assert_eq!(
        world.refused("TagUser", twice).await,
        (
            "InvalidInput".into(),
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.".into()
        )
    );
}

#[tokio::test]
async fn root_asks_who_it_is_and_a_message_does_not_repeat_a_refused_value() {
    let world = world().await;
    let root = world.call("GetUser", json!({})).await;
    assert_eq!(root["User"]["Arn"], format!("arn:aws:iam::{ACCOUNT}:root"));
    assert!(root["User"].get("UserName").is_none());
    let (code, message) = world.refused("CreateUser", json!({"UserName": "no spaces"})).await;
    assert_eq!(code, "ValidationException");
    assert_eq!(
        message,
        "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: [\\w+=,.@-]+"
    );
}

#[tokio::test]
async fn a_boundary_is_set_counted_and_removed() {
    let world = world().await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    world
        .call("PutUserPermissionsBoundary", json!({"UserName": "anna", "PermissionsBoundary": arn}))
        .await;
    let user = world.call("GetUser", json!({"UserName": "anna"})).await;
    assert_eq!(user["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"], arn);
    let policy = world.call("GetPolicy", json!({"PolicyArn": arn})).await;
    assert_eq!(policy["Policy"]["PermissionsBoundaryUsageCount"], 1);
    world.call("DeleteUserPermissionsBoundary", json!({"UserName": "anna"})).await;
    let policy = world.call("GetPolicy", json!({"PolicyArn": arn})).await;
    assert_eq!(policy["Policy"]["PermissionsBoundaryUsageCount"], 0);
    let none = world.refused("DeleteUserPermissionsBoundary", json!({"UserName": "anna"})).await;
    assert_eq!(none.0, "NoSuchEntity");
}
