//! ListSecrets as its callers see it: order, pages, filters.

use serde_json::{Value, json};
use strongroom_api::Caller;

use crate::testing::{Room, version};

/// Secrets `a` to `j`, made one second after another in an order of their own.
async fn room() -> Room {
    let room = Room::new();
    for name in ["d", "a", "j", "c", "b", "i", "h", "e", "g", "f"] {
        room.create(name, "v").await.unwrap();
        room.stage.advance_millis(1_000);
    }
    room
}

fn names(reply: &Value) -> String {
    let list = reply["SecretList"].as_array().unwrap().iter();
    list.map(|entry| entry["Name"].as_str().unwrap()).collect()
}

/// All pages of a query, as one text of names.
async fn pages(room: &Room, mut query: Value) -> String {
    let mut all = String::new();
    loop {
        let reply = room.ok("ListSecrets", query.clone()).await;
        all.push_str(&names(&reply));
        match reply.get("NextToken") {
            Some(token) => query["NextToken"] = token.clone(),
            None => return all,
        }
    }
}

#[tokio::test]
async fn pages_together_show_every_secret_once_in_any_order() {
    let room = room().await;
    room.stage.advance_days(1);
    room.value("g").await.unwrap();
    room.write_notes().await;
    room.put("a", 2, "new").await.unwrap();
    for size in [1, 3, 10, 100] {
        for (by, order, expected) in [
            (json!(null), json!(null), "dajcbihegf"),
            (json!("created-date"), json!("desc"), "fgehibcjad"),
            (json!("name"), json!("asc"), "abcdefghij"),
            (json!("name"), json!("desc"), "jihgfedcba"),
            (json!("last-changed-date"), json!("asc"), "djcbihegfa"),
            (json!("last-accessed-date"), json!("desc"), "gjihfedcba"),
        ] {
            let mut query = json!({"MaxResults": size});
            for (name, value) in [("SortBy", by), ("SortOrder", order)] {
                if !value.is_null() {
                    query[name] = value;
                }
            }
            assert_eq!(pages(&room, query.clone()).await, expected, "{query}");
            query["Filters"] = json!([{"Key": "name", "Values": ["a", "b", "c", "d", "ab"]}]);
            let some: String = expected.chars().filter(|name| *name <= 'd').collect();
            assert_eq!(pages(&room, query.clone()).await, some, "{query}");
            query["Filters"] = json!([{"Key": "name", "Values": ["!a"]}]);
            let others: String = expected.chars().filter(|name| *name != 'a').collect();
            assert_eq!(pages(&room, query.clone()).await, others, "{query}");
        }
    }
}

#[tokio::test]
async fn a_page_goes_on_after_the_secret_that_ended_it_is_gone() {
    let room = room().await;
    let first = room.ok("ListSecrets", json!({"MaxResults": 3, "SortBy": "name"})).await;
    room.ok("DeleteSecret", json!({"SecretId": "c", "ForceDeleteWithoutRecovery": true})).await;
    let next = json!({"MaxResults": 3, "SortBy": "name", "NextToken": first["NextToken"]});
    assert_eq!(names(&room.ok("ListSecrets", next).await), "def");
}

