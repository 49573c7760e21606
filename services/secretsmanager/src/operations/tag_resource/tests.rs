//! Tags as their callers see them.

use serde_json::{Value, json};

use crate::testing::Room;

async fn tag(room: &Room, tags: Value) {
    room.ok("TagResource", json!({"SecretId": "db", "Tags": tags})).await;
}

async fn untag(room: &Room, keys: Value) {
    room.ok("UntagResource", json!({"SecretId": "db", "TagKeys": keys})).await;
}

async fn tags(room: &Room) -> Option<Value> {
    room.describe("db").await.get("Tags").cloned()
}

#[tokio::test]
async fn tags_are_added_overwritten_by_key_and_taken_off() {
    let room = Room::with_secret("db").await;
    assert_eq!(tags(&room).await, None);
    untag(&room, json!(["a"])).await;
    assert_eq!(tags(&room).await, None, "never tagged");
    tag(&room, json!([{"Key": "a", "Value": "1"}, {"Key": "A", "Value": ""}])).await;
    tag(&room, json!([{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])).await;
    let expected = json!([
        {"Key": "a", "Value": "3"}, {"Key": "A", "Value": ""}, {"Key": "b", "Value": "2"},
    ]);
    assert_eq!(tags(&room).await, Some(expected));
    untag(&room, json!(["a", "unknown"])).await;
    untag(&room, json!(["A", "b"])).await;
    assert_eq!(tags(&room).await, Some(json!([])), "tagged once");
}

#[tokio::test]
async fn fifty_tags_fit_and_a_full_secret_still_overwrites() {
    let room = Room::with_secret("db").await;
    let many = |count: usize| {
        json!((0..count).map(|n| json!({"Key": n.to_string(), "Value": ""})).collect::<Vec<_>>())
    };
    tag(&room, many(50)).await;
    let more = json!({"SecretId": "db", "Tags": [{"Key": "x", "Value": ""}]});
    assert_eq!(room.refused("TagResource", more).await.0, "InvalidParameterException");
    tag(&room, json!([{"Key": "7", "Value": "new"}])).await;
    assert_eq!(tags(&room).await.unwrap().as_array().unwrap().len(), 50);
    let too_many = json!({"SecretId": "db", "Tags": many(51)});
    assert_eq!(room.refused("TagResource", too_many).await.0, "InvalidParameterException");
}

#[tokio::test]
async fn tags_that_break_the_rules_change_nothing() {
    let room = Room::with_secret("db").await;
    let before = room.stored().await;
    for tags in [
        json!([{"Key": "aws:x", "Value": "1"}]),
        json!([{"Key": "AWS:x", "Value": "1"}]),
        json!([{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]),
        json!([{"Value": "1"}]),
        json!([{"Key": "", "Value": "1"}]),
        json!([{"Key": "k".repeat(129), "Value": "1"}]),
        json!([{"Key": "k", "Value": "v".repeat(257)}]),
    ] {
        let refusal = room.refused("TagResource", json!({"SecretId": "db", "Tags": tags})).await;
        assert!(
            ["InvalidParameterException", "ValidationException"].contains(&refusal.0.as_str()),
            "{tags}: {refusal:?}"
        );
    }
    assert_eq!(room.stored().await, before);
}
