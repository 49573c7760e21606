//! Policies on the logs of an account.

use serde_json::json;
use strongroom_testkit::allowed_only;

use crate::Scene;

const CLERK: &str = "arn:aws:iam::123456789012:user/clerk";

fn document(effect: &str, action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": effect, "Principal": {"AWS": CLERK}, "Action": action,
        "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:g:*",
    }]})
    .to_string()
}

#[tokio::test]
async fn resource_policies_allow_and_deny_side_by_side() {
    let scene = Scene::with_stream(1).await;
    let clerk = allowed_only("123456789012", &["logs:DescribeLogStreams"]);
    let clerk = Scene { stage: scene.stage.as_caller(clerk), ..scene.clone() };
    clerk.ok("DescribeLogStreams", json!({"logGroupName": "g"})).await;
    clerk.refused("FilterLogEvents", json!({"logGroupName": "g"})).await;
    for (name, effect, action) in
        [("a", "Allow", "logs:FilterLogEvents"), ("b", "Deny", "logs:DescribeLogStreams")]
    {
        let body = json!({"policyName": name, "policyDocument": document(effect, action)});
        scene.ok("PutResourcePolicy", body).await;
    }
    clerk.ok("FilterLogEvents", json!({"logGroupName": "g"})).await;
    let (code, _) = clerk.refused("DescribeLogStreams", json!({"logGroupName": "g"})).await;
    assert_eq!(code, "AccessDeniedException");
    let all = scene.ok("DescribeResourcePolicies", json!({})).await;
    assert_eq!(all["resourcePolicies"][1]["policyName"], json!("b"));
    scene.ok("DeleteResourcePolicy", json!({"policyName": "b"})).await;
    clerk.ok("DescribeLogStreams", json!({"logGroupName": "g"})).await;
}

#[tokio::test]
async fn a_policy_that_is_none_and_one_too_many_are_refused() {
    let scene = Scene::new(1);
    let put = |name: &str, document: &str| json!({"policyName": name, "policyDocument": document});
    let (code, _) = scene.refused("PutResourcePolicy", put("a", "{}")).await;
    assert_eq!(code, "InvalidParameterException");
    for n in 0..10 {
        let body = put(&n.to_string(), &document("Allow", "logs:PutLogEvents"));
        scene.ok("PutResourcePolicy", body).await;
    }
    let eleventh = put("x", &document("Allow", "logs:PutLogEvents"));
    assert_eq!(scene.refused("PutResourcePolicy", eleventh).await.0, "LimitExceededException");
    let (code, _) = scene.refused("DeleteResourcePolicy", json!({"policyName": "x"})).await;
    assert_eq!(code, "ResourceNotFoundException");
}