#[tokio::test]
async fn a_token_is_good_after_a_restart_and_for_its_own_query_only() {
    let room = room().await;
    let query = json!({"MaxResults": 3, "SortBy": "name"});
    let token = room.ok("ListSecrets", query).await["NextToken"].clone();
    let restarted = Room::over(room.service.records.clone());
    let next = json!({"MaxResults": 3, "SortBy": "name", "NextToken": token});
    assert_eq!(names(&restarted.ok("ListSecrets", next.clone()).await), "def");
    // Another page size is the same query.
    let fewer = json!({"MaxResults": 1, "SortBy": "name", "NextToken": token});
    assert_eq!(names(&room.ok("ListSecrets", fewer).await), "d");

    let text = token.as_str().unwrap();
    let mut tampered = text.to_owned();
    tampered.replace_range(9..10, if &text[9..10] == "A" { "B" } else { "A" });
    let filters = json!([{"Key": "name", "Values": ["a"]}]);
    for foreign in [
        json!({"SortBy": "name", "NextToken": tampered}),
        json!({"SortBy": "name", "NextToken": &text[..text.len() - 1]}),
        json!({"SortBy": "name", "NextToken": "%%%"}),
        json!({"SortBy": "name", "SortOrder": "desc", "NextToken": token}),
        json!({"SortBy": "created-date", "NextToken": token}),
        json!({"SortBy": "name", "IncludePlannedDeletion": true, "NextToken": token}),
        json!({"SortBy": "name", "Filters": filters, "NextToken": token}),
    ] {
        let refusal = room.refused("ListSecrets", foreign).await;
        assert_eq!(refusal.0, "InvalidNextTokenException");
    }
    let elsewhere = room.in_region("eu-west-1");
    assert_eq!(elsewhere.refused("ListSecrets", next.clone()).await.0, "InvalidNextTokenException");
    let theirs = room.as_caller(Caller::root("210987654321", None));
    assert_eq!(theirs.refused("ListSecrets", next.clone()).await.0, "InvalidNextTokenException");
    let versions = json!({"SecretId": "a", "NextToken": token});
    assert_eq!(room.refused("ListSecretVersionIds", versions).await.0, "InvalidNextTokenException");
}

#[tokio::test]
async fn another_account_and_another_region_have_lists_of_their_own() {
    let room = room().await;
    let theirs = room.as_caller(Caller::root("210987654321", None));
    assert_eq!(names(&theirs.ok("ListSecrets", json!({})).await), "");
    assert_eq!(names(&room.in_region("eu-west-1").ok("ListSecrets", json!({})).await), "");
}

#[tokio::test]
async fn filters_must_all_hold_and_of_their_values_any() {
    let room = Room::new();
    for (name, description, tags) in [
        ("x1", "the Orders database", json!([{"Key": "team", "Value": "core"}])),
        ("x2", "orders queue", json!([{"Key": "Team", "Value": "Core"}])),
        ("y1", "", json!([{"Key": "owner", "Value": "teamwork"}])),
    ] {
        let body = json!({
            "Name": name, "ClientRequestToken": version(1), "SecretString": "v",
            "Description": description, "Tags": tags,
        });
        room.ok("CreateSecret", body).await;
    }
    for (filters, expected) in [
        (json!([{"Key": "name", "Values": ["x"]}, {"Key": "name", "Values": ["x2", "y"]}]), "x2"),
        (json!([{"Key": "name", "Values": ["x2", "y"]}]), "x2y1"),
        (json!([{"Key": "name", "Values": ["X"]}]), ""),
        (json!([{"Key": "tag-key", "Values": ["tea"]}]), "x1"),
        (json!([{"Key": "tag-value", "Values": ["!co"]}]), "x2y1"),
        (json!([{"Key": "description", "Values": ["ORDERS"]}]), "x1x2"),
        (json!([{"Key": "description", "Values": ["data orders"]}]), "x1"),
        (json!([{"Key": "all", "Values": ["team"]}]), "x1x2y1"),
        (json!([{"Key": "all", "Values": ["+"]}]), ""),
        (json!([{"Key": "owning-service", "Values": ["!rds"]}]), "x1x2y1"),
        (json!([{"Key": "primary-region", "Values": ["us-"]}]), ""),
        (json!([]), "x1x2y1"),
    ] {
        let reply = room.ok("ListSecrets", json!({"Filters": filters})).await;
        assert_eq!(names(&reply), expected, "{filters}");
    }
}

#[tokio::test]
async fn broken_filters_are_refused() {
    let room = Room::new();
    for (filters, code, message) in [
        (json!([{"Values": ["x"]}]), "InvalidParameterException", Some("Invalid filter key")),
        (
            json!([{"Key": "name"}]),
            "InvalidParameterException",
            Some("Invalid filter values for key: name"),
        ),
        (json!([{"Key": "name", "Values": []}]), "ValidationException", None),
        (json!([{"Key": "Name", "Values": ["x"]}]), "ValidationException", None),
        (json!([{"Key": "name", "Values": ["ä"]}]), "ValidationException", None),
    ] {
        let refusal = room.refused("ListSecrets", json!({"Filters": filters})).await;
        assert_eq!(refusal.0, code, "{filters}");
        assert_eq!(refusal.1, message.unwrap_or(&refusal.1));
    }
}
