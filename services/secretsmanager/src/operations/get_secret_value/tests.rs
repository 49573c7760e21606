//! GetSecretValue as its callers see it.

use serde_json::json;
use strongroom_api::Caller;
use strongroom_testkit::{ACCOUNT, nobody, planted};

use crate::testing::{Mood, Room, version};

#[tokio::test]
async fn a_value_comes_back_byte_for_byte_whatever_its_size() {
    let room = Room::with_secret("db").await;
    // Around the size up to which a value rides in the secret's own record, and the quota.
    for (token, size) in (2..).zip([1, 4_067, 4_068, 4_069, 4_096, 4_097, 65_535, 65_536]) {
        let value = "v".repeat(size);
        room.put("db", token, &value).await.unwrap();
        assert_eq!(room.value("db").await.unwrap(), value, "{size}");
    }
    for (token, size) in (2..).zip([1, 4_067, 4_068, 4_069, 4_096, 4_097, 65_535, 65_536]) {
        let read = json!({"SecretId": "db", "VersionId": version(token)});
        let reply = room.ok("GetSecretValue", read).await;
        assert_eq!(reply["SecretString"].as_str().unwrap().len(), size);
    }
}

#[tokio::test]
async fn a_value_of_more_bytes_than_the_quota_is_refused() {
    let room = Room::with_secret("db").await;
    let refusal = room.put("db", 2, &"v".repeat(65_537)).await.unwrap_err();
    assert_eq!(refusal.code, "ValidationException");
    // Within the quota in characters, above it in bytes.
    let refusal = room.put("db", 2, &"ä".repeat(40_000)).await.unwrap_err();
    assert_eq!(refusal.code, "InvalidParameterException");
    assert_eq!(room.value("db").await.unwrap(), "hunter2");
}

#[tokio::test]
async fn text_is_kept_as_it_is() {
    let room = Room::with_secret("db").await;
    for (token, value) in (2..).zip([" a b\n", "{\"a\": 1}", "\u{0}\u{7f}", "ä€😀", "\u{feff}x"])
    {
        room.put("db", token, value).await.unwrap();
        assert_eq!(room.value("db").await.unwrap(), value);
    }
}

#[tokio::test]
async fn binary_stays_binary_and_may_follow_text() {
    let room = Room::with_secret("db").await;
    let bytes = data_encoding::BASE64.encode(&(0..=255).collect::<Vec<u8>>());
    let body = json!({"SecretId": "db", "ClientRequestToken": version(2), "SecretBinary": bytes});
    room.ok("PutSecretValue", body).await;
    let reply = room.ok("GetSecretValue", json!({"SecretId": "db"})).await;
    assert_eq!((&reply["SecretBinary"], reply.get("SecretString")), (&json!(bytes), None));
    let large = data_encoding::BASE64.encode(&vec![255; 65_536]);
    let body = json!({"SecretId": "db", "ClientRequestToken": version(3), "SecretBinary": large});
    room.ok("PutSecretValue", body).await;
    let reply = room.ok("GetSecretValue", json!({"SecretId": "db"})).await;
    assert_eq!(reply["SecretBinary"], large);
}

#[tokio::test]
async fn versions_are_chosen_by_id_by_label_or_by_both() {
    let room = Room::with_secret("db").await;
    room.put("db", 2, "two").await.unwrap();
    room.put("db", 3, "three").await.unwrap();
    for (chosen, value) in [
        (json!({}), "three"),
        (json!({"VersionStage": "AWSPREVIOUS"}), "two"),
        (json!({"VersionId": version(1)}), "hunter2"),
        (json!({"VersionId": version(3), "VersionStage": "AWSCURRENT"}), "three"),
    ] {
        let mut body = json!({"SecretId": "db"});
        body.as_object_mut().unwrap().extend(chosen.as_object().unwrap().clone());
        assert_eq!(room.ok("GetSecretValue", body).await["SecretString"], value);
    }
    let deprecated = json!({"SecretId": "db", "VersionId": version(1)});
    assert_eq!(room.ok("GetSecretValue", deprecated).await.get("VersionStages"), None);
    let apart = json!({"SecretId": "db", "VersionId": version(2), "VersionStage": "AWSCURRENT"});
    let message = "You provided a VersionStage that is not associated to the provided VersionId.";
    let refusal = room.refused("GetSecretValue", apart).await;
    assert_eq!(refusal, ("InvalidRequestException".to_owned(), message.to_owned()));
    let unknown = json!({"SecretId": "db", "VersionStage": "awscurrent"});
    let message =
        "Secrets Manager can't find the specified secret value for staging label: awscurrent";
    assert_eq!(room.refused("GetSecretValue", unknown).await.1, message);
}

