//! PutSecretValue as its callers see it.

use serde_json::json;

use crate::secret::{KEPT_VERSIONS, MOST_VERSIONS};
use crate::testing::{Room, Script, version};
use crate::version::Version;

async fn put_as(room: &Room, token: u32, stages: &[&str]) -> serde_json::Value {
    let body = json!({
        "SecretId": "db", "ClientRequestToken": version(token), "SecretString": format!("value {token}"),
        "VersionStages": stages,
    });
    room.ok("PutSecretValue", body).await
}

fn labels(expected: &[(u32, &[&str])]) -> std::collections::BTreeMap<u32, Vec<String>> {
    let texts = |stages: &[&str]| stages.iter().map(|stage| (*stage).to_owned()).collect();
    expected.iter().map(|(token, stages)| (*token, texts(stages))).collect()
}

#[tokio::test]
async fn the_same_call_again_moves_no_label() {
    let room = Room::with_secret("db").await;
    let first = put_as(&room, 2, &["AWSCURRENT"]).await;
    assert_eq!(put_as(&room, 2, &["x"]).await, first);
    put_as(&room, 3, &["AWSCURRENT"]).await;
    let late = put_as(&room, 2, &["AWSCURRENT"]).await;
    assert_eq!(late["VersionStages"], json!(["AWSPREVIOUS"]));
    assert_eq!(room.labels("db").await, labels(&[(2, &["AWSPREVIOUS"]), (3, &["AWSCURRENT"])]));
}

#[tokio::test]
async fn a_token_is_good_for_one_value_and_a_value_for_many_tokens() {
    let room = Room::with_secret("db").await;
    room.put("db", 2, "two").await.unwrap();
    let refusal = room.put("db", 2, "other").await.unwrap_err();
    assert_eq!(refusal.code, "ResourceExistsException");
    assert!(refusal.message.starts_with("You can't use ClientRequestToken"), "{}", refusal.message);
    room.put("db", 3, "two").await.unwrap();
    assert_eq!(room.labels("db").await, labels(&[(2, &["AWSPREVIOUS"]), (3, &["AWSCURRENT"])]));
}

#[tokio::test]
async fn named_labels_move_and_nothing_else() {
    let room = Room::with_secret("db").await;
    put_as(&room, 2, &["one", "two", "three"]).await;
    put_as(&room, 3, &["one", "two", "four"]).await;
    let expected = labels(&[(1, &["AWSCURRENT"]), (2, &["three"]), (3, &["one", "two", "four"])]);
    assert_eq!(room.labels("db").await, expected);
    put_as(&room, 4, &["three"]).await;
    let expected = labels(&[(1, &["AWSCURRENT"]), (3, &["one", "two", "four"]), (4, &["three"])]);
    assert_eq!(room.labels("db").await, expected);
    assert_eq!(room.value("db").await.unwrap(), "hunter2");
}

#[tokio::test]
async fn the_first_version_is_current_whatever_is_named() {
    let room = Room::new();
    room.ok("CreateSecret", json!({"Name": "db"})).await;
    put_as(&room, 1, &["x"]).await;
    assert_eq!(room.labels("db").await, labels(&[(1, &["AWSCURRENT", "x"])]));
}

#[tokio::test]
async fn a_new_current_value_ends_what_was_pending() {
    let room = Room::with_secret("db").await;
    put_as(&room, 2, &["AWSPENDING"]).await;
    put_as(&room, 3, &["AWSCURRENT"]).await;
    assert_eq!(room.labels("db").await, labels(&[(1, &["AWSPREVIOUS"]), (3, &["AWSCURRENT"])]));
}

#[tokio::test]
async fn twenty_labels_fit_and_no_more() {
    let room = Room::with_secret("db").await;
    let stages: Vec<String> = (0..19).map(|n| format!("label {n}")).collect();
    let stages: Vec<&str> = stages.iter().map(String::as_str).collect();
    put_as(&room, 2, &stages).await;
    let body = json!({
        "SecretId": "db", "ClientRequestToken": version(3), "SecretString": "v", "VersionStages": ["x"],
    });
    assert_eq!(room.refused("PutSecretValue", body).await.0, "LimitExceededException");
    put_as(&room, 3, &["label 0"]).await;
}

