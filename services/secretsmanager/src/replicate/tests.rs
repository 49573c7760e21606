//! Replication as its callers see it.

mod faults;

use serde_json::{Value, json};
use strongroom_api::Timestamp;
use strongroom_testkit::{ACCOUNT, allowed_only, user};

use crate::paths::REPLICATIONS;
use crate::testing::{Room, version};

const FAR: &str = "eu-west-1";

/// A room with a secret that has a replica far away.
async fn replicated() -> Room {
    let room = Room::new();
    let body = json!({
        "Name": "db", "ClientRequestToken": version(1), "SecretString": "one", "Description": "d",
        "Tags": [{"Key": "k", "Value": "v"}], "AddReplicaRegions": [{"Region": FAR}],
    });
    room.call("CreateSecret", &body.to_string()).await.unwrap();
    room
}

async fn replicate(room: &Room, id: &str, more: Value) -> Value {
    let mut body = json!({"SecretId": id, "AddReplicaRegions": [{"Region": FAR}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    room.call("ReplicateSecretToRegions", &body.to_string()).await.unwrap()
}

/// Region, status and message of each replica.
async fn status(room: &Room, id: &str) -> Vec<(String, String, String)> {
    let described = room.describe(id).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = described["ReplicationStatus"].as_array().unwrap().clone();
    let entry = |e: &Value| (text(&e["Region"]), text(&e["Status"]), text(&e["StatusMessage"]));
    entries.iter().map(entry).collect()
}

fn is(status: &[(String, String, String)], expected: (&str, &str)) {
    let [(_, found, message)] = status else { panic!("one replica, not {status:?}") };
    assert_eq!((found.as_str(), message.as_str()), expected);
}

const IN_SYNC: (&str, &str) = ("InSync", "Replication succeeded");

async fn due(room: &Room) -> usize {
    room.stored_keys().await.iter().filter(|key| key.starts_with(REPLICATIONS)).count()
}

#[tokio::test]
async fn the_reply_says_in_progress_and_the_next_description_in_sync() {
    let room = Room::with_secret("db").await;
    let reply = replicate(&room, "db", json!({})).await;
    let entry = json!({
        "Region": FAR, "KmsKeyId": "alias/aws/secretsmanager", "Status": "InProgress",
    });
    let arn = room.describe("db").await["ARN"].clone();
    assert_eq!(reply, json!({"ARN": arn, "ReplicationStatus": [entry]}));
    is(&status(&room, "db").await, IN_SYNC);
    assert_eq!(due(&room).await, 0);
}

#[tokio::test]
async fn a_replica_has_everything_of_its_primary_but_the_region() {
    let room = replicated().await;
    let far = room.in_region(FAR);
    let (primary, replica) = (room.describe("db").await, far.describe("db").await);
    assert_eq!(far.value("db").await.unwrap(), "one");
    let arn = primary["ARN"].as_str().unwrap();
    assert_eq!(replica["ARN"], arn.replace("us-east-1", FAR));
    for member in
        ["Name", "Description", "Tags", "VersionIdsToStages", "PrimaryRegion", "LastChangedDate"]
    {
        assert_eq!(replica[member], primary[member], "{member}");
    }
    assert_eq!(replica["PrimaryRegion"], "us-east-1");
    assert_eq!(replica.get("ReplicationStatus"), None);
}

#[tokio::test]
async fn a_replica_has_the_key_that_was_named_for_it() {
    let room = Room::with_secret("db").await;
    let body = json!({
        "SecretId": "db",
        "AddReplicaRegions": [{"Region": FAR, "KmsKeyId": "alias/far"}, {"Region": "us-west-2"}],
    });
    let reply = room.ok("ReplicateSecretToRegions", body).await;
    assert_eq!(reply["ReplicationStatus"][0]["KmsKeyId"], "alias/far");
    assert_eq!(reply["ReplicationStatus"][1]["KmsKeyId"], "alias/aws/secretsmanager");
    let far = room.in_region(FAR);
    assert_eq!(far.describe("db").await["KmsKeyId"], "alias/far");
    let list = far.ok("ListSecretVersionIds", json!({"SecretId": "db"})).await;
    let key = list["Versions"][0]["KmsKeyIds"][0].as_str().unwrap();
    assert!(key.starts_with(&format!("arn:aws:kms:{FAR}:")) && key.contains("alias/far"), "{key}");
    // The primary's own key is no business of its replicas.
    room.ok("UpdateSecret", json!({"SecretId": "db", "KmsKeyId": "alias/near"})).await;
    assert_eq!(far.describe("db").await["KmsKeyId"], "alias/far");
    assert_eq!(far.value("db").await.unwrap(), "hunter2");
    assert_eq!(room.in_region("us-west-2").describe("db").await.get("KmsKeyId"), None);
}

#[tokio::test]
async fn every_kind_of_change_reaches_the_replica() {
    let room = replicated().await;
    let far = room.in_region(FAR);
    room.put("db", 2, "two").await.unwrap();
    assert_eq!(far.value("db").await.unwrap(), "two");
    let large = "x".repeat(60_000);
    room.put("db", 3, &large).await.unwrap();
    assert_eq!(far.value("db").await.unwrap(), large);
    let body = json!({
        "SecretId": "db", "VersionStage": "AWSCURRENT",
        "RemoveFromVersionId": version(3), "MoveToVersionId": version(1),
    });
    room.call("UpdateSecretVersionStage", &body.to_string()).await.unwrap();
    assert_eq!(far.value("db").await.unwrap(), "one");
    room.call("UpdateSecret", r#"{"SecretId": "db", "Description": "new"}"#).await.unwrap();
    assert_eq!(far.describe("db").await["Description"], "new");
    room.call("UntagResource", r#"{"SecretId": "db", "TagKeys": ["k"]}"#).await.unwrap();
    assert_eq!(far.describe("db").await["Tags"], json!([]));
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
        "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    }]});
    let body = json!({"SecretId": "db", "ResourcePolicy": policy.to_string()}).to_string();
    room.call("PutResourcePolicy", &body).await.unwrap();
    let reply = far.call("GetResourcePolicy", r#"{"SecretId": "db"}"#).await.unwrap();
    assert_eq!(reply["ResourcePolicy"], policy.to_string());
    let (primary, replica) = (room.describe("db").await, far.describe("db").await);
    assert_eq!(primary["VersionIdsToStages"], replica["VersionIdsToStages"]);
    is(&status(&room, "db").await, IN_SYNC);
    assert_eq!(due(&room).await, 0);
}

#[tokio::test]
async fn a_label_brings_back_a_version_that_the_replica_never_had() {
    let room = Room::with_secret("db").await;
    for token in 2..=3 {
        room.put("db", token, &format!("value {token}")).await.unwrap();
    }
    // Version 1 has no label by now.
    replicate(&room, "db", json!({})).await;
    let far = room.in_region(FAR);
    let read = json!({"SecretId": "db", "VersionId": version(1)}).to_string();
    far.call("GetSecretValue", &read).await.unwrap_err();
    let body = json!({"SecretId": "db", "VersionStage": "x", "MoveToVersionId": version(1)});
    room.call("UpdateSecretVersionStage", &body.to_string()).await.unwrap();
    let reply = far.call("GetSecretValue", &read).await.unwrap();
    assert_eq!(reply["SecretString"], "hunter2");
}

#[tokio::test]
async fn a_replica_refuses_every_change() {
    let room = replicated().await;
    let far = room.in_region(FAR);
    let policy = r#"{\"Version\":\"2012-10-17\",\"Statement\":[]}"#;
    for (operation, more) in [
        ("DeleteSecret", String::new()),
        ("RestoreSecret", String::new()),
        (
            "PutSecretValue",
            format!(r#", "SecretString": "v", "ClientRequestToken": "{}""#, version(9)),
        ),
        ("UpdateSecret", r#", "Description": "x""#.to_owned()),
        ("TagResource", r#", "Tags": [{"Key": "a", "Value": "b"}]"#.to_owned()),
        ("UntagResource", r#", "TagKeys": ["k"]"#.to_owned()),
        ("PutResourcePolicy", format!(r#", "ResourcePolicy": "{policy}""#)),
        ("DeleteResourcePolicy", String::new()),
        (
            "ReplicateSecretToRegions",
            r#", "AddReplicaRegions": [{"Region": "us-west-2"}]"#.to_owned(),
        ),
        ("RemoveRegionsFromReplication", r#", "RemoveReplicaRegions": ["us-west-2"]"#.to_owned()),
        (
            "UpdateSecretVersionStage",
            format!(r#", "VersionStage": "x", "MoveToVersionId": "{}""#, version(1)),
        ),
    ] {
        let before = room.stored_keys().await;
        let refusal =
            far.call(operation, &format!(r#"{{"SecretId": "db"{more}}}"#)).await.unwrap_err();
        assert_eq!(
            (refusal.code.as_str(), refusal.message.as_str()),
            (
                "InvalidParameterException",
                "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
            ),
            "{operation}"
        );
        assert_eq!(room.stored_keys().await, before, "{operation}");
    }
    far.call("ListSecretVersionIds", r#"{"SecretId": "db"}"#).await.unwrap();
}

#[tokio::test]
async fn regions_that_cannot_be_replicas_are_refused_and_change_nothing() {
    let room = replicated().await;
    for (regions, message) in [
        (json!([{"Region": "us-east-1"}]), "Invalid replica region."),
        (json!([{"KmsKeyId": "alias/x"}]), "Invalid replica region."),
        (json!([{"Region": FAR}]), "The secret is already replicated to region eu-west-1."),
        (
            json!([{"Region": "us-west-2"}, {"Region": "us-west-2"}]),
            "Replica region us-west-2 is specified more than once.",
        ),
    ] {
        let body = json!({"SecretId": "db", "AddReplicaRegions": regions}).to_string();
        let refusal = room.call("ReplicateSecretToRegions", &body).await.unwrap_err();
        assert_eq!(refusal.code, "InvalidParameterException");
        assert_eq!(refusal.message, message);
    }
    let body = r#"{"SecretId": "db", "RemoveReplicaRegions": ["eu-west-1", "us-west-2"]}"#;
    let refusal = room.call("RemoveRegionsFromReplication", body).await.unwrap_err();
    assert_eq!(refusal.message, "The secret isn't replicated to region us-west-2.");
    assert_eq!(status(&room, "db").await.len(), 1);
}

#[tokio::test]
async fn a_taken_name_fails_later_and_force_replaces_it() {
    let room = Room::with_secret("db").await;
    let far = room.in_region(FAR);
    far.create("db", "theirs").await.unwrap();
    replicate(&room, "db", json!({})).await;
    is(
        &status(&room, "db").await,
        ("Failed", "Secret with this name already exists in this region"),
    );
    assert_eq!(far.value("db").await.unwrap(), "theirs");
    let removal = json!({"SecretId": "db", "RemoveReplicaRegions": [FAR]}).to_string();
    room.call("RemoveRegionsFromReplication", &removal).await.unwrap();
    assert_eq!(far.value("db").await.unwrap(), "theirs");

    replicate(&room, "db", json!({"ForceOverwriteReplicaSecret": true})).await;
    is(&status(&room, "db").await, IN_SYNC);
    assert_eq!(far.value("db").await.unwrap(), "hunter2");
    let arn = room.describe("db").await["ARN"].as_str().unwrap().replace("us-east-1", FAR);
    assert_eq!(far.describe("db").await["ARN"], arn);
    // Nothing of the other secret is left.
    assert_eq!(room.stored_keys().await.iter().filter(|key| key.contains(FAR)).count(), 4);
}

#[tokio::test]
async fn force_replaces_a_secret_on_its_way_out_but_no_primary_and_no_replica_of_another() {
    let room = Room::with_secret("db").await;
    let far = room.in_region(FAR);
    let force = json!({"ForceOverwriteReplicaSecret": true});
    far.create("db", "theirs").await.unwrap();
    let third = r#"{"SecretId": "db", "AddReplicaRegions": [{"Region": "us-west-2"}]}"#;
    far.call("ReplicateSecretToRegions", third).await.unwrap();
    replicate(&room, "db", force.clone()).await;
    is(
        &status(&room, "db").await,
        ("Failed", "Secret with this name already exists in this region"),
    );
    let third = json!({
        "SecretId": "db", "AddReplicaRegions": [{"Region": "us-west-2"}],
        "ForceOverwriteReplicaSecret": true,
    });
    room.call("ReplicateSecretToRegions", &third.to_string()).await.unwrap();
    assert_eq!(
        status(&room, "db").await[1].2,
        "Replication failed: Secret name db is currently replicated to us-west-2 with a different arn"
    );
    let other = Room::with_secret("db").await;
    let far = other.in_region(FAR);
    far.create("db", "theirs").await.unwrap();
    far.call("DeleteSecret", r#"{"SecretId": "db"}"#).await.unwrap();
    replicate(&other, "db", force).await;
    is(&status(&other, "db").await, IN_SYNC);
    assert_eq!(other.in_region(FAR).value("db").await.unwrap(), "hunter2");
}

#[tokio::test]
async fn removing_the_last_region_leaves_an_empty_list_and_no_trace_of_the_replica() {
    let room = replicated().await;
    room.in_region(FAR).value("db").await.unwrap();
    let body = json!({"SecretId": "db", "RemoveReplicaRegions": [FAR]}).to_string();
    let reply = room.call("RemoveRegionsFromReplication", &body).await.unwrap();
    let described = room.describe("db").await;
    assert_eq!(reply, json!({"ARN": described["ARN"], "ReplicationStatus": []}));
    assert_eq!(described["PrimaryRegion"], "us-east-1");
    assert!(!room.stored_keys().await.iter().any(|key| key.contains(FAR)));
    room.call("DeleteSecret", r#"{"SecretId": "db"}"#).await.unwrap();
}

#[tokio::test]
async fn a_stopped_replica_is_a_secret_of_its_own() {
    let room = replicated().await;
    let far = room.in_region(FAR);
    let arn = far.describe("db").await["ARN"].clone();
    let body = json!({"SecretId": arn}).to_string();
    let reply = far.call("StopReplicationToReplica", &body).await.unwrap();
    assert_eq!(reply, json!({"ARN": arn}));
    assert_eq!(room.describe("db").await["ReplicationStatus"], json!([]));
    assert_eq!(far.describe("db").await.get("PrimaryRegion"), None);
    far.put("db", 2, "mine").await.unwrap();
    room.put("db", 3, "yours").await.unwrap();
    assert_eq!(far.value("db").await.unwrap(), "mine");
    assert_eq!(room.value("db").await.unwrap(), "yours");
    let refusal = far.call("StopReplicationToReplica", &body).await.unwrap_err();
    assert_eq!(refusal.code, "InvalidRequestException");
}

#[tokio::test]
async fn a_primary_with_replicas_is_not_deleted() {
    let room = replicated().await;
    let arn = room.describe("db").await["ARN"].clone();
    let body = r#"{"SecretId": "db", "ForceDeleteWithoutRecovery": true}"#;
    let refusal = room.call("DeleteSecret", body).await.unwrap_err();
    let arn = arn.as_str().unwrap();
    assert_eq!(
        refusal.message,
        format!("You can't delete secret {arn} that still has replica regions [eu-west-1].")
    );
}

#[tokio::test]
async fn the_primary_tells_when_its_replica_was_read() {
    let room = replicated().await;
    let last = || async {
        let described = room.describe("db").await;
        (
            described["ReplicationStatus"][0].get("LastAccessedDate").cloned(),
            described.get("LastAccessedDate").cloned(),
        )
    };
    assert_eq!(last().await, (None, None));
    room.in_region(FAR).value("db").await.unwrap();
    let midnight = Timestamp::day(room.stage.now()).seconds();
    assert_eq!(last().await, (Some(json!(midnight)), None));
    room.write_notes().await;
    room.put("db", 2, "two").await.unwrap();
    assert_eq!(last().await, (Some(json!(midnight)), None));
}

#[tokio::test]
async fn creating_with_regions_needs_the_right_to_replicate() {
    let room = Room::new();
    let body = json!({
        "Name": "db", "ClientRequestToken": version(1), "SecretString": "v",
        "AddReplicaRegions": [{"Region": FAR}],
    });
    let clerk = room.as_caller(allowed_only(ACCOUNT, &["secretsmanager:CreateSecret"]));
    let refusal = clerk.call("CreateSecret", &body.to_string()).await.unwrap_err();
    assert_eq!(refusal.code, "AccessDeniedException");
    assert!(
        refusal.message.contains("secretsmanager:ReplicateSecretToRegions"),
        "{}",
        refusal.message
    );
    assert_eq!(room.stored_keys().await, Vec::<String>::new());
}

#[tokio::test]
async fn policies_see_regions_and_force() {
    let room = Room::with_secret("db").await;
    let clerk = room.as_caller(user(
        ACCOUNT,
        "clerk",
        r#"{"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "secretsmanager:ReplicateSecretToRegions", "Resource": "*",
        "Condition": {
            "ForAllValues:StringEquals": {"secretsmanager:AddReplicaRegions": ["eu-west-1"]},
            "Bool": {"secretsmanager:ForceOverwriteReplicaSecret": "false"}
        }
    }]}"#,
    ));
    for (body, allowed) in [
        (json!({"SecretId": "db", "AddReplicaRegions": [{"Region": "us-west-2"}]}), false),
        (
            json!({"SecretId": "db", "AddReplicaRegions": [{"Region": FAR}], "ForceOverwriteReplicaSecret": true}),
            false,
        ),
        (json!({"SecretId": "db", "AddReplicaRegions": [{"Region": FAR}]}), true),
    ] {
        let outcome = clerk.call("ReplicateSecretToRegions", &body.to_string()).await;
        assert_eq!(outcome.is_ok(), allowed, "{body}");
    }
}
