//! The organization itself.

use serde_json::json;
use strongroom_testkit::allowed_only;

use crate::{FULL, OTHER, SCP, Scene, ids, management, text};

#[tokio::test]
async fn a_new_organization_has_a_root_and_its_management_account() {
    let scene = Scene::new(20);
    let reply = scene.ok("CreateOrganization", json!({"FeatureSet": "ALL"})).await;
    let organization = &reply["Organization"];
    let (id, me) = (text(&organization["Id"]), management());
    assert!(id.starts_with("o-") && id.len() == 12, "{id}");
    assert_eq!(organization["Arn"], format!("arn:aws:organizations::{me}:organization/{id}"));
    assert_eq!(
        organization["MasterAccountArn"],
        format!("arn:aws:organizations::{me}:account/{id}/{me}")
    );
    assert_eq!(organization["AvailablePolicyTypes"], json!([{"Type": SCP, "Status": "ENABLED"}]));
    assert_eq!(scene.ok("DescribeOrganization", json!({})).await, reply);

    let roots = scene.ok("ListRoots", json!({})).await;
    let root = &roots["Roots"][0];
    assert_eq!(root["Name"], "Root");
    assert_eq!(root["PolicyTypes"], json!([]));
    let arn = format!("arn:aws:organizations::{me}:root/{id}/{}", text(&root["Id"]));
    assert_eq!(root["Arn"], arn);

    let accounts = scene.ok("ListAccounts", json!({})).await;
    assert_eq!(ids(&accounts["Accounts"]), [me]);
    let parents = scene.ok("ListParents", json!({"ChildId": me})).await;
    assert_eq!(parents["Parents"], json!([{"Id": root["Id"], "Type": "ROOT"}]));
}

#[tokio::test]
async fn an_account_has_one_organization_at_most() {
    let (scene, _) = Scene::founded(21).await;
    let again = scene.refused("CreateOrganization", json!({})).await;
    assert_eq!(again, "AlreadyInOrganizationException");
    let member = scene.account("member").await;
    let own = scene.as_root_of(&member).refused("CreateOrganization", json!({})).await;
    assert_eq!(own, "AlreadyInOrganizationException");
}

#[tokio::test]
async fn two_accounts_manage_organizations_that_know_nothing_of_each_other() {
    let (scene, _) = Scene::founded(22).await;
    let other = scene.as_root_of(OTHER);
    other.ok("CreateOrganization", json!({})).await;
    let member = scene.account("member").await;
    let theirs = other.ok("ListAccounts", json!({})).await;
    assert_eq!(ids(&theirs["Accounts"]), [OTHER]);
    let code = other.refused("DescribeAccount", json!({"AccountId": member})).await;
    assert_eq!(code, "AccountNotFoundException");
}

#[tokio::test]
async fn an_account_outside_is_told_so() {
    let scene = Scene::new(23);
    let code = scene.refused("DescribeOrganization", json!({})).await;
    assert_eq!(code, "AWSOrganizationsNotInUseException");
}

#[tokio::test]
async fn a_member_sees_the_organization_and_administers_nothing() {
    let (scene, _) = Scene::founded(24).await;
    let member = scene.account("member").await;
    let there = scene.as_root_of(&member);
    let seen = there.ok("DescribeOrganization", json!({})).await;
    assert_eq!(seen["Organization"]["MasterAccountId"], management());
    for operation in ["ListAccounts", "ListRoots", "DeleteOrganization"] {
        let refusal = there.call(operation, json!({})).await.unwrap_err();
        assert_eq!(refusal.code, "AccessDeniedException", "{operation}");
        assert_eq!(refusal.message, "You don't have permissions to access this resource.");
    }
}

#[tokio::test]
async fn a_caller_without_permission_cannot_tell_whether_an_account_exists() {
    let (scene, _) = Scene::founded(25).await;
    let member = scene.account("member").await;
    let clerk = scene.as_caller(allowed_only(management(), &["organizations:ListAccounts"]));
    let there = clerk.call("DescribeAccount", json!({"AccountId": member})).await.unwrap_err();
    let not = clerk.call("DescribeAccount", json!({"AccountId": OTHER})).await.unwrap_err();
    assert_eq!((&there.code, there.status), (&not.code, not.status));
    assert_eq!(there.message.replace(&member, ""), not.message.replace(OTHER, ""));
}

#[tokio::test]
async fn an_organization_with_members_is_not_deleted() {
    let (scene, root) = Scene::controlled(26).await;
    let member = scene.account("member").await;
    let code = scene.refused("DeleteOrganization", json!({})).await;
    assert_eq!(code, "OrganizationNotEmptyException");

    scene.unit(&root, "left behind").await;
    scene.policy("left-behind", "Allow", "*").await;
    scene.ok("RemoveAccountFromOrganization", json!({"AccountId": member})).await;
    scene.ok("DeleteOrganization", json!({})).await;
    let code = scene.refused("DescribeOrganization", json!({})).await;
    assert_eq!(code, "AWSOrganizationsNotInUseException");

    // What was left behind is gone, and the next organization begins afresh.
    let range = strongroom_store::Range::prefix(format!("{}/global/organizations/", management()));
    let page = scene.records.store().scan(range, strongroom_store::Direction::Forward, 100).await;
    let keys: Vec<_> = page.unwrap().entries.into_iter().map(|entry| entry.key).collect();
    assert_eq!(keys, [format!("{}/global/organizations/membership", management())]);
    scene.ok("CreateOrganization", json!({})).await;
    let policies = scene.ok("ListPolicies", json!({"Filter": SCP})).await;
    assert_eq!(ids(&policies["Policies"]), [FULL]);
}

#[tokio::test]
async fn consolidated_billing_has_no_policies() {
    let scene = Scene::new(27);
    scene.ok("CreateOrganization", json!({"FeatureSet": "CONSOLIDATED_BILLING"})).await;
    let roots = scene.ok("ListRoots", json!({})).await;
    let body = json!({"RootId": roots["Roots"][0]["Id"], "PolicyType": SCP});
    let code = scene.refused("EnablePolicyType", body).await;
    assert_eq!(code, "PolicyTypeNotAvailableForOrganizationException");
    let member = scene.account("member").await;
    let code = scene.refused("CloseAccount", json!({"AccountId": member})).await;
    assert_eq!(code, "ConstraintViolationException");
}

#[tokio::test]
async fn nobody_acts_for_an_organization_but_its_management_account() {
    let (scene, _) = Scene::founded(28).await;
    let services = scene.ok("ListAWSServiceAccessForOrganization", json!({})).await;
    assert_eq!(services["EnabledServicePrincipals"], json!([]));
    let administrators = scene.ok("ListDelegatedAdministrators", json!({})).await;
    assert_eq!(administrators["DelegatedAdministrators"], json!([]));
}