#[tokio::test]
async fn what_is_checked_before_the_secret_is_looked_up() {
    let room = Room::new();
    let refusal =
        room.refused("PutSecretValue", json!({"SecretId": "no", "SecretString": "v"})).await;
    let message = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
    assert_eq!(refusal, ("InvalidRequestException".to_owned(), message.to_owned()));
    let bad =
        json!({"SecretId": "Inv Name", "ClientRequestToken": version(1), "SecretString": "v"});
    assert_eq!(room.refused("PutSecretValue", bad).await.0, "ValidationException");
}

#[tokio::test]
async fn exactly_one_value_is_needed() {
    let room = Room::with_secret("db").await;
    let neither = json!({"SecretId": "db", "ClientRequestToken": version(2)});
    assert_eq!(room.refused("PutSecretValue", neither).await.0, "InvalidRequestException");
    let both = json!({
        "SecretId": "db", "ClientRequestToken": version(2), "SecretString": "v", "SecretBinary": "dg==",
    });
    assert_eq!(room.refused("PutSecretValue", both).await.0, "InvalidParameterException");
}

/// Versions with and without labels, oldest first.
async fn all_versions(room: &Room) -> Vec<String> {
    let found = room.service.lookup("123456789012", "us-east-1", "db").await.unwrap().unwrap();
    found.versions.iter().map(|version| version.id.clone()).collect()
}

#[tokio::test]
async fn old_versions_are_cleaned_up_above_a_hundred_and_never_on_their_first_day() {
    let room = Room::with_secret("db").await;
    for token in 2..=130 {
        room.put("db", token, "v").await.unwrap();
    }
    assert_eq!(all_versions(&room).await.len(), 130);
    room.stage.advance_days(1);
    room.stage.advance_millis(-1);
    room.put("db", 131, "v").await.unwrap();
    assert_eq!(all_versions(&room).await.len(), 131);
    room.stage.advance_millis(1);
    room.stage.tape.clear();
    room.put("db", 132, "v").await.unwrap();
    let left = all_versions(&room).await;
    // A hundred without labels, AWSPREVIOUS and AWSCURRENT.
    assert_eq!(left.len(), KEPT_VERSIONS + 2);
    assert_eq!(left[0], version(31), "the oldest went");
    assert_eq!(room.events(), vec!["SecretVersionDeletion"; 30]);
    // Their values went, too.
    let values = room.stored_keys().await;
    let values = values.iter().filter(|key| key.contains("/value/")).count();
    assert_eq!(values, KEPT_VERSIONS + 1);
    let gone = json!({"SecretId": "db", "VersionId": version(30)});
    let message = format!(
        "Secrets Manager can't find the specified secret value for VersionId: {}",
        version(30)
    );
    assert_eq!(room.refused("GetSecretValue", gone).await.1, message);
}

#[tokio::test]
async fn a_labelled_version_is_never_cleaned_up() {
    let room = Room::with_secret("db").await;
    put_as(&room, 2, &["keep"]).await;
    for token in 3..=140 {
        room.put("db", token, "v").await.unwrap();
    }
    room.stage.advance_days(2);
    room.put("db", 141, "v").await.unwrap();
    let reply = room.ok("GetSecretValue", json!({"SecretId": "db", "VersionStage": "keep"})).await;
    assert_eq!(reply["SecretString"], "value 2");
}

