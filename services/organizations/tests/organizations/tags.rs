//! Tags.

use serde_json::json;
use strongroom_testkit::user;

use crate::{FULL, Scene, management};

#[tokio::test]
async fn roots_units_accounts_and_policies_have_tags() {
    let (scene, root) = Scene::founded(60).await;
    let unit = scene.unit(&root, "unit").await;
    let member = scene.account("member").await;
    let policy = scene.policy("policy", "Allow", "*").await;
    for id in [root, unit, member, policy] {
        let tags = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]);
        scene.ok("TagResource", json!({"ResourceId": id, "Tags": tags})).await;
        let again = json!([{"Key": "a", "Value": "3"}]);
        scene.ok("TagResource", json!({"ResourceId": id, "Tags": again})).await;
        scene.ok("UntagResource", json!({"ResourceId": id, "TagKeys": ["b", "c"]})).await;
        let left = scene.ok("ListTagsForResource", json!({"ResourceId": id})).await;
        assert_eq!(left["Tags"], json!([{"Key": "a", "Value": "3"}]), "{id}");
    }
}

#[tokio::test]
async fn tags_follow_the_rules_of_aws() {
    let (scene, root) = Scene::founded(61).await;
    let tag = |key: &str| json!({"Key": key, "Value": ""});
    let many: Vec<_> = (0..51).map(|n| tag(&n.to_string())).collect();
    for (tags, code) in [
        (json!([tag("a"), tag("a")]), "InvalidInputException"),
        (json!([tag("aws:a")]), "InvalidInputException"),
        (json!(many), "ConstraintViolationException"),
    ] {
        let body = json!({"ResourceId": root, "Tags": tags});
        assert_eq!(scene.refused("TagResource", body).await, code);
    }
    let body = json!({"ResourceId": FULL, "Tags": [tag("a")]});
    assert_eq!(scene.refused("TagResource", body).await, "InvalidInputException");
    let body = json!({"ResourceId": "rp-none", "Tags": [tag("a")]});
    assert_eq!(scene.refused("TagResource", body).await, "TargetNotFoundException");
}

#[tokio::test]
async fn a_policy_can_go_by_the_tags_of_an_account() {
    let (scene, _) = Scene::founded(62).await;
    let (open, shut) = (scene.account("open").await, scene.account("shut").await);
    let tags = json!([{"Key": "stage", "Value": "test"}]);
    scene.ok("TagResource", json!({"ResourceId": open, "Tags": tags})).await;
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "organizations:CloseAccount", "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/stage": "test"}},
    }]});
    let clerk = scene.as_caller(user(management(), "clerk", &policy.to_string()));
    let code = clerk.refused("CloseAccount", json!({"AccountId": shut})).await;
    assert_eq!(code, "AccessDeniedException");
    clerk.ok("CloseAccount", json!({"AccountId": open})).await;
}
