//! UpdateSecret as its callers see it.

use serde_json::json;

use crate::testing::{Mood, Room, version};

const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

#[tokio::test]
async fn a_token_and_a_value_make_a_version_once() {
    let room = Room::with_secret("db").await;
    let body = json!({"SecretId": "db", "ClientRequestToken": version(2), "SecretString": "two"});
    let first = room.ok("UpdateSecret", body.clone()).await;
    assert_eq!(first["VersionId"], version(2));
    assert_eq!(room.ok("UpdateSecret", body).await, first);
    let other =
        json!({"SecretId": "db", "ClientRequestToken": version(2), "SecretString": "other"});
    assert_eq!(room.refused("UpdateSecret", other).await.0, "ResourceExistsException");
    let same = json!({"SecretId": "db", "ClientRequestToken": version(3), "SecretString": "two"});
    assert_eq!(room.ok("UpdateSecret", same).await["VersionId"], version(3));
    assert_eq!(room.labels("db").await.len(), 2);
}

#[tokio::test]
async fn a_token_without_a_value_means_nothing() {
    let room = Room::with_secret("db").await;
    let before = room.stored().await;
    let reply =
        room.ok("UpdateSecret", json!({"SecretId": "db", "ClientRequestToken": version(2)})).await;
    assert_eq!(reply.as_object().unwrap().len(), 2, "ARN and Name");
    assert_eq!(room.stored().await, before);
}

#[tokio::test]
async fn a_value_without_a_token_is_refused_before_the_secret_is_looked_up() {
    let room = Room::new();
    let refusal =
        room.refused("UpdateSecret", json!({"SecretId": "no", "SecretString": "v"})).await;
    let message = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
    assert_eq!(refusal, ("InvalidRequestException".to_owned(), message.to_owned()));
}

#[tokio::test]
async fn a_description_changes_the_date_and_an_empty_one_clears() {
    let room = Room::with_secret("db").await;
    let created = room.describe("db").await["CreatedDate"].clone();
    room.stage.advance_millis(5_000);
    let reply = room.ok("UpdateSecret", json!({"SecretId": "db", "Description": "d"})).await;
    assert_eq!(reply.get("VersionId"), None);
    let described = room.describe("db").await;
    assert_eq!(described["Description"], "d");
    assert_ne!(described["LastChangedDate"], created);
    assert_eq!(described["CreatedDate"], created);
    room.ok("UpdateSecret", json!({"SecretId": "db", "Description": ""})).await;
    assert_eq!(room.describe("db").await.get("Description"), None);
}

#[tokio::test]
async fn another_key_leaves_every_value_readable() {
    let room = Room::with_secret("db").await;
    room.put("db", 2, "two").await.unwrap();
    room.ok("UpdateSecret", json!({"SecretId": "db", "KmsKeyId": KEY})).await;
    assert_eq!(room.describe("db").await["KmsKeyId"], KEY);
    assert_eq!(room.value("db").await.unwrap(), "two");
    let list = room.ok("ListSecretVersionIds", json!({"SecretId": "db"})).await;
    for entry in list["Versions"].as_array().unwrap() {
        assert_eq!(entry["KmsKeyIds"].as_array().unwrap().len(), 2, "{entry}");
    }
    room.ok("UpdateSecret", json!({"SecretId": "db", "KmsKeyId": ""})).await;
    assert_eq!(room.describe("db").await.get("KmsKeyId"), None);
    let previous = json!({"SecretId": "db", "VersionStage": "AWSPREVIOUS"});
    assert_eq!(room.ok("GetSecretValue", previous).await["SecretString"], "hunter2");
}

#[tokio::test]
async fn another_key_and_a_new_value_come_in_one_call() {
    for value in ["two".to_owned(), "x".repeat(60_000)] {
        let room = Room::with_secret("db").await;
        room.put("db", 2, &value).await.unwrap();
        let body = json!({
            "SecretId": "db", "ClientRequestToken": version(3), "SecretString": "three", "KmsKeyId": KEY,
        });
        room.ok("UpdateSecret", body).await;
        assert_eq!(room.value("db").await.unwrap(), "three");
        let previous = json!({"SecretId": "db", "VersionStage": "AWSPREVIOUS"});
        assert_eq!(room.ok("GetSecretValue", previous).await["SecretString"], value);
        let list = room.ok("ListSecretVersionIds", json!({"SecretId": "db"})).await;
        assert_eq!(list["Versions"][0]["KmsKeyIds"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_key_that_refuses_changes_nothing() {
    let room = Room::with_secret("db").await;
    let before = room.stored().await;
    room.keys.put_into("us-east-1", Mood::Denying);
    let refusal = room.refused("UpdateSecret", json!({"SecretId": "db", "KmsKeyId": KEY})).await;
    let message = "Access to KMS is not allowed";
    assert_eq!(refusal, ("AccessDeniedException".to_owned(), message.to_owned()));
    room.keys.put_into("us-east-1", Mood::Disabled);
    let refusal = room.refused("UpdateSecret", json!({"SecretId": "db", "KmsKeyId": KEY})).await;
    assert_eq!(refusal.0, "EncryptionFailure");
    assert_eq!(
        room.refused("GetSecretValue", json!({"SecretId": "db"})).await.0,
        "DecryptionFailure"
    );
    assert_eq!(room.stored().await, before);
}
