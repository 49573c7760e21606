//! Resource policies as their callers see them.

use serde_json::{Value, json};
use strongroom_testkit::{ACCOUNT, allowed_only};

use crate::testing::Room;

fn policy(effect: &str, principal: &Value, action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"},
    ]})
}

fn harmless() -> Value {
    let owner = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")});
    policy("Allow", &owner, "secretsmanager:GetSecretValue")
}

fn request(policy: &Value) -> Value {
    json!({"SecretId": "db", "ResourcePolicy": policy.to_string()})
}

#[tokio::test]
async fn a_policy_comes_back_as_text_until_it_is_deleted() {
    let room = Room::with_secret("db").await;
    let reply = room.ok("GetResourcePolicy", json!({"SecretId": "db"})).await;
    assert_eq!(reply.get("ResourcePolicy"), None);
    assert_eq!(room.ok("PutResourcePolicy", request(&harmless())).await["Name"], "db");
    let reply = room.ok("GetResourcePolicy", json!({"SecretId": "db"})).await;
    assert_eq!(reply["ResourcePolicy"], harmless().to_string());
    let list = room.ok("ListResourcePolicies", json!({"SecretId": "db"})).await;
    assert_eq!(list["ResourcePolicies"], json!([{"PolicyName": "default"}]));
    for _ in 0..2 {
        room.ok("DeleteResourcePolicy", json!({"SecretId": "db"})).await;
        let reply = room.ok("GetResourcePolicy", json!({"SecretId": "db"})).await;
        assert_eq!(reply.get("ResourcePolicy"), None);
    }
}

#[tokio::test]
async fn a_policy_grants_and_denies_from_the_next_call_on() {
    let room = Room::with_secret("db").await;
    let clerk = room.as_caller(allowed_only(ACCOUNT, &["secretsmanager:DescribeSecret"]));
    assert!(clerk.value("db").await.is_err());
    let everybody = policy("Allow", &json!("*"), "secretsmanager:GetSecretValue");
    room.ok("PutResourcePolicy", request(&everybody)).await;
    assert_eq!(clerk.value("db").await.unwrap(), "hunter2");
    let deny = policy("Deny", &json!("*"), "secretsmanager:DescribeSecret");
    room.ok("PutResourcePolicy", request(&deny)).await;
    let refusal = clerk.refused("DescribeSecret", json!({"SecretId": "db"})).await;
    assert!(
        refusal.1.contains("with an explicit deny in a resource-based policy"),
        "{}",
        refusal.1
    );
    room.ok("DeleteResourcePolicy", json!({"SecretId": "db"})).await;
    clerk.ok("DescribeSecret", json!({"SecretId": "db"})).await;
}

#[tokio::test]
async fn a_public_policy_is_refused_only_when_asked_to() {
    let room = Room::with_secret("db").await;
    let mut public = policy("Allow", &json!("*"), "secretsmanager:GetSecretValue");
    let mut body = request(&public);
    body["BlockPublicPolicy"] = json!(true);
    let before = room.stored().await;
    assert_eq!(room.refused("PutResourcePolicy", body.clone()).await.0, "PublicPolicyException");
    assert_eq!(room.stored().await, before);
    public["Statement"][0]["Condition"] =
        json!({"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}});
    body["ResourcePolicy"] = json!(public.to_string());
    room.ok("PutResourcePolicy", body).await;
}

#[tokio::test]
async fn a_policy_that_locks_its_author_out_is_refused() {
    let room = Room::with_secret("db").await;
    let before = room.stored().await;
    for action in ["secretsmanager:*", "secretsmanager:PutResourcePolicy", "*"] {
        let refusal =
            room.refused("PutResourcePolicy", request(&policy("Deny", &json!("*"), action))).await;
        let message =
            "Your requested changes will not allow you to manage this secret in the future.";
        assert_eq!(refusal, ("MalformedPolicyDocumentException".to_owned(), message.to_owned()));
    }
    assert_eq!(room.stored().await, before);
}

#[tokio::test]
async fn malformed_policies_are_refused_with_awss_sentences() {
    let room = Room::with_secret("db").await;
    let syntax = "This resource policy contains a syntax error.";
    let mut old = harmless();
    old["Version"] = json!("2020-01-01");
    let nobody = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:user/nobody")});
    for (document, message) in [
        ("{".to_owned(), syntax),
        ("[]".to_owned(), syntax),
        ("x".to_owned(), syntax),
        (json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}).to_string(), syntax),
        (policy("Allow", &json!("*"), "s3:GetObject").to_string(), syntax),
        (policy("Maybe", &json!("*"), "secretsmanager:*").to_string(), syntax),
        (old.to_string(), "This policy has invalid syntax."),
        (
            policy("Allow", &nobody, "secretsmanager:GetSecretValue").to_string(),
            "This resource policy contains an unsupported principal",
        ),
        (
            policy("Allow", &json!({"AWS": "somebody"}), "secretsmanager:GetSecretValue")
                .to_string(),
            "This resource policy contains an unsupported principal",
        ),
    ] {
        let body = json!({"SecretId": "db", "ResourcePolicy": document});
        let refusal = room.refused("PutResourcePolicy", body).await;
        assert_eq!(
            refusal,
            ("MalformedPolicyDocumentException".to_owned(), message.to_owned()),
            "{document}"
        );
    }
    let long = json!({"SecretId": "db", "ResourcePolicy": " ".repeat(20_481)});
    assert_eq!(room.refused("PutResourcePolicy", long).await.0, "ValidationException");
    let reply = room.ok("GetResourcePolicy", json!({"SecretId": "db"})).await;
    assert_eq!(reply.get("ResourcePolicy"), None);
}

#[tokio::test]
async fn there_is_no_policy_of_another_name() {
    let room = Room::with_secret("db").await;
    let mut body = request(&harmless());
    body["PolicyName"] = json!("mine");
    assert_eq!(room.refused("PutResourcePolicy", body).await.0, "InvalidParameterException");
    let body = json!({"SecretId": "db", "PolicyName": "mine"});
    assert_eq!(
        room.refused("GetResourcePolicy", body.clone()).await.0,
        "ResourceNotFoundException"
    );
    assert_eq!(room.refused("DeleteResourcePolicy", body).await.0, "InvalidParameterException");
}
