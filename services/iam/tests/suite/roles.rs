//! Roles and whom they trust.

use serde_json::json;
use strongroom_testkit::ACCOUNT;

use crate::world::{TRUST, decoded, trusting, world};

#[tokio::test]
async fn a_role_is_made_shown_changed_and_deleted() {
    let world = world().await;
    let made = world
        .call(
            "CreateRole",
            json!({"RoleName": "app", "Path": "/svc/", "AssumeRolePolicyDocument": TRUST}),
        )
        .await;
    let role = &made["Role"];
    assert_eq!(role["Arn"], format!("arn:aws:iam::{ACCOUNT}:role/svc/app"));
    assert!(role["RoleId"].as_str().unwrap().starts_with("AROA"));
    assert!(role.get("MaxSessionDuration").is_none(), "CreateRole does not tell it");
    assert!(role.get("RoleLastUsed").is_none());
    assert_eq!(decoded(&role["AssumeRolePolicyDocument"]), TRUST);
    let shown = world.call("GetRole", json!({"RoleName": "app"})).await;
    assert_eq!(shown["Role"]["MaxSessionDuration"], 3600);
    assert_eq!(shown["Role"]["RoleLastUsed"], json!({}));
    let update = json!({"RoleName": "app", "Description": "d", "MaxSessionDuration": 7200});
    world.call("UpdateRole", update).await;
    let changed =
        world.call("UpdateRoleDescription", json!({"RoleName": "app", "Description": "e"})).await;
    assert_eq!(changed["Role"]["Description"], "e");
    assert_eq!(changed["Role"]["MaxSessionDuration"], 7200);
    let listed = world.call("ListRoles", json!({"PathPrefix": "/svc/"})).await;
    assert_eq!(listed["Roles"][0]["RoleName"], "app");
    world.call("DeleteRole", json!({"RoleName": "app"})).await;
    assert_eq!(
        world.refused("GetRole", json!({"RoleName": "app"})).await.1,
        "The role with name app cannot be found."
    );
}

#[tokio::test]
async fn a_trust_policy_names_only_who_exists() {
    let world = world().await;
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/anna");
    let input = json!({"RoleName": "app", "AssumeRolePolicyDocument": trusting(&arn)});
    let refused = world.refused("CreateRole", input.clone()).await;
    assert_eq!(refused.0, "MalformedPolicyDocument");
    assert_eq!(refused.1, format!("Invalid principal in policy: \"AWS\":\"{arn}\""));
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    world.call("CreateRole", input).await;
    for principal in [ACCOUNT.to_owned(), format!("arn:aws:iam::{ACCOUNT}:root")] {
        let update = json!({"RoleName": "app", "PolicyDocument": trusting(&principal)});
        world.call("UpdateAssumeRolePolicy", update).await;
        let shown = world.call("GetRole", json!({"RoleName": "app"})).await;
        assert_eq!(decoded(&shown["Role"]["AssumeRolePolicyDocument"]), trusting(&principal));
    }
}

#[tokio::test]
async fn a_deleted_principal_is_shown_by_its_id_and_its_successor_is_not_trusted() {
    let world = world().await;
    let made = world.call("CreateUser", json!({"UserName": "anna"})).await;
    let (id, arn) = (made["User"]["UserId"].clone(), made["User"]["Arn"].clone());
    let trust = trusting(arn.as_str().unwrap());
    world.call("CreateRole", json!({"RoleName": "app", "AssumeRolePolicyDocument": trust})).await;
    let shown = world.call("GetRole", json!({"RoleName": "app"})).await;
    assert_eq!(decoded(&shown["Role"]["AssumeRolePolicyDocument"]), trust);
    world.call("UpdateUser", json!({"UserName": "anna", "NewUserName": "anne"})).await;
    let shown = world.call("GetRole", json!({"RoleName": "app"})).await;
    assert!(decoded(&shown["Role"]["AssumeRolePolicyDocument"]).contains("user/anne"));
    world.call("DeleteUser", json!({"UserName": "anne"})).await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    let shown = world.call("GetRole", json!({"RoleName": "app"})).await;
    let document = decoded(&shown["Role"]["AssumeRolePolicyDocument"]);
    assert_eq!(document, trusting(id.as_str().unwrap()));
}

#[tokio::test]
async fn a_role_in_an_instance_profile_is_not_deleted() {
    let world = world().await;
    world.call("CreateRole", json!({"RoleName": "app", "AssumeRolePolicyDocument": TRUST})).await;
    world.call("CreateInstanceProfile", json!({"InstanceProfileName": "app"})).await;
    let both = json!({"InstanceProfileName": "app", "RoleName": "app"});
    world.call("AddRoleToInstanceProfile", both.clone()).await;
    let refused = world.refused("DeleteRole", json!({"RoleName": "app"})).await;
    assert_eq!(refused.1, "Cannot delete entity, must remove roles from instance profile first.");
    world.call("RemoveRoleFromInstanceProfile", both).await;
    world.call("DeleteRole", json!({"RoleName": "app"})).await;
}

#[tokio::test]
async fn trust_policies_are_refused_in_their_own_words() {
    let world = world().await;
    let input = json!({"RoleName": "app", "AssumeRolePolicyDocument": "{"});
    let refused = world.refused("CreateRole", input).await;
    assert_eq!(refused.1, "This policy contains invalid Json");
    let long = trusting(ACCOUNT)
        .replace("Allow", "Allow\",\"Sid\":\"")
        .replace("Sid\":\"", &format!("Sid\":\"{}", "x".repeat(2_100)));
    let input = json!({"RoleName": "app", "AssumeRolePolicyDocument": long});
    assert_eq!(
        world.refused("CreateRole", input).await.1,
        "Cannot exceed quota for ACLSizePerRole: 2048"
    );
}
