//! UpdateSecretVersionStage as its callers see it.

use serde_json::{Value, json};

use crate::testing::{Room, version};

/// A room with versions 1 (AWSPREVIOUS), 2 (AWSCURRENT) and 3 (`x`).
async fn room() -> Room {
    let room = Room::with_secret("db").await;
    room.put("db", 2, "two").await.unwrap();
    let body = json!({
        "SecretId": "db", "ClientRequestToken": version(3), "SecretString": "three",
        "VersionStages": ["x"],
    });
    room.ok("PutSecretValue", body).await;
    room
}

fn request(label: &str, from: Option<u32>, to: Option<u32>) -> Value {
    let mut body = json!({"SecretId": "db", "VersionStage": label});
    if let Some(from) = from {
        body["RemoveFromVersionId"] = json!(version(from));
    }
    if let Some(to) = to {
        body["MoveToVersionId"] = json!(version(to));
    }
    body
}

async fn after(label: &str, from: Option<u32>, to: Option<u32>) -> Vec<(u32, String)> {
    let room = room().await;
    room.ok("UpdateSecretVersionStage", request(label, from, to)).await;
    room.labels("db").await.into_iter().map(|(token, labels)| (token, labels.join(" "))).collect()
}

fn labels(expected: &[(u32, &str)]) -> Vec<(u32, String)> {
    expected.iter().map(|(token, labels)| (*token, (*labels).to_owned())).collect()
}

#[tokio::test]
async fn moving_awscurrent_drags_awsprevious() {
    let moved = after("AWSCURRENT", Some(2), Some(3)).await;
    assert_eq!(moved, labels(&[(2, "AWSPREVIOUS"), (3, "x AWSCURRENT")]));
    let rolled_back = after("AWSCURRENT", Some(2), Some(1)).await;
    assert_eq!(rolled_back, labels(&[(1, "AWSCURRENT"), (2, "AWSPREVIOUS"), (3, "x")]));
}

#[tokio::test]
async fn other_labels_are_added_moved_and_removed() {
    assert_eq!(
        after("y", None, Some(1)).await,
        labels(&[(1, "AWSPREVIOUS y"), (2, "AWSCURRENT"), (3, "x")])
    );
    assert_eq!(
        after("x", Some(3), Some(2)).await,
        labels(&[(1, "AWSPREVIOUS"), (2, "AWSCURRENT x")])
    );
    assert_eq!(after("x", Some(3), None).await, labels(&[(1, "AWSPREVIOUS"), (2, "AWSCURRENT")]));
    assert_eq!(after("AWSPREVIOUS", Some(1), None).await, labels(&[(2, "AWSCURRENT"), (3, "x")]));
}

#[tokio::test]
async fn moving_a_label_to_where_it_is_changes_nothing() {
    for from in [None, Some(1), Some(2)] {
        let room = room().await;
        let before = room.stored().await;
        room.ok("UpdateSecretVersionStage", request("AWSCURRENT", from, Some(2))).await;
        assert_eq!(room.stored().await, before);
    }
}

#[tokio::test]
async fn impossible_moves_are_refused_and_change_nothing() {
    let room = room().await;
    let holder = format!(
        "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently \
         attached to version {}, so you must explicitly reference that version in RemoveFromVersionId.",
        version(2)
    );
    let unknown = format!(
        "Secrets Manager can't find the specified secret value for VersionId: {}",
        version(9)
    );
    let not_there = "When you move staging label AWSCURRENT, if you specify RemoveFromVersionId, it \
                     must be set to the version that currently has the staging label AWSCURRENT.";
    let removed = "You can only move staging label AWSCURRENT to a different secret version. It \
                   can\u{2019}t be completely removed.";
    let before = room.stored().await;
    for (label, from, to, code, message) in [
        ("AWSCURRENT", None, Some(3), "InvalidParameterException", Some(holder.as_str())),
        ("AWSCURRENT", Some(2), None, "InvalidParameterException", Some(removed)),
        ("AWSCURRENT", Some(1), Some(3), "InvalidParameterException", Some(not_there)),
        ("x", None, None, "InvalidParameterException", None),
        ("y", Some(1), None, "InvalidParameterException", None),
        ("x", Some(3), Some(9), "ResourceNotFoundException", Some(unknown.as_str())),
    ] {
        let refusal = room.refused("UpdateSecretVersionStage", request(label, from, to)).await;
        assert_eq!(refusal.0, code, "{label} {from:?} {to:?}");
        assert_eq!(refusal.1, message.unwrap_or(&refusal.1));
    }
    assert_eq!(room.stored().await, before);
}

#[tokio::test]
async fn a_version_without_labels_may_be_labelled_again() {
    let room = room().await;
    room.put("db", 4, "four").await.unwrap();
    assert!(!room.labels("db").await.contains_key(&1));
    room.ok("UpdateSecretVersionStage", request("AWSCURRENT", Some(4), Some(1))).await;
    assert_eq!(room.value("db").await.unwrap(), "hunter2");
}
