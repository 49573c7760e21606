//! Managed policies, attachments and inline policies.

use serde_json::json;
use strongroom_testkit::ACCOUNT;

use crate::world::{TRUST, allow, decoded, world};

#[tokio::test]
async fn a_policy_is_made_attached_counted_and_deleted() {
    let world = world().await;
    let made = world
        .call("CreatePolicy", json!({"PolicyName": "readers", "Path": "/team/", "PolicyDocument": allow("s3:Get*"), "Description": "reads"}))
        .await;
    let policy = &made["Policy"];
    assert_eq!(policy["Arn"], format!("arn:aws:iam::{ACCOUNT}:policy/team/readers"));
    assert_eq!(
        (&policy["DefaultVersionId"], &policy["AttachmentCount"]),
        (&json!("v1"), &json!(0))
    );
    assert!(policy.get("Description").is_none(), "only GetPolicy tells the description");
    let arn = policy["Arn"].as_str().unwrap();
    world.call("CreateRole", json!({"RoleName": "app", "AssumeRolePolicyDocument": TRUST})).await;
    world.call("AttachRolePolicy", json!({"RoleName": "app", "PolicyArn": arn})).await;
    world.call("AttachRolePolicy", json!({"RoleName": "app", "PolicyArn": arn})).await;
    let shown = world.call("GetPolicy", json!({"PolicyArn": arn})).await;
    assert_eq!(shown["Policy"]["AttachmentCount"], 1);
    assert_eq!(shown["Policy"]["Description"], "reads");
    let attached = world.call("ListAttachedRolePolicies", json!({"RoleName": "app"})).await;
    assert_eq!(attached["AttachedPolicies"], json!([{"PolicyName": "readers", "PolicyArn": arn}]));
    let refused = world.refused("DeletePolicy", json!({"PolicyArn": arn})).await;
    assert_eq!(
        refused,
        ("DeleteConflict".into(), "Cannot delete a policy attached to entities.".into())
    );
    world.call("DetachRolePolicy", json!({"RoleName": "app", "PolicyArn": arn})).await;
    let refused =
        world.refused("DetachRolePolicy", json!({"RoleName": "app", "PolicyArn": arn})).await;
    assert_eq!(refused.1, format!("Policy {arn} was not found."));
    world.call("DeletePolicy", json!({"PolicyArn": arn})).await;
    let refused =
        world.refused("AttachRolePolicy", json!({"RoleName": "app", "PolicyArn": arn})).await;
    assert_eq!(refused.1, format!("Policy {arn} does not exist or is not attachable."));
}

#[tokio::test]
async fn versions_are_numbered_without_end_and_five_at_most() {
    let world = world().await;
    let made = world
        .call("CreatePolicy", json!({"PolicyName": "p", "PolicyDocument": allow("s3:A")}))
        .await;
    let arn = made["Policy"]["Arn"].clone();
    for letter in ["B", "C", "D", "E"] {
        let document = allow(&format!("s3:{letter}"));
        world
            .call("CreatePolicyVersion", json!({"PolicyArn": arn, "PolicyDocument": document}))
            .await;
    }
    let sixth = json!({"PolicyArn": arn, "PolicyDocument": allow("s3:F")});
    assert_eq!(world.refused("CreatePolicyVersion", sixth.clone()).await.0, "LimitExceeded");
    let refused =
        world.refused("DeletePolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"})).await;
    assert_eq!(refused.1, "Cannot delete the default version of a policy.");
    world.call("SetDefaultPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v3"})).await;
    world.call("DeletePolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"})).await;
    let made = world.call("CreatePolicyVersion", sixth).await;
    assert_eq!(made["PolicyVersion"]["VersionId"], "v6");
    let versions = world.call("ListPolicyVersions", json!({"PolicyArn": arn})).await;
    assert_eq!(versions["Versions"][0]["VersionId"], "v6");
    let version =
        world.call("GetPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v3"})).await;
    assert_eq!(version["PolicyVersion"]["IsDefaultVersion"], true);
    assert_eq!(decoded(&version["PolicyVersion"]["Document"]), allow("s3:C"));
    assert_eq!(world.refused("DeletePolicy", json!({"PolicyArn": arn})).await.0, "DeleteConflict");
    let refused =
        world.refused("GetPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v9"})).await;
    assert_eq!(refused.0, "NoSuchEntity");
}

