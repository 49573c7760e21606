//! What policies do to accounts: the port that IAM asks.

use serde_json::json;
use strongroom_api::{Caller, Details, Policies, PrincipalKind};
use strongroom_organizations::Control;
use strongroom_policy::{Request, ResourceRule, decide};

use crate::{FULL, OTHER, SCP, Scene, document, management, text};

const READ: &str = "secretsmanager:GetSecretValue";
const DELETE: &str = "secretsmanager:DeleteSecret";

impl Scene {
    async fn control(&self, account: &str) -> Control {
        self.organizations.control(account).await.unwrap()
    }

    async fn generation(&self, account: &str) -> u64 {
        self.organizations.generation(account).await.unwrap()
    }

    /// Whether the root user of `account`, whom only service control policies limit, may do it.
    async fn may(&self, account: &str, action: &str) -> bool {
        let service_control = self.control(account).await.levels;
        let policies = Policies { service_control, ..Policies::default() };
        let details = Details { policies, ..Details::default() };
        let arn = format!("arn:aws:iam::{account}:root");
        let caller = Caller::new(PrincipalKind::Root, account, arn, account, details);
        let request = Request {
            principal: &caller.principal(),
            action,
            resource: &format!("arn:aws:secretsmanager:us-east-1:{account}:secret:db-AbCdEf"),
            resource_account: account,
            context: &Nothing,
        };
        decide(&request, &caller.authority(), ResourceRule::Ordinary(None)).allowed
    }

    async fn names(&self, account: &str) -> Vec<Vec<String>> {
        let control = self.control(account).await;
        let level = |level: &Vec<_>| {
            level
                .iter()
                .map(|named: &std::sync::Arc<strongroom_policy::Named>| named.name.to_string())
                .collect()
        };
        control.levels.iter().map(level).collect()
    }
}

struct Nothing;

impl strongroom_policy::Context for Nothing {
    fn values(&self, _: &str) -> Option<strongroom_policy::Values<'_>> {
        None
    }
}

#[tokio::test]
async fn an_account_outside_is_free_and_its_generation_is_zero() {
    let scene = Scene::new(80);
    let control = scene.control(OTHER).await;
    assert!(control.organization.is_none() && control.levels.is_empty());
    assert_eq!(scene.generation(OTHER).await, 0);
}

#[tokio::test]
async fn a_member_knows_its_organization_and_its_path() {
    let (scene, root) = Scene::founded(81).await;
    let unit = scene.unit(&root, "unit").await;
    let member = scene.account("member").await;
    scene.move_account(&member, &root, &unit).await;
    let id = scene.ok("DescribeOrganization", json!({})).await;
    let id = text(&id["Organization"]["Id"]);
    let organization = scene.control(&member).await.organization.unwrap();
    assert_eq!(organization.id, id);
    assert_eq!(organization.path, format!("{id}/{root}/{unit}/"));
    let organization = scene.control(management()).await.organization.unwrap();
    assert_eq!(organization.path, format!("{id}/{root}/"));
}

#[tokio::test]
async fn there_is_one_level_from_the_root_to_the_account() {
    let (scene, root) = Scene::controlled(82).await;
    let outer = scene.unit(&root, "outer").await;
    let inner = scene.unit(&outer, "inner").await;
    let member = scene.account("member").await;
    scene.move_account(&member, &root, &inner).await;
    let policy = scene.policy("extra", "Deny", DELETE).await;
    scene.attach(&policy, &outer).await;
    let full = || vec!["FullAWSAccess".to_owned()];
    let both = vec!["FullAWSAccess".to_owned(), "extra".to_owned()];
    assert_eq!(scene.names(&member).await, [full(), both, full(), full()]);
    assert!(scene.names(management()).await.is_empty());
}

#[tokio::test]
async fn a_denial_anywhere_above_denies() {
    let (scene, root) = Scene::controlled(83).await;
    let unit = scene.unit(&root, "unit").await;
    let member = scene.account("member").await;
    scene.move_account(&member, &root, &unit).await;
    let policy = scene.policy("no-deletion", "Deny", DELETE).await;
    for target in [root, unit, member.clone()] {
        assert!(scene.may(&member, DELETE).await);
        scene.attach(&policy, &target).await;
        assert!(!scene.may(&member, DELETE).await, "{target}");
        assert!(scene.may(&member, READ).await);
        scene.detach(&policy, &target).await;
    }
}

#[tokio::test]
async fn every_level_must_allow() {
    let (scene, root) = Scene::controlled(84).await;
    let unit = scene.unit(&root, "unit").await;
    let member = scene.account("member").await;
    scene.move_account(&member, &root, &unit).await;
    let reading = scene.policy("reading", "Allow", READ).await;
    scene.attach(&reading, &unit).await;
    assert!(scene.may(&member, DELETE).await, "full access still stands on the unit");
    scene.detach(FULL, &unit).await;
    assert!(scene.may(&member, READ).await);
    assert!(!scene.may(&member, DELETE).await, "root and account allow it, the unit does not");
}

