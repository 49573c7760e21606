//! Service control policies: writing and attaching them.

use serde_json::json;

use crate::{FULL, SCP, Scene, document, ids, management, text};

#[tokio::test]
async fn a_policy_is_as_it_was_written() {
    let (scene, _) = Scene::founded(70).await;
    let content = document("Deny", "secretsmanager:DeleteSecret");
    let body = json!({"Name": "n", "Description": "d", "Type": SCP, "Content": content});
    let made = scene.ok("CreatePolicy", body).await["Policy"].clone();
    let summary = &made["PolicySummary"];
    let id = text(&summary["Id"]);
    assert!(id.starts_with("p-") && id.len() == 10, "{id}");
    let organization = scene.ok("DescribeOrganization", json!({})).await;
    let organization = text(&organization["Organization"]["Id"]);
    assert_eq!(
        summary["Arn"],
        format!(
            "arn:aws:organizations::{}:policy/{organization}/service_control_policy/{id}",
            management()
        )
    );
    assert_eq!(summary["AwsManaged"], false);
    assert_eq!(made["Content"], content);
    let seen = scene.ok("DescribePolicy", json!({"PolicyId": id})).await;
    assert_eq!(seen["Policy"], made);
}

#[tokio::test]
async fn full_access_is_there_and_cannot_be_changed() {
    let (scene, _) = Scene::founded(71).await;
    let seen = scene.ok("DescribePolicy", json!({"PolicyId": FULL})).await;
    let summary = &seen["Policy"]["PolicySummary"];
    assert_eq!(
        summary["Arn"],
        "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
    );
    assert_eq!((&summary["Name"], &summary["AwsManaged"]), (&json!("FullAWSAccess"), &json!(true)));
    let body = json!({"PolicyId": FULL, "Description": "mine"});
    assert_eq!(scene.refused("UpdatePolicy", body).await, "InvalidInputException");
    let code = scene.refused("DeletePolicy", json!({"PolicyId": FULL})).await;
    assert_eq!(code, "InvalidInputException");
}

#[tokio::test]
async fn a_document_that_aws_refuses_is_refused() {
    let (scene, _) = Scene::founded(72).await;
    let principal = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}"#;
    let spaces = " ".repeat(5_121);
    for (content, code) in [
        ("{", "MalformedPolicyDocumentException"),
        (principal, "MalformedPolicyDocumentException"),
        (spaces.as_str(), "ConstraintViolationException"),
    ] {
        let body = json!({"Name": "n", "Description": "", "Type": SCP, "Content": content});
        assert_eq!(scene.refused("CreatePolicy", body).await, code);
    }
    let body = json!({"Name": "n", "Description": "", "Type": "TAG_POLICY", "Content": "{}"});
    let code = scene.refused("CreatePolicy", body).await;
    assert_eq!(code, "PolicyTypeNotAvailableForOrganizationException");
}

#[tokio::test]
async fn policies_have_different_names() {
    let (scene, _) = Scene::founded(73).await;
    let a = scene.policy("a", "Allow", "*").await;
    scene.policy("b", "Allow", "*").await;
    for name in ["a", "FullAWSAccess"] {
        let content = document("Allow", "*");
        let body = json!({"Name": name, "Description": "", "Type": SCP, "Content": content});
        assert_eq!(scene.refused("CreatePolicy", body).await, "DuplicatePolicyException");
    }
    let body = json!({"PolicyId": a, "Name": "b"});
    assert_eq!(scene.refused("UpdatePolicy", body).await, "DuplicatePolicyException");
    scene.ok("UpdatePolicy", json!({"PolicyId": a, "Name": "c"})).await;
    scene.policy("a", "Allow", "*").await;
    let all = scene.pages("ListPolicies", json!({"Filter": SCP}), "Policies").await;
    let names: Vec<_> = all.iter().map(|policy| text(&policy["Name"])).collect();
    assert_eq!(names.len(), 4);
    assert_eq!(names[0], "FullAWSAccess");
    let two = scene.ok("ListPolicies", json!({"Filter": SCP, "MaxResults": 2})).await;
    assert_eq!(ids(&two["Policies"]).len(), 2);
    let tags = scene.ok("ListPolicies", json!({"Filter": "TAG_POLICY"})).await;
    assert_eq!(tags["Policies"], json!([]));
}

#[tokio::test]
async fn enabling_attaches_full_access_to_everything() {
    let (scene, root) = Scene::founded(74).await;
    let unit = scene.unit(&root, "unit").await;
    let member = scene.account("member").await;
    assert!(scene.attached(&root).await.is_empty());
    let body = json!({"RootId": root, "PolicyType": SCP});
    let enabled = scene.ok("EnablePolicyType", body.clone()).await;
    assert_eq!(enabled["Root"]["PolicyTypes"], json!([{"Type": SCP, "Status": "ENABLED"}]));
    let code = scene.refused("EnablePolicyType", body).await;
    assert_eq!(code, "PolicyTypeAlreadyEnabledException");

    let later = scene.account("later").await;
    let mut everything = vec![root, unit, member, later, management().to_owned()];
    for target in &everything {
        assert_eq!(scene.attached(target).await, [FULL], "{target}");
    }
    let targets = scene.pages("ListTargetsForPolicy", json!({"PolicyId": FULL}), "Targets").await;
    let mut listed: Vec<_> = targets.iter().map(|target| text(&target["TargetId"])).collect();
    listed.sort();
    everything.sort();
    assert_eq!(listed, everything);
}

