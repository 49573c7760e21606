//! Instance profiles.

use serde_json::json;
use strongroom_testkit::{ACCOUNT, allowed_only};

use crate::world::{TRUST, world};

#[tokio::test]
async fn a_profile_holds_one_role_and_is_found_from_it() {
    let world = world().await;
    let made = world.call("CreateInstanceProfile", json!({"InstanceProfileName": "web"})).await;
    assert_eq!(made["InstanceProfile"]["Roles"], json!([]));
    assert_eq!(
        made["InstanceProfile"]["Arn"],
        format!("arn:aws:iam::{ACCOUNT}:instance-profile/web")
    );
    world.call("CreateRole", json!({"RoleName": "app", "AssumeRolePolicyDocument": TRUST})).await;
    let both = json!({"InstanceProfileName": "web", "RoleName": "app"});
    world.call("AddRoleToInstanceProfile", both.clone()).await;
    assert_eq!(
        world.refused("AddRoleToInstanceProfile", both.clone()).await.1,
        "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"
    );
    let shown = world.call("GetInstanceProfile", json!({"InstanceProfileName": "web"})).await;
    assert_eq!(shown["InstanceProfile"]["Roles"][0]["RoleName"], "app");
    let listed = world.call("ListInstanceProfilesForRole", json!({"RoleName": "app"})).await;
    assert_eq!(listed["InstanceProfiles"][0]["InstanceProfileName"], "web");
    let refused =
        world.refused("DeleteInstanceProfile", json!({"InstanceProfileName": "web"})).await;
    assert_eq!(refused.0, "DeleteConflict");
    world.call("RemoveRoleFromInstanceProfile", both).await;
    world.call("DeleteInstanceProfile", json!({"InstanceProfileName": "web"})).await;
    assert_eq!(world.call("ListInstanceProfiles", json!({})).await["InstanceProfiles"], json!([]));
}

#[tokio::test]
async fn a_role_is_put_into_a_profile_only_by_who_may_pass_it() {
    let mut world = world().await;
    world.call("CreateInstanceProfile", json!({"InstanceProfileName": "web"})).await;
    world.call("CreateRole", json!({"RoleName": "app", "AssumeRolePolicyDocument": TRUST})).await;
    let both = json!({"InstanceProfileName": "web", "RoleName": "app"});
    world.stage = world.stage.as_caller(allowed_only(ACCOUNT, &["iam:AddRoleToInstanceProfile"]));
    let refused = world.refused("AddRoleToInstanceProfile", both.clone()).await;
    assert!(refused.1.contains("iam:PassRole on resource: arn:aws:iam::123456789012:role/app"));
    world.stage = world
        .stage
        .as_caller(allowed_only(ACCOUNT, &["iam:AddRoleToInstanceProfile", "iam:PassRole"]));
    world.call("AddRoleToInstanceProfile", both).await;
}

#[tokio::test]
async fn a_denial_names_an_entity_by_its_kind_and_name() {
    let mut world = world().await;
    world.call("CreateInstanceProfile", json!({"InstanceProfileName": "web"})).await;
    world.call("CreateUser", json!({"UserName": "anna", "Path": "/team/"})).await;
    world.stage = world.stage.as_caller(allowed_only(ACCOUNT, &["s3:ListBucket"]));
    for (operation, input, named) in [
        ("GetUser", json!({"UserName": "anna"}), "user anna"),
        ("GetRole", json!({"RoleName": "missing"}), "role missing"),
        ("GetInstanceProfile", json!({"InstanceProfileName": "web"}), "instance profile web"),
        (
            "GetPolicy",
            json!({"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
            "policy arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        ("CreateUser", json!({"UserName": "bert"}), "arn:aws:iam::123456789012:user/bert"),
    ] {
        let (_, message) = world.refused(operation, input).await;
        let expected = format!("iam:{operation} on resource: {named} because");
        assert!(message.contains(&expected), "{message}");
    }
}