#[tokio::test]
async fn the_management_account_is_never_limited() {
    let (scene, root) = Scene::controlled(85).await;
    let policy = scene.policy("nothing", "Deny", "*").await;
    scene.attach(&policy, &root).await;
    scene.attach(&policy, management()).await;
    assert!(scene.may(management(), DELETE).await);
}

#[tokio::test]
async fn moving_an_account_changes_its_control_at_once() {
    let (scene, root) = Scene::controlled(86).await;
    let unit = scene.unit(&root, "locked").await;
    let policy = scene.policy("no-deletion", "Deny", DELETE).await;
    scene.attach(&policy, &unit).await;
    let member = scene.account("member").await;
    let before = scene.generation(&member).await;
    assert!(scene.may(&member, DELETE).await);

    scene.move_account(&member, &root, &unit).await;
    let moved = scene.generation(&member).await;
    assert!(moved > before);
    assert!(!scene.may(&member, DELETE).await);

    scene.move_account(&member, &unit, &root).await;
    assert!(scene.generation(&member).await > moved);
    assert!(scene.may(&member, DELETE).await);
}

#[tokio::test]
async fn changing_a_policy_changes_what_it_controls_at_once() {
    let (scene, root) = Scene::controlled(87).await;
    let member = scene.account("member").await;
    let policy = scene.policy("changing", "Deny", READ).await;
    scene.attach(&policy, &root).await;
    assert!(!scene.may(&member, READ).await);
    let before = scene.generation(&member).await;
    let body = json!({"PolicyId": policy, "Content": document("Deny", DELETE)});
    scene.ok("UpdatePolicy", body).await;
    assert!(scene.generation(&member).await > before);
    assert!(scene.may(&member, READ).await);
    assert!(!scene.may(&member, DELETE).await);
}

#[tokio::test]
async fn disabling_the_type_frees_everybody() {
    let (scene, root) = Scene::controlled(88).await;
    let member = scene.account("member").await;
    let policy = scene.policy("nothing", "Deny", "*").await;
    scene.attach(&policy, &member).await;
    assert!(!scene.may(&member, READ).await);
    let before = scene.generation(&member).await;
    scene.ok("DisablePolicyType", json!({"RootId": root, "PolicyType": SCP})).await;
    assert!(scene.generation(&member).await > before);
    assert!(scene.control(&member).await.levels.is_empty());
}

#[tokio::test]
async fn the_generation_rises_through_a_whole_life() {
    let (scene, root) = Scene::controlled(89).await;
    let member = scene.account("member").await;
    let mut last = scene.generation(&member).await;
    assert!(last > 0);
    let here = json!({"AccountId": member});
    let policy = scene.policy("any", "Allow", "*").await;
    let one = json!({"PolicyId": policy, "TargetId": root});
    for (operation, body) in [
        ("AttachPolicy", one.clone()),
        ("DetachPolicy", one),
        ("CloseAccount", here.clone()),
        ("RemoveAccountFromOrganization", here),
    ] {
        scene.ok(operation, body).await;
        let now = scene.generation(&member).await;
        assert!(now > last, "{operation}: {now} after {last}");
        last = now;
    }
    // What happens in the organization no longer concerns who has left it.
    scene.unit(&root, "unit").await;
    assert_eq!(scene.generation(&member).await, last);
}

#[tokio::test]
async fn nobody_gets_anything_from_a_closed_account() {
    let (scene, _) = Scene::founded(90).await;
    let member = scene.account("member").await;
    assert!(scene.may(&member, READ).await);
    scene.ok("CloseAccount", json!({"AccountId": member})).await;
    assert!(!scene.may(&member, READ).await);
    assert!(scene.control(&member).await.organization.is_some());
    scene.ok("RemoveAccountFromOrganization", json!({"AccountId": member})).await;
    assert!(!scene.may(&member, READ).await, "leaving opens nothing");
}

#[tokio::test]
async fn another_node_sees_what_this_one_wrote() {
    let (scene, root) = Scene::controlled(91).await;
    let member = scene.account("member").await;
    let policy = scene.policy("nothing", "Deny", "*").await;
    scene.attach(&policy, &root).await;
    // A second service over the same store, with a cache of its own.
    let records = std::sync::Arc::new(strongroom_records::Records::new(
        scene.records.store().clone(),
        scene.records.keyring().clone(),
        1 << 20,
    ));
    let other = strongroom_organizations::Organizations::new(records, scene.ledger.clone());
    assert_eq!(other.generation(&member).await.unwrap(), scene.generation(&member).await);
    assert_eq!(other.control(&member).await.unwrap().levels.len(), 2);
}