#[tokio::test]
async fn disabling_detaches_everything_for_good() {
    let (scene, root) = Scene::controlled(75).await;
    let policy = scene.policy("p", "Allow", "*").await;
    scene.attach(&policy, &root).await;
    scene.detach(FULL, &root).await;
    let body = json!({"RootId": root, "PolicyType": SCP});
    scene.ok("DisablePolicyType", body.clone()).await;
    assert!(scene.attached(&root).await.is_empty());
    let code = scene.refused("DisablePolicyType", body.clone()).await;
    assert_eq!(code, "PolicyTypeNotEnabledException");
    let one = json!({"PolicyId": policy, "TargetId": root});
    assert_eq!(scene.refused("AttachPolicy", one).await, "PolicyTypeNotEnabledException");

    scene.ok("EnablePolicyType", body).await;
    assert_eq!(scene.attached(&root).await, [FULL]);
    let targets = scene.ok("ListTargetsForPolicy", json!({"PolicyId": policy})).await;
    assert_eq!(targets["Targets"], json!([]));
    scene.ok("DeletePolicy", json!({"PolicyId": policy})).await;
}

#[tokio::test]
async fn a_target_has_between_one_and_five_policies() {
    let (scene, root) = Scene::controlled(76).await;
    let unit = scene.unit(&root, "unit").await;
    let last = json!({"PolicyId": FULL, "TargetId": unit});
    assert_eq!(scene.refused("DetachPolicy", last).await, "ConstraintViolationException");
    let mut policies = Vec::new();
    for n in 0..5 {
        policies.push(scene.policy(&format!("p{n}"), "Allow", "*").await);
    }
    for policy in &policies[..4] {
        scene.attach(policy, &unit).await;
    }
    let body = |policy: &str| json!({"PolicyId": policy, "TargetId": unit});
    let code = scene.refused("AttachPolicy", body(&policies[4])).await;
    assert_eq!(code, "ConstraintViolationException");
    let code = scene.refused("AttachPolicy", body(&policies[0])).await;
    assert_eq!(code, "DuplicatePolicyAttachmentException");
    let code = scene.refused("DetachPolicy", body(&policies[4])).await;
    assert_eq!(code, "PolicyNotAttachedException");
    scene.detach(FULL, &unit).await;
    assert_eq!(scene.attached(&unit).await, policies[..4]);
}

#[tokio::test]
async fn a_policy_in_use_is_not_deleted() {
    let (scene, root) = Scene::controlled(77).await;
    let policy = scene.policy("p", "Allow", "*").await;
    let unit = scene.unit(&root, "unit").await;
    let member = scene.account("member").await;
    for target in [&root, &unit, &member] {
        scene.attach(&policy, target).await;
    }
    let body = json!({"PolicyId": policy});
    let targets = scene.pages("ListTargetsForPolicy", body.clone(), "Targets").await;
    let types: Vec<_> = targets.iter().map(|target| text(&target["Type"])).collect();
    assert_eq!(types, ["ACCOUNT", "ORGANIZATIONAL_UNIT", "ROOT"]);
    assert_eq!(scene.refused("DeletePolicy", body.clone()).await, "PolicyInUseException");

    // Whatever goes takes its attachments with it.
    scene.ok("RemoveAccountFromOrganization", json!({"AccountId": member})).await;
    scene.ok("DeleteOrganizationalUnit", json!({"OrganizationalUnitId": unit})).await;
    scene.detach(&policy, &root).await;
    scene.ok("DeletePolicy", body.clone()).await;
    assert_eq!(scene.refused("DescribePolicy", body).await, "PolicyNotFoundException");
    let left = scene.ok("ListPolicies", json!({"Filter": SCP})).await;
    assert_eq!(ids(&left["Policies"]), [FULL]);
}

#[tokio::test]
async fn a_constraint_says_its_reason() {
    let (scene, root) = Scene::controlled(78).await;
    let position = strongroom_api::Host::find(&*scene.host, "DetachPolicy").unwrap();
    let body = json!({"PolicyId": FULL, "TargetId": root}).to_string();
    let protocol = strongroom_api::Protocol::Json11;
    let members = protocol.read(body.as_bytes());
    let circumstances = scene.stage.circumstances();
    let body = strongroom_api::Body { protocol, members };
    let error = strongroom_api::Host::perform(&*scene.host, position, &circumstances, body)
        .await
        .unwrap_err();
    let written = protocol.write_error(&error, "", "");
    let written: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(
        written,
        json!({
            "__type": "ConstraintViolationException",
            "Message": "You cannot remove the last policy attached to the specified target. You \
                        must have at least one attached at all times.",
            "Reason": "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        })
    );
}