#[tokio::test]
async fn an_arn_may_lack_its_suffix_unless_the_name_looks_like_one() {
    let room = Room::new();
    let base = format!("arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:");
    for name in ["prod/db", "db-a1b2", "db-a1b2c3-", "db-a1b2c3", "a/_+=.@-!Z9"] {
        let arn = room.create(name, name).await.unwrap()["ARN"].clone();
        assert_eq!(room.value(name).await.unwrap(), name);
        assert_eq!(room.value(arn.as_str().unwrap()).await.unwrap(), name);
        let partial = room.value(&format!("{base}{name}")).await;
        assert_eq!(partial.is_ok(), name != "db-a1b2c3", "{name}");
        let reply = room.ok("GetSecretValue", json!({"SecretId": name})).await;
        assert_eq!(reply["ARN"], arn);
    }
}

#[tokio::test]
async fn other_ids_find_nothing() {
    let room = Room::with_secret("prod/db").await;
    let arn = room.describe("prod/db").await["ARN"].as_str().unwrap().to_owned();
    let suffix = &arn[arn.len() - 6..];
    let other_suffix = arn.replace(suffix, if suffix == "AAAAAA" { "BBBBBB" } else { "AAAAAA" });
    for id in [
        "prod",
        "prod/d",
        "PROD/DB",
        &format!("prod/db-{suffix}"),
        &other_suffix,
        &arn.replace("us-east-1", "eu-west-1"),
    ] {
        let refusal = room.refused("GetSecretValue", json!({"SecretId": id})).await;
        let message = "Secrets Manager can't find the specified secret.";
        assert_eq!(refusal, ("ResourceNotFoundException".to_owned(), message.to_owned()), "{id}");
    }
}

#[tokio::test]
async fn a_denied_caller_cannot_tell_whether_a_secret_exists() {
    let room = Room::with_secret("db").await.as_caller(nobody(ACCOUNT));
    let existing = room.refused("GetSecretValue", json!({"SecretId": "db"})).await;
    let unknown = room.refused("GetSecretValue", json!({"SecretId": "no"})).await;
    assert_eq!(
        (existing.0.as_str(), unknown.0.as_str()),
        ("AccessDeniedException", "AccessDeniedException")
    );
}

