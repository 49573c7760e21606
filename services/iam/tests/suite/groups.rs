//! Groups.

use serde_json::json;
use strongroom_testkit::ACCOUNT;

use crate::world::{allow, decoded, world};

#[tokio::test]
async fn a_group_gathers_users_and_lets_them_go() {
    let world = world().await;
    let made = world.call("CreateGroup", json!({"GroupName": "staff", "Path": "/hr/"})).await;
    assert_eq!(made["Group"]["Arn"], format!("arn:aws:iam::{ACCOUNT}:group/hr/staff"));
    for name in ["anna", "bert"] {
        world.call("CreateUser", json!({"UserName": name})).await;
        world.call("AddUserToGroup", json!({"GroupName": "staff", "UserName": name})).await;
        // Once more changes nothing.
        world.call("AddUserToGroup", json!({"GroupName": "staff", "UserName": name})).await;
    }
    let first = world.call("GetGroup", json!({"GroupName": "staff", "MaxItems": 1})).await;
    assert_eq!(first["Users"][0]["UserName"], "anna");
    assert_eq!(first["IsTruncated"], true);
    let next = json!({"GroupName": "staff", "Marker": first["Marker"]});
    let second = world.call("GetGroup", next).await;
    assert_eq!(second["Users"][0]["UserName"], "bert");
    let groups = world.call("ListGroupsForUser", json!({"UserName": "bert"})).await;
    assert_eq!(groups["Groups"][0]["GroupName"], "staff");
    assert_eq!(
        world.refused("DeleteGroup", json!({"GroupName": "staff"})).await.0,
        "DeleteConflict"
    );
    assert_eq!(world.refused("DeleteUser", json!({"UserName": "bert"})).await.0, "DeleteConflict");
    for name in ["anna", "bert"] {
        world.call("RemoveUserFromGroup", json!({"GroupName": "staff", "UserName": name})).await;
    }
    world.call("DeleteGroup", json!({"GroupName": "staff"})).await;
    let groups = world.call("ListGroups", json!({})).await;
    assert_eq!(groups["Groups"], json!([]));
}

#[tokio::test]
async fn a_renamed_group_keeps_its_users_and_policies() {
    let world = world().await;
    world.call("CreateGroup", json!({"GroupName": "staff"})).await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    world.call("AddUserToGroup", json!({"GroupName": "staff", "UserName": "anna"})).await;
    let policy = json!({"GroupName": "staff", "PolicyName": "p", "PolicyDocument": allow("s3:*")});
    world.call("PutGroupPolicy", policy).await;
    world.call("UpdateGroup", json!({"GroupName": "staff", "NewGroupName": "all"})).await;
    let groups = world.call("ListGroupsForUser", json!({"UserName": "anna"})).await;
    assert_eq!(groups["Groups"][0]["GroupName"], "all");
    let shown = world.call("GetGroupPolicy", json!({"GroupName": "all", "PolicyName": "p"})).await;
    assert_eq!(decoded(&shown["PolicyDocument"]), allow("s3:*"));
    let listed = world.call("ListGroupPolicies", json!({"GroupName": "all"})).await;
    assert_eq!(listed["PolicyNames"], json!(["p"]));
    world.call("DeleteGroupPolicy", json!({"GroupName": "all", "PolicyName": "p"})).await;
    let refused =
        world.refused("GetGroupPolicy", json!({"GroupName": "all", "PolicyName": "p"})).await;
    assert_eq!(refused.1, "The group policy with name p cannot be found.");
}

#[tokio::test]
async fn a_user_is_in_ten_groups_at_most() {
    let world = world().await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    for number in 0..11 {
        let name = format!("g{number}");
        world.call("CreateGroup", json!({"GroupName": name})).await;
        let outcome =
            world.try_call("AddUserToGroup", json!({"GroupName": name, "UserName": "anna"})).await;
        assert_eq!(outcome.is_ok(), number < 10);
    }
}
