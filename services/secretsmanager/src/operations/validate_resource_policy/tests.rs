//! ValidateResourcePolicy as its callers see it.

use serde_json::{Value, json};
use strongroom_testkit::{ACCOUNT, allowed_only};

use crate::testing::Room;

fn document(effect: &str, principal: &Value, action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"},
    ]})
    .to_string()
}

async fn findings(room: &Room, body: Value) -> Vec<String> {
    let reply = room.ok("ValidateResourcePolicy", body).await;
    let errors = reply["ValidationErrors"].as_array().unwrap();
    assert_eq!(reply["PolicyValidationPassed"], errors.is_empty());
    errors.iter().map(|error| error["CheckName"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_flaw_is_found_and_nothing_is_attached() {
    let room = Room::with_secret("db").await;
    let before = room.stored().await;
    let owner = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")});
    let read = "secretsmanager:GetSecretValue";
    for (document, expected) in [
        (document("Allow", &owner, read), &[][..]),
        (document("Allow", &json!("*"), read), &["PUBLIC_POLICY"]),
        ("{".to_owned(), &["SYNTAX"]),
        (document("Allow", &owner, "s3:GetObject"), &["SYNTAX"]),
        (document("Deny", &json!("*"), "secretsmanager:*"), &["LOCKOUT"]),
    ] {
        let body = json!({"SecretId": "db", "ResourcePolicy": document});
        assert_eq!(findings(&room, body).await, expected, "{document}");
    }
    // Without a secret there is nobody to lock out.
    let body = json!({"ResourcePolicy": document("Deny", &json!("*"), "secretsmanager:*")});
    assert_eq!(findings(&room, body).await, Vec::<String>::new());
    assert_eq!(room.stored().await, before);
}

#[tokio::test]
async fn it_takes_the_right_to_attach_as_well() {
    let room = Room::with_secret("db").await;
    let body = json!({"SecretId": "db", "ResourcePolicy": document("Allow", &json!("*"), "*")});
    let clerk = room.as_caller(allowed_only(ACCOUNT, &["secretsmanager:ValidateResourcePolicy"]));
    let refusal = clerk.refused("ValidateResourcePolicy", body.clone()).await;
    assert!(refusal.1.contains("secretsmanager:PutResourcePolicy"), "{}", refusal.1);
    let both = ["secretsmanager:ValidateResourcePolicy", "secretsmanager:PutResourcePolicy"];
    room.as_caller(allowed_only(ACCOUNT, &both)).ok("ValidateResourcePolicy", body).await;
}

#[tokio::test]
async fn a_malformed_name_is_refused_first() {
    let room = Room::new();
    let body = json!({"SecretId": "Inv Name", "ResourcePolicy": "{"});
    assert_eq!(room.refused("ValidateResourcePolicy", body).await.0, "ValidationException");
}
