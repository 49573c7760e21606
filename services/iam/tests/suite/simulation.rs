//! Simulations.

use serde_json::{Value, json};
use strongroom_testkit::ACCOUNT;

use crate::world::{TRUST, allow, world};

fn decisions(reply: &Value) -> Vec<&str> {
    let results = reply["EvaluationResults"].as_array().unwrap();
    results.iter().map(|result| result["EvalDecision"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_users_own_group_and_brought_policies_decide() {
    let world = world().await;
    world.call("CreateUser", json!({"UserName": "anna"})).await;
    world.call("CreateGroup", json!({"GroupName": "staff"})).await;
    world.call("AddUserToGroup", json!({"GroupName": "staff", "UserName": "anna"})).await;
    let own = json!({"UserName": "anna", "PolicyName": "own", "PolicyDocument": allow("s3:Get*")});
    world.call("PutUserPolicy", own).await;
    let group = json!({"GroupName": "staff", "PolicyName": "g", "PolicyDocument": allow("sns:*")});
    world.call("PutGroupPolicy", group).await;
    let deny = allow("s3:GetSecret").replace("Allow", "Deny");
    let mut input = json!({
        "PolicySourceArn": format!("arn:aws:iam::{ACCOUNT}:user/anna"),
        "ActionNames": ["s3:GetObject", "sns:Publish", "s3:GetSecret", "kms:Decrypt"],
        "PolicyInputList": [deny],
    });
    let reply = world.call("SimulatePrincipalPolicy", input.clone()).await;
    assert_eq!(decisions(&reply), ["allowed", "allowed", "explicitDeny", "implicitDeny"]);
    let first = &reply["EvaluationResults"][0];
    assert_eq!(first["EvalResourceName"], "*");
    let statement = &first["MatchedStatements"][0];
    assert_eq!(statement["SourcePolicyId"], "own");
    // Behind `{"Statement":[`, and up to the end of the statement.
    let document = allow("s3:Get*");
    let start = document.find("{\"Action").unwrap() as i64 + 1;
    let end = document.find("}]").unwrap() as i64 + 2;
    assert_eq!(statement["StartPosition"], json!({"Line": 1, "Column": start}));
    assert_eq!(statement["EndPosition"], json!({"Line": 1, "Column": end}));
    input["PolicyExclusionList"] = json!([{"InlinePolicyIdentifier":
        {"AttachmentType": "group", "AttachmentName": "staff", "PolicyName": "g"}}]);
    let reply = world.call("SimulatePrincipalPolicy", input.clone()).await;
    assert_eq!(decisions(&reply)[..2], ["allowed", "implicitDeny"]);
    input["MaxItems"] = 3.into();
    let page = world.call("SimulatePrincipalPolicy", input.clone()).await;
    assert_eq!(page["IsTruncated"], true);
    input["Marker"] = page["Marker"].clone();
    assert_eq!(decisions(&world.call("SimulatePrincipalPolicy", input).await).len(), 1);
}

#[tokio::test]
async fn conditions_are_met_by_the_context_described() {
    let world = world().await;
    let document = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}/*",
        "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}})
    .to_string();
    let mut input = json!({
        "PolicyInputList": [document], "ActionNames": ["s3:GetObject"],
        "ResourceArns": ["arn:aws:s3:::b/anna/x", "arn:aws:s3:::b/bert/x"],
    });
    let reply = world.call("SimulateCustomPolicy", input.clone()).await;
    assert_eq!(decisions(&reply), ["implicitDeny"]);
    let missing = &reply["EvaluationResults"][0]["MissingContextValues"];
    assert_eq!(*missing, json!(["aws:SourceIp", "aws:username"]));
    input["ContextEntries"] = json!([
        {"ContextKeyName": "aws:sourceip", "ContextKeyType": "ip", "ContextKeyValues": ["10.1.2.3"]},
        {"ContextKeyName": "aws:username", "ContextKeyType": "string", "ContextKeyValues": ["anna"]},
    ]);
    let reply = world.call("SimulateCustomPolicy", input).await;
    assert_eq!(decisions(&reply), ["allowed"]);
    assert_eq!(reply["EvaluationResults"][0]["MatchedStatements"], json!([]));
    let specific = |n: usize| &reply["EvaluationResults"][0]["ResourceSpecificResults"][n];
    assert_eq!(specific(0)["EvalResourceName"], "arn:aws:s3:::b/anna/x");
    assert_eq!(specific(0)["EvalResourceDecision"], "allowed");
    assert_eq!(specific(0)["MatchedStatements"].as_array().unwrap().len(), 1);
    assert_eq!(specific(1)["EvalResourceDecision"], "implicitDeny");
    let keys =
        world.call("GetContextKeysForCustomPolicy", json!({"PolicyInputList": [document]})).await;
    assert_eq!(keys["ContextKeyNames"], json!(["aws:SourceIp", "aws:username"]));
}

#[tokio::test]
async fn boundaries_and_service_control_policies_take_away() {
    let world = world().await;
    let mut input = json!({
        "PolicyInputList": [allow("*")], "ActionNames": ["s3:GetObject", "sns:Publish"],
        "PermissionsBoundaryPolicyInputList": [allow("s3:*")],
    });
    let reply = world.call("SimulateCustomPolicy", input.clone()).await;
    assert_eq!(decisions(&reply), ["allowed", "implicitDeny"]);
    let detail = |n: usize| &reply["EvaluationResults"][n]["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"];
    assert_eq!((detail(0), detail(1)), (&json!(true), &json!(false)));
    input["OrderedOrganizationPolicyInputList"] =
        json!([{"ServiceControlPolicyInputList": [allow("sns:*")]}]);
    let reply = world.call("SimulateCustomPolicy", input).await;
    assert_eq!(decisions(&reply), ["implicitDeny", "implicitDeny"]);
}

#[tokio::test]
async fn a_role_is_simulated_and_nonsense_is_refused() {
    let world = world().await;
    world.call("CreateRole", json!({"RoleName": "app", "AssumeRolePolicyDocument": TRUST})).await;
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/app");
    let input = json!({"PolicySourceArn": arn, "ActionNames": ["s3:GetObject"]});
    assert_eq!(decisions(&world.call("SimulatePrincipalPolicy", input).await), ["implicitDeny"]);
    let keys =
        world.call("GetContextKeysForPrincipalPolicy", json!({"PolicySourceArn": arn})).await;
    assert_eq!(keys["ContextKeyNames"], json!([]));
    let input = json!({"PolicySourceArn": arn, "ActionNames": ["nonsense"]});
    assert_eq!(world.refused("SimulatePrincipalPolicy", input).await.0, "InvalidInput");
    let input = json!({"PolicySourceArn": "arn:aws:iam::1:role/app", "ActionNames": ["s3:X"]});
    assert_eq!(world.refused("SimulatePrincipalPolicy", input).await.0, "ValidationException");
}