#[tokio::test]
async fn policies_of_aws_are_there_and_nobody_changes_them() {
    let world = world().await;
    let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    let shown = world.call("GetPolicy", json!({"PolicyArn": arn})).await;
    assert_eq!(shown["Policy"]["PolicyName"], "AdministratorAccess");
    let version =
        world.call("GetPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"})).await;
    assert!(decoded(&version["PolicyVersion"]["Document"]).contains("\"*\""));
    for (operation, input) in [
        ("DeletePolicy", json!({"PolicyArn": arn})),
        ("CreatePolicyVersion", json!({"PolicyArn": arn, "PolicyDocument": allow("s3:*")})),
        ("TagPolicy", json!({"PolicyArn": arn, "Tags": []})),
    ] {
        assert_eq!(world.refused(operation, input).await.0, "AccessDeniedException", "{operation}");
    }
}

#[tokio::test]
async fn lists_of_policies_show_the_accounts_own_then_those_of_aws() {
    let world = world().await;
    for name in ["b", "a"] {
        world
            .call("CreatePolicy", json!({"PolicyName": name, "PolicyDocument": allow("s3:*")}))
            .await;
    }
    let local = world.call("ListPolicies", json!({"Scope": "Local"})).await;
    assert_eq!(local["Policies"].as_array().unwrap().len(), 2);
    let mut names = Vec::new();
    let mut input = json!({"MaxItems": 3});
    loop {
        let page = world.call("ListPolicies", input.clone()).await;
        let policies = page["Policies"].as_array().unwrap();
        assert!(policies.len() <= 3);
        names.extend(policies.iter().map(|p| p["PolicyName"].as_str().unwrap().to_owned()));
        if page["IsTruncated"] == false {
            break;
        }
        input["Marker"] = page["Marker"].clone();
    }
    assert_eq!(names[..2], ["a", "b"]);
    let aws = world.call("ListPolicies", json!({"Scope": "AWS", "MaxItems": 1000})).await;
    assert_eq!(names.len(), 2 + aws["Policies"].as_array().unwrap().len());
    assert_eq!(
        world.call("ListPolicies", json!({"OnlyAttached": true})).await["Policies"],
        json!([])
    );
}

#[tokio::test]
async fn a_malformed_document_is_refused_in_awss_words() {
    let world = world().await;
    for (document, words) in [
        ("{", "Syntax errors in policy."),
        (
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}"#,
            "Policy statement must contain resources.",
        ),
    ] {
        let input = json!({"PolicyName": "p", "PolicyDocument": document});
        let refused = world.refused("CreatePolicy", input).await;
        assert_eq!(refused, ("MalformedPolicyDocument".into(), words.into()));
    }
}

#[tokio::test]
async fn policies_have_a_longest_size_that_counts_no_white_space() {
    let world = world().await;
    let long = allow(&format!("s3:{}", "x".repeat(6_200)));
    let refused =
        world.refused("CreatePolicy", json!({"PolicyName": "p", "PolicyDocument": long})).await;
    assert_eq!(
        refused,
        ("LimitExceeded".into(), "Cannot exceed quota for PolicySize: 6144".into())
    );
    let spaced = allow("s3:*").replace(',', &format!(",{}", " ".repeat(7_000)));
    world.call("CreatePolicy", json!({"PolicyName": "p", "PolicyDocument": spaced})).await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    let long = allow(&format!("s3:{}", "x".repeat(2_100)));
    let input = json!({"UserName": "anna", "PolicyName": "p", "PolicyDocument": long});
    assert_eq!(
        world.refused("PutUserPolicy", input).await.1,
        "Maximum policy size of 2048 bytes exceeded for user anna"
    );
}

#[tokio::test]
async fn ten_policies_are_attached_at_most() {
    let world = world().await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    for number in 0..11 {
        let name = format!("p{number}");
        let made = world
            .call("CreatePolicy", json!({"PolicyName": name, "PolicyDocument": allow("s3:*")}))
            .await;
        let input = json!({"UserName": "anna", "PolicyArn": made["Policy"]["Arn"]});
        match world.try_call("AttachUserPolicy", input).await {
            Ok(_) => assert!(number < 10),
            Err(refusal) => {
                assert_eq!(refusal.message, "Cannot exceed quota for PoliciesPerUser: 10")
            }
        }
    }
}

#[tokio::test]
async fn an_arn_that_is_none_is_refused() {
    let world = world().await;
    let refused =
        world.refused("GetPolicy", json!({"PolicyArn": "not-an-arn-but-long-enough"})).await;
    assert_eq!(refused.1, "Invalid ARN:  Could not be parsed!");
}
