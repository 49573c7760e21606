//! What the operator sees of a rotation and may do about it.

use serde_json::{Value, json};

use super::{Obstacle, Status};
use crate::testing::{Room, Script, function, version};

async fn status(room: &Room) -> Status {
    room.service.rotation_status(&room.stage.circumstances(), "db").await.unwrap()
}

async fn retry(room: &Room) -> Result<Status, Obstacle> {
    room.service.retry_rotation(&room.stage.circumstances(), "db").await
}

async fn abandon(room: &Room) -> Result<Status, Obstacle> {
    room.service.abandon_rotation(&room.stage.circumstances(), "db").await
}

async fn rehearse(room: &Room, name: Option<&str>) -> Result<Value, Obstacle> {
    room.service.rehearse_rotation(&room.stage.circumstances(), "db", name).await
}

#[tokio::test]
async fn the_operator_sees_how_a_rotation_goes_on() {
    let room = Room::with_function().await;
    assert_eq!(status(&room).await.state, "never");
    room.functions
        .script("rotate", Script::Failing("setSecret", b"{\"errorMessage\": \"hunter2\"}"));
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    assert_eq!(status(&room).await.state, "due");
    room.rotate().await;
    let waiting = status(&room).await;
    assert_eq!((waiting.state, waiting.step), ("waiting", Some("createSecret")));
    assert_eq!(waiting.version, Some(version(2)));
    assert_eq!(waiting.attempts[0].step, "setSecret");
    assert!(!serde_json::to_string(&waiting).unwrap().contains("hunter2"));
    room.functions.script("rotate", Script::Obedient);
    room.stage.advance_millis(20_000);
    room.rotate().await;
    let idle = status(&room).await;
    assert_eq!((idle.state, idle.step, idle.version), ("idle", None, None));
    assert_eq!(idle.next_rotation.as_deref(), Some("2026-03-02T23:59:59Z"));
    assert_eq!(idle.due.as_deref(), Some("2026-03-02T00:00:00Z"));
    assert_eq!(idle.last_rotated.as_deref(), Some("2026-01-31T10:20:50Z"));
    assert_eq!((idle.attempts.len(), &idle.attempts[1].error), (2, &None));
    room.ok("CancelRotateSecret", json!({"SecretId": "db"})).await;
    assert_eq!(status(&room).await.state, "off");
}

#[tokio::test]
async fn the_operator_can_have_a_stuck_rotation_tried_again() {
    let room = Room::with_function().await;
    assert!(retry(&room).await.is_err());
    room.functions.script("rotate", Script::Failing("createSecret", b"{}"));
    room.ask(2, json!(null)).await.unwrap();
    for _ in 0..5 {
        room.rotate().await;
        room.stage.advance_days(1);
    }
    assert_eq!(status(&room).await.state, "stuck");
    assert_eq!(room.rotate().await, 0);
    room.functions.script("rotate", Script::Obedient);
    assert_eq!(retry(&room).await.unwrap().state, "due");
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.value("db").await.unwrap(), room.functions.database());
    assert!(retry(&room).await.is_err());
}

#[tokio::test]
async fn an_abandoned_rotation_leaves_no_label_and_makes_room_for_the_next() {
    let room = Room::with_function().await;
    assert!(abandon(&room).await.is_err());
    room.functions.script("rotate", Script::Failing("setSecret", b"{}"));
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.rotate().await;
    assert_eq!(abandon(&room).await.unwrap().state, "idle");
    assert_eq!(room.labels("db").await.into_keys().collect::<Vec<_>>(), [1]);
    assert_eq!(room.events().last().unwrap(), "RotationAbandoned");
    room.stage.advance_days(2);
    assert_eq!(room.rotate().await, 0);
    room.functions.script("rotate", Script::Obedient);
    room.ask(3, json!(null)).await.unwrap();
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.labels("db").await[&3], ["AWSPENDING", "AWSCURRENT"]);
}

#[tokio::test]
async fn a_built_in_rotator_rehearses_and_nothing_changes() {
    let room = Room::with_function().await;
    let name = "SecretsManagerRDSPostgreSQLRotation";
    room.functions.script(name, Script::Idle);
    let before = room.stored().await;
    let answer = rehearse(&room, Some(name)).await.unwrap();
    assert_eq!(answer["function"], function(name));
    let arn = room.describe("db").await["ARN"].clone();
    assert_eq!(room.functions.events(), [json!({"Step": "rehearse", "SecretId": arn})]);
    assert_eq!(room.stored().await, before);
}

#[tokio::test]
async fn a_custom_function_is_not_asked_to_rehearse() {
    let room = Room::with_function().await;
    for (name, reason) in [
        (None, "no rotation function is set up"),
        (Some("rotate"), "only the built-in rotators"),
        (Some("no-such-function"), "cannot invoke"),
        (Some("no function"), "is no function"),
    ] {
        let obstacle = rehearse(&room, name).await.unwrap_err().to_string();
        assert!(obstacle.contains(reason), "{obstacle}");
    }
    assert_eq!(room.functions.events(), Vec::<Value>::new());
}

#[tokio::test]
async fn an_unknown_secret_is_named() {
    let room = Room::with_secret("db").await;
    let circumstances = room.stage.circumstances();
    for id in ["other", "not a name", "arn:aws:secretsmanager:us-east-1:1:secret:db-AbCdEf"] {
        let obstacle = room.service.rotation_status(&circumstances, id).await.unwrap_err();
        assert_eq!(obstacle.to_string(), format!("there is no secret {id}"));
    }
}