#[tokio::test]
async fn a_secret_full_of_versions_takes_the_next_one_a_day_later() {
    let room = Room::with_secret("db").await;
    let most = u32::try_from(MOST_VERSIONS).unwrap();
    let found = room.service.lookup("123456789012", "us-east-1", "db").await.unwrap().unwrap();
    let mut full = found.0.value.clone();
    full.versions.extend((2..=most).map(|token| Version::new(version(token), room.stage.now())));
    room.service.save(Some(&found), full, Vec::new()).await.unwrap();
    let refusal = room.put("db", most + 1, "v").await.unwrap_err();
    assert_eq!(refusal.code, "LimitExceededException");
    room.stage.advance_days(1);
    room.put("db", most + 1, "v").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_once_all_succeed_and_leave_one_current_version() {
    let room = Room::with_secret("db").await;
    let puts = (2..=50).map(|token| {
        let room = room.clone();
        tokio::spawn(async move { room.put("db", token, &format!("value {token}")).await })
    });
    for put in puts.collect::<Vec<_>>() {
        put.await.unwrap().unwrap();
    }
    assert_eq!(all_versions(&room).await.len(), 50);
    let labels = room.labels("db").await;
    let holders =
        |label: &str| labels.iter().filter(|(_, had)| had.contains(&label.to_owned())).count();
    assert_eq!((holders("AWSCURRENT"), holders("AWSPREVIOUS"), labels.len()), (1, 1, 2));
    for token in 2..=50 {
        let read = json!({"SecretId": "db", "VersionId": version(token)});
        let reply = room.ok("GetSecretValue", read).await;
        assert_eq!(reply["SecretString"], format!("value {token}"));
    }
}

#[tokio::test]
async fn the_version_of_a_rotation_takes_its_value_from_that_rotation_only() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::Hanging("createSecret"));
    room.ask(2, json!(null)).await.unwrap();
    let due = room.due().await;
    tokio::select! {
        () = room.work(&due[0]) => panic!("the function did not hang"),
        () = room.functions.hung.notified() => {}
    }
    let known = room.functions.events()[0]["RotationToken"].clone();
    let put = |version_id: u32, token: Option<serde_json::Value>| {
        let mut body = json!({
            "SecretId": "db", "ClientRequestToken": version(version_id), "SecretString": "new",
            "VersionStages": ["AWSPENDING"],
        });
        if let Some(token) = token {
            body["RotationToken"] = token;
        }
        body
    };
    let other = json!("00000000-0000-0000-0000-000000000000");
    let (code, _) = room.refused("PutSecretValue", put(2, Some(other.clone()))).await;
    assert_eq!(code, "InvalidParameterException");
    room.ok("PutSecretValue", put(2, Some(known))).await;
    // Of the secret's own account it need not say.
    room.ok("PutSecretValue", put(2, None)).await;
    // Beside a rotation nobody looks at it.
    let mut beside = put(3, Some(other));
    beside["VersionStages"] = json!(["x"]);
    room.ok("PutSecretValue", beside).await;
}

#[tokio::test]
async fn a_function_of_another_account_has_to_say_which_rotation_it_is_of() {
    let room = Room::with_function().await;
    let key = json!({"SecretId": "db", "KmsKeyId": "alias/ours"});
    room.ok("UpdateSecret", key).await;
    let policy = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "secretsmanager:*", "Resource": "*",
    }});
    let body = json!({"SecretId": "db", "ResourcePolicy": policy.to_string()});
    room.ok("PutResourcePolicy", body).await;
    room.functions.script("rotate", Script::Hanging("createSecret"));
    room.ask(2, json!(null)).await.unwrap();
    let due = room.due().await;
    tokio::select! {
        () = room.work(&due[0]) => panic!("the function did not hang"),
        () = room.functions.hung.notified() => {}
    }
    let there = room.as_caller(strongroom_testkit::allowed_only(
        "210987654321",
        &["secretsmanager:*", "kms:*"],
    ));
    let arn = room.describe("db").await["ARN"].clone();
    let mut put = json!({
        "SecretId": arn, "ClientRequestToken": version(2), "SecretString": "new",
        "VersionStages": ["AWSPENDING"],
    });
    let (code, message) = there.refused("PutSecretValue", put.clone()).await;
    assert_eq!(code, "InvalidParameterException");
    assert!(message.contains("RotationToken"), "{message}");
    put["RotationToken"] = room.functions.events()[0]["RotationToken"].clone();
    there.ok("PutSecretValue", put).await;
}
