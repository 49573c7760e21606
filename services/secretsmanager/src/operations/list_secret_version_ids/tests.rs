//! ListSecretVersionIds as its callers see it.

use serde_json::{Value, json};

use crate::testing::{Room, version};

fn ids(reply: &Value) -> Vec<String> {
    let versions = reply["Versions"].as_array().unwrap().iter();
    versions.map(|entry| entry["VersionId"].as_str().unwrap().to_owned()).collect()
}

async fn room() -> Room {
    let room = Room::with_secret("db").await;
    for token in 2..=5 {
        room.put("db", token, "v").await.unwrap();
    }
    room
}

#[tokio::test]
async fn versions_without_labels_are_shown_on_request_only() {
    let room = room().await;
    let reply = room.ok("ListSecretVersionIds", json!({"SecretId": "db"})).await;
    assert_eq!(ids(&reply), [version(4), version(5)]);
    assert_eq!(reply["Versions"][1]["VersionStages"], json!(["AWSCURRENT"]));
    assert_eq!(reply["Versions"][1]["KmsKeyIds"], json!(["DefaultEncryptionKey"]));
    let all = json!({"SecretId": "db", "IncludeDeprecated": true});
    let reply = room.ok("ListSecretVersionIds", all).await;
    assert_eq!(ids(&reply), (1..=5).map(version).collect::<Vec<_>>());
    assert_eq!(reply["Versions"][0].get("VersionStages"), None);
}

#[tokio::test]
async fn pages_together_hold_every_version_once() {
    let room = room().await;
    for size in [1, 2, 5, 100] {
        let mut query = json!({"SecretId": "db", "IncludeDeprecated": true, "MaxResults": size});
        let mut all = Vec::new();
        loop {
            let reply = room.ok("ListSecretVersionIds", query.clone()).await;
            all.extend(ids(&reply));
            match reply.get("NextToken") {
                Some(token) => query["NextToken"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(all, (1..=5).map(version).collect::<Vec<_>>(), "{size}");
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_own_secret_only() {
    let room = room().await;
    room.create("other", "v").await.unwrap();
    let query = json!({"SecretId": "db", "IncludeDeprecated": true, "MaxResults": 2});
    let token = room.ok("ListSecretVersionIds", query).await["NextToken"].clone();
    for foreign in [
        json!({"SecretId": "other", "IncludeDeprecated": true, "NextToken": token}),
        json!({"SecretId": "db", "NextToken": token}),
        json!({"SecretId": "db", "IncludeDeprecated": true, "NextToken": "AAAA"}),
    ] {
        let refusal = room.refused("ListSecretVersionIds", foreign).await;
        assert_eq!(refusal.0, "InvalidNextTokenException");
    }
    let restarted = Room::over(room.service.records.clone());
    let next = json!({"SecretId": "db", "IncludeDeprecated": true, "NextToken": token});
    let reply = restarted.ok("ListSecretVersionIds", next).await;
    assert_eq!(ids(&reply), (3..=5).map(version).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_version_shows_the_day_it_was_read() {
    let room = room().await;
    room.ok("GetSecretValue", json!({"SecretId": "db", "VersionId": version(4)})).await;
    let reply = room.ok("ListSecretVersionIds", json!({"SecretId": "db"})).await;
    assert_eq!(reply["Versions"][0]["LastAccessedDate"], 1_769_817_600);
    assert_eq!(reply["Versions"][1].get("LastAccessedDate"), None);
}

#[tokio::test]
async fn a_secret_without_versions_has_an_empty_list() {
    let room = Room::new();
    room.ok("CreateSecret", json!({"Name": "db"})).await;
    let reply = room.ok("ListSecretVersionIds", json!({"SecretId": "db"})).await;
    assert_eq!(reply["Versions"], json!([]));
}