#[tokio::test]
async fn the_default_key_does_not_serve_another_account() {
    let room = Room::with_secret("db").await;
    let arn = room.describe("db").await["ARN"].clone();
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "secretsmanager:*", "Resource": "*",
    }]});
    room.ok("PutResourcePolicy", json!({"SecretId": "db", "ResourcePolicy": policy.to_string()}))
        .await;
    let theirs = room.as_caller(Caller::root("210987654321", None));
    let message = "You can't access a secret from a different AWS account if you encrypt the secret \
                   with the default KMS service key.";
    for (operation, more) in [
        ("GetSecretValue", json!({})),
        ("PutSecretValue", json!({"ClientRequestToken": version(2), "SecretString": "v"})),
    ] {
        let mut body = json!({"SecretId": arn});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let refusal = theirs.refused(operation, body).await;
        assert_eq!(refusal, ("InvalidRequestException".to_owned(), message.to_owned()));
    }
    theirs.ok("DescribeSecret", json!({"SecretId": arn})).await;
    // By name they would mean a secret of their own.
    let refusal = theirs.refused("DescribeSecret", json!({"SecretId": "db"})).await;
    assert_eq!(refusal.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn keys_that_refuse_keep_the_value_closed() {
    let room = Room::with_secret("db").await;
    room.keys.put_into("us-east-1", Mood::Denying);
    let refusal = room.refused("GetSecretValue", json!({"SecretId": "db"})).await;
    let message = "Access to KMS is not allowed";
    assert_eq!(refusal, ("AccessDeniedException".to_owned(), message.to_owned()));
    room.keys.put_into("us-east-1", Mood::Broken);
    let refusal = room.refused("GetSecretValue", json!({"SecretId": "db"})).await;
    assert_eq!(refusal.0, "InternalServiceError");
}

#[tokio::test]
async fn a_value_is_neither_on_record_nor_in_the_store_in_clear() {
    let room = Room::with_secret("db").await;
    let put = json!({
        "SecretId": "db", "ClientRequestToken": version(2), "SecretString": planted(),
        "RotationToken": "PLANTED-hunter2-VALUE-0000-0000-000000",
    });
    room.ok("PutSecretValue", put).await;
    let update =
        json!({"SecretId": "db", "ClientRequestToken": version(3), "SecretString": planted()});
    room.ok("UpdateSecret", update).await;
    let create =
        json!({"Name": "new", "ClientRequestToken": version(1), "SecretString": planted()});
    room.ok("CreateSecret", create).await;
    let taken = json!({"Name": "db", "ClientRequestToken": version(1), "SecretString": planted()});
    room.refused("CreateSecret", taken).await;
    let long = json!({
        "SecretId": "db", "ClientRequestToken": version(4), "SecretString": planted().repeat(4_000),
    });
    room.refused("PutSecretValue", long).await;
    let mistyped =
        json!({"SecretId": "db", "ClientRequestToken": version(4), "SecretBinary": planted()});
    room.refused("PutSecretValue", mistyped).await;
    assert_eq!(room.value("db").await.unwrap(), planted());
    room.ok("BatchGetSecretValue", json!({"SecretIdList": ["db", "new"]})).await;
    assert!(!room.stage.tape.text().contains(planted()));
    for (key, value) in room.stored().await {
        let found = value.windows(planted().len()).any(|bytes| bytes == planted().as_bytes());
        assert!(!found, "{key}");
    }
    let password = room.ok("GetRandomPassword", json!({})).await;
    let password = password["RandomPassword"].as_str().unwrap();
    let escaped = serde_json::to_string(password).unwrap();
    assert!(!room.stage.tape.text().contains(escaped.trim_matches('"')));
}

#[tokio::test]
async fn a_read_that_cannot_be_recorded_fails() {
    let room = Room::with_secret("db").await;
    room.stage.tape.break_down(true);
    let refusal = room.refused("GetSecretValue", json!({"SecretId": "db"})).await;
    assert_eq!(refusal.0, "InternalServiceError");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_meets_no_half_made_change() {
    let room = Room::with_secret("db").await;
    let writer = room.clone();
    let writes = tokio::spawn(async move {
        for _ in 0..30 {
            writer.put("db", 2, "second").await.unwrap();
            writer.put("db", 3, "third").await.unwrap();
            // Values move into and out of the secret's record with the label.
            for round in 0..20 {
                let (from, to) = (version(2 + (round + 1) % 2), version(2 + round % 2));
                let flip = json!({
                    "SecretId": "db", "VersionStage": "AWSCURRENT",
                    "MoveToVersionId": to, "RemoveFromVersionId": from,
                });
                writer.ok("UpdateSecretVersionStage", flip).await;
            }
            let now = json!({"SecretId": "db", "ForceDeleteWithoutRecovery": true});
            writer.ok("DeleteSecret", now).await;
            writer.create("db", "hunter2").await.unwrap();
        }
    });
    let mut seen = 0;
    while !writes.is_finished() {
        for stage in ["AWSCURRENT", "AWSPREVIOUS"] {
            let read = json!({"SecretId": "db", "VersionStage": stage});
            match room.call("GetSecretValue", &read.to_string()).await {
                Ok(_) => seen += 1,
                Err(refusal) => assert_eq!(refusal.code, "ResourceNotFoundException"),
            }
        }
    }
    writes.await.unwrap();
    assert!(seen > 0);
}
