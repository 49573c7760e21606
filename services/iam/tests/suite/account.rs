//! What concerns the account as a whole.

use data_encoding::BASE64;
use serde_json::json;
use strongroom_testkit::ACCOUNT;

use crate::world::{TRUST, allow, world};

#[tokio::test]
async fn an_alias_belongs_to_one_account_and_can_be_given_up() {
    let world = world().await;
    world.call("CreateAccountAlias", json!({"AccountAlias": "example"})).await;
    world.call("CreateAccountAlias", json!({"AccountAlias": "example-corp"})).await;
    let aliases = world.call("ListAccountAliases", json!({})).await;
    assert_eq!(aliases["AccountAliases"], json!(["example-corp"]));
    world.iam.create_account("222233334444", world.stage.now()).await.unwrap();
    let other = crate::world::World {
        iam: world.iam.clone(),
        host: strongroom_api::Hosted::new(world.iam.clone(), strongroom_iam::OPERATIONS),
        stage: world.stage.as_caller(strongroom_api::Caller::root("222233334444", None)),
    };
    let taken = other.refused("CreateAccountAlias", json!({"AccountAlias": "example-corp"})).await;
    assert_eq!(taken.1, "The account alias example-corp already exists.");
    other.call("CreateAccountAlias", json!({"AccountAlias": "example"})).await;
    world.call("DeleteAccountAlias", json!({"AccountAlias": "example-corp"})).await;
    let gone = world.refused("DeleteAccountAlias", json!({"AccountAlias": "example-corp"})).await;
    assert_eq!(gone.0, "NoSuchEntity");
    for alias in ["ab", "-ab", "ab-", "a--b", "Abc", &"a".repeat(64)] {
        let refused = world.refused("CreateAccountAlias", json!({"AccountAlias": alias})).await;
        assert_eq!(refused.0, "ValidationException", "{alias}");
    }
}

#[tokio::test]
async fn the_password_policy_is_set_as_a_whole() {
    let world = world().await;
    let none = world.refused("GetAccountPasswordPolicy", json!({})).await;
    assert_eq!(none.0, "NoSuchEntity");
    let input = json!({"MinimumPasswordLength": 12, "RequireSymbols": true, "MaxPasswordAge": 90});
    world.call("UpdateAccountPasswordPolicy", input).await;
    let rules = world.call("GetAccountPasswordPolicy", json!({})).await["PasswordPolicy"].clone();
    assert_eq!(rules["MinimumPasswordLength"], 12);
    assert_eq!(
        (&rules["ExpirePasswords"], &rules["RequireNumbers"]),
        (&json!(true), &json!(false))
    );
    world.call("UpdateAccountPasswordPolicy", json!({})).await;
    let rules = world.call("GetAccountPasswordPolicy", json!({})).await["PasswordPolicy"].clone();
    assert_eq!(rules["MinimumPasswordLength"], 6);
    world.call("DeleteAccountPasswordPolicy", json!({})).await;
    assert_eq!(world.refused("DeleteAccountPasswordPolicy", json!({})).await.0, "NoSuchEntity");
}

