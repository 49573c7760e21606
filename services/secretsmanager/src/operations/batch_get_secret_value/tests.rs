//! BatchGetSecretValue as its callers see it.

use serde_json::{Value, json};
use strongroom_testkit::{ACCOUNT, allowed_only, user};

use crate::testing::{Mood, Room};

async fn room() -> Room {
    let room = Room::new();
    for name in ["a", "b", "c"] {
        room.create(name, &format!("value of {name}")).await.unwrap();
    }
    room.ok("CreateSecret", json!({"Name": "empty"})).await;
    room
}

fn names(reply: &Value) -> Vec<String> {
    let values = reply["SecretValues"].as_array().unwrap().iter();
    values.map(|value| value["Name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn values_come_in_the_order_of_their_ids_as_a_single_read_answers_them() {
    let room = room().await;
    let reply = room.ok("BatchGetSecretValue", json!({"SecretIdList": ["c", "a"]})).await;
    assert_eq!(names(&reply), ["c", "a"]);
    assert_eq!(reply["Errors"], json!([]));
    assert_eq!(reply["SecretValues"][0], room.ok("GetSecretValue", json!({"SecretId": "c"})).await);
}

#[tokio::test]
async fn a_failing_secret_is_an_entry_of_its_own_and_fails_no_other() {
    let room = room().await;
    room.ok("DeleteSecret", json!({"SecretId": "b"})).await;
    let ids = json!({"SecretIdList": ["a", "b", "no", "empty", "Inv Name", "c"]});
    let reply = room.ok("BatchGetSecretValue", ids).await;
    assert_eq!(names(&reply), ["a", "c"]);
    let errors = reply["Errors"].as_array().unwrap();
    let found: Vec<_> = errors
        .iter()
        .map(|e| (e["SecretId"].as_str().unwrap(), e["ErrorCode"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("b", "InvalidRequestException"),
            ("no", "ResourceNotFoundException"),
            ("empty", "ResourceNotFoundException"),
            ("Inv Name", "ValidationException"),
        ]
    );
    assert_eq!(errors[1]["Message"], "Secrets Manager can't find the specified secret.");
}

#[tokio::test]
async fn every_secret_needs_the_right_to_read_it_and_leaves_a_record() {
    let room = room().await;
    let clerk = room.as_caller(user(
        ACCOUNT,
        "clerk",
        r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "secretsmanager:BatchGetSecretValue", "Resource": "*"},
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
         "Resource": "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-??????"}
    ]}"#,
    ));
    room.stage.tape.clear();
    let reply = clerk.ok("BatchGetSecretValue", json!({"SecretIdList": ["a", "b"]})).await;
    assert_eq!(names(&reply), ["a"]);
    assert_eq!(reply["Errors"][0]["ErrorCode"], "AccessDeniedException");
    let records = room.stage.tape.records();
    let of = |name: &str| records.iter().filter(|record| record["eventName"] == name).count();
    assert_eq!((of("BatchGetSecretValue"), of("GetSecretValue")), (1, 2));
    let filters = json!({"Filters": [{"Key": "name", "Values": ["a"]}]});
    let refusal = clerk.refused("BatchGetSecretValue", filters).await;
    assert!(refusal.1.contains("secretsmanager:ListSecrets"), "{}", refusal.1);
    let reader = room.as_caller(allowed_only(ACCOUNT, &["secretsmanager:GetSecretValue"]));
    let refusal = reader.refused("BatchGetSecretValue", json!({"SecretIdList": ["a"]})).await;
    assert_eq!(refusal.0, "AccessDeniedException");
}

#[tokio::test]
async fn a_secret_named_twice_is_answered_once() {
    let room = room().await;
    let arn = room.describe("a").await["ARN"].clone();
    let reply = room.ok("BatchGetSecretValue", json!({"SecretIdList": ["a", "a", arn, "b"]})).await;
    assert_eq!(names(&reply), ["a", "b"]);
}

#[tokio::test]
async fn filters_page_through_what_is_not_on_its_way_out() {
    let room = room().await;
    room.ok("DeleteSecret", json!({"SecretId": "b"})).await;
    let mut query =
        json!({"Filters": [{"Key": "name", "Values": ["a", "b", "c"]}], "MaxResults": 1});
    let first = room.ok("BatchGetSecretValue", query.clone()).await;
    assert_eq!(names(&first), ["a"]);
    query["NextToken"] = first["NextToken"].clone();
    let second = room.ok("BatchGetSecretValue", query.clone()).await;
    assert_eq!((names(&second), second.get("NextToken")), (vec!["c".to_owned()], None));
    query["Filters"] = json!([{"Key": "name", "Values": ["a"]}]);
    assert_eq!(room.refused("BatchGetSecretValue", query).await.0, "InvalidNextTokenException");
}

#[tokio::test]
async fn ids_and_filters_exclude_each_other() {
    let room = room().await;
    let filters = json!([{"Key": "name", "Values": ["a"]}]);
    let message = "Either 'SecretIdList' or 'Filters' must be provided, but not both.";
    for body in [json!({}), json!({"SecretIdList": ["a"], "Filters": filters})] {
        let refusal = room.refused("BatchGetSecretValue", body).await;
        assert_eq!(refusal, ("InvalidParameterException".to_owned(), message.to_owned()));
    }
    let sized = json!({"SecretIdList": ["a"], "MaxResults": 5});
    let message =
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.";
    assert_eq!(room.refused("BatchGetSecretValue", sized).await.1, message);
}

#[tokio::test]
async fn keys_that_refuse_fail_the_secret_and_keys_out_of_order_the_call() {
    let room = room().await;
    room.keys.put_into("us-east-1", Mood::Denying);
    let reply = room.ok("BatchGetSecretValue", json!({"SecretIdList": ["a"]})).await;
    assert_eq!(reply["SecretValues"], json!([]));
    assert_eq!(reply["Errors"][0]["Message"], "Access to KMS is not allowed");
    room.keys.put_into("us-east-1", Mood::Broken);
    let refusal = room.refused("BatchGetSecretValue", json!({"SecretIdList": ["a"]})).await;
    assert_eq!(refusal.0, "InternalServiceError");
}