#[tokio::test]
async fn the_summary_counts() {
    let world = world().await;
    world.user_with_key("anna").await;
    world.call("CreateRole", json!({"RoleName": "app", "AssumeRolePolicyDocument": TRUST})).await;
    let map = world.call("GetAccountSummary", json!({})).await["SummaryMap"].clone();
    assert_eq!((&map["Users"], &map["Roles"], &map["Groups"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(map["UsersQuota"], 5_000);
}

#[tokio::test]
async fn a_service_linked_role_is_its_services_alone() {
    let world = world().await;
    let made = world
        .call("CreateServiceLinkedRole", json!({"AWSServiceName": "organizations.amazonaws.com"}))
        .await;
    let name = "AWSServiceRoleForOrganizations";
    let path = "/aws-service-role/organizations.amazonaws.com/";
    assert_eq!(made["Role"]["Arn"], format!("arn:aws:iam::{ACCOUNT}:role{path}{name}"));
    for (operation, more) in [
        ("DeleteRole", json!({})),
        ("UpdateAssumeRolePolicy", json!({"PolicyDocument": TRUST})),
        ("PutRolePolicy", json!({"PolicyName": "p", "PolicyDocument": allow("s3:*")})),
    ] {
        let mut input = json!({"RoleName": name});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(world.refused(operation, input).await.0, "UnmodifiableEntity", "{operation}");
    }
    let gone = world.call("DeleteServiceLinkedRole", json!({"RoleName": name})).await;
    let status = world.call("GetServiceLinkedRoleDeletionStatus", gone).await;
    assert_eq!(status["Status"], "SUCCEEDED");
    let unknown = json!({"AWSServiceName": "nothing.amazonaws.com"});
    assert_eq!(world.refused("CreateServiceLinkedRole", unknown).await.0, "InvalidInput");
    let own = json!({"RoleName": "x", "Path": path, "AssumeRolePolicyDocument": TRUST});
    assert_eq!(world.refused("CreateRole", own).await.0, "ValidationException");
}

#[tokio::test]
async fn a_credential_report_is_made_then_given_out_for_four_hours() {
    let world = world().await;
    let id = world.user_with_key("anna").await.access_key_id.clone();
    assert_eq!(world.refused("GetCredentialReport", json!({})).await.0, "ReportNotPresent");
    assert_eq!(world.call("GenerateCredentialReport", json!({})).await["State"], "STARTED");
    assert_eq!(world.call("GenerateCredentialReport", json!({})).await["State"], "COMPLETE");
    let report = world.call("GetCredentialReport", json!({})).await;
    let table = BASE64.decode(report["Content"].as_str().unwrap().as_bytes()).unwrap();
    let table = String::from_utf8(table).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|row| row.split(',').collect()).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.len() == 22), "{table}");
    assert_eq!((rows[1][0], rows[2][0], rows[2][8]), ("<root_account>", "anna", "true"));
    assert!(!table.contains(&id), "the report names no keys");
    world.stage.advance_millis(4 * 3_600_000);
    assert_eq!(world.refused("GetCredentialReport", json!({})).await.0, "ReportExpired");
}

#[tokio::test]
async fn what_users_never_have_is_an_empty_list_or_not_found() {
    let world = world().await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    for (operation, member) in [
        ("ListMFADevices", "MFADevices"),
        ("ListSSHPublicKeys", "SSHPublicKeys"),
        ("ListSigningCertificates", "Certificates"),
        ("ListServiceSpecificCredentials", "ServiceSpecificCredentials"),
        ("ListVirtualMFADevices", "VirtualMFADevices"),
    ] {
        let reply = world.call(operation, json!({"UserName": "anna"})).await;
        assert_eq!(reply[member], json!([]), "{operation}");
    }
    for operation in ["GetLoginProfile", "DeleteLoginProfile"] {
        let refused = world.refused(operation, json!({"UserName": "anna"})).await;
        assert_eq!(refused.1, "Login Profile for User anna cannot be found.");
    }
}

#[tokio::test]
async fn the_details_show_everything_in_pages() {
    let world = world().await;
    world.user_with_key("anna").await;
    world.call("CreateUser", json!({"UserName": "bert"})).await;
    world.call("CreateGroup", json!({"GroupName": "staff"})).await;
    world.call("AddUserToGroup", json!({"GroupName": "staff", "UserName": "anna"})).await;
    world.call("CreateRole", json!({"RoleName": "app", "AssumeRolePolicyDocument": TRUST})).await;
    world.call("CreatePolicy", json!({"PolicyName": "own", "PolicyDocument": allow("s3:*")})).await;
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    world.call("AttachUserPolicy", json!({"UserName": "bert", "PolicyArn": admin})).await;
    for size in [1, 2, 3, 100] {
        let mut input = json!({"MaxItems": size});
        let mut seen = Vec::new();
        loop {
            let page = world.call("GetAccountAuthorizationDetails", input.clone()).await;
            for (list, name) in [
                ("UserDetailList", "UserName"),
                ("GroupDetailList", "GroupName"),
                ("RoleDetailList", "RoleName"),
                ("Policies", "PolicyName"),
            ] {
                for item in page[list].as_array().unwrap() {
                    seen.push(item[name].as_str().unwrap().to_owned());
                }
            }
            if page["IsTruncated"] == false {
                break;
            }
            input["Marker"] = page["Marker"].clone();
        }
        assert_eq!(seen, ["anna", "bert", "staff", "app", "own", "AdministratorAccess"], "{size}");
    }
    let only = world.call("GetAccountAuthorizationDetails", json!({"Filter": ["Group"]})).await;
    assert_eq!(only["UserDetailList"], json!([]));
    assert_eq!(only["GroupDetailList"][0]["GroupName"], "staff");
}
