//! The steps of a rotation: in order, once each, and what a failure leaves.

use serde_json::{Value, json};

use crate::rotation::Attempt;
use crate::testing::{Room, Script, function, version};

const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/// Attempts at the rotation of `db`, as they are remembered.
async fn attempts(room: &Room) -> Vec<Attempt> {
    let secret = room.service.lookup("123456789012", "us-east-1", "db").await.unwrap().unwrap();
    secret.rotation.as_ref().unwrap().attempts.clone()
}

/// Rotates until the function hangs, and then drops everything but the store.
async fn crash(room: &Room) -> Room {
    let due = room.due().await;
    tokio::select! {
        () = room.work(&due[0]) => panic!("the function did not hang"),
        () = room.functions.hung.notified() => {}
    }
    let room = room.restarted();
    room.functions.script("rotate", Script::Obedient);
    room
}

/// The secret is rotated, and there is one current version, whose value the database takes.
async fn rotated(room: &Room, token: u32) {
    let labels = room.labels("db").await;
    assert_eq!(labels[&token], ["AWSPENDING", "AWSCURRENT"]);
    assert_eq!(labels.values().flatten().filter(|label| *label == "AWSCURRENT").count(), 1);
    assert_eq!(room.value("db").await.unwrap(), format!("made-for-{}", version(token)));
}

#[tokio::test]
async fn a_rotation_takes_the_four_steps_with_awss_event() {
    let room = Room::with_function().await;
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.functions.steps(), STEPS);
    rotated(&room, 2).await;
    assert_eq!(room.value("db").await.unwrap(), room.functions.database());
    let arn = room.describe("db").await["ARN"].clone();
    let events = room.functions.events();
    for event in &events {
        let members: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert_eq!(members, ["ClientRequestToken", "RotationToken", "SecretId", "Step"]);
        assert_eq!((&event["SecretId"], &event["ClientRequestToken"]), (&arn, &json!(version(2))));
        assert_eq!(event["RotationToken"], events[0]["RotationToken"]);
        assert_eq!(event["RotationToken"].as_str().unwrap().len(), 36);
    }
    let described = room.describe("db").await;
    assert_eq!(described["LastRotatedDate"], room.stage.now().seconds());
    // 2026-01-31 and thirty days: 2026-03-02 at 23:59:59.
    assert_eq!(described["NextRotationDate"], 1_772_495_999);
}

#[tokio::test]
async fn the_trail_tells_the_story_and_no_secret() {
    let room = Room::with_function().await;
    room.functions
        .script("rotate", Script::Failing("setSecret", b"{\"errorMessage\": \"hunter2\"}"));
    room.ask(2, json!(null)).await.unwrap();
    room.rotate().await;
    room.functions.script("rotate", Script::Obedient);
    room.stage.advance_millis(30_000);
    room.rotate().await;
    assert_eq!(room.events(), ["RotationStarted", "RotationFailed", "RotationSucceeded"]);
    let arn = room.describe("db").await["ARN"].as_str().unwrap().to_owned();
    let records = room.stage.tape.records();
    let events: Vec<&Value> =
        records.iter().filter(|record| record["eventType"] == "AwsServiceEvent").collect();
    for event in &events {
        assert_eq!(event["requestID"], format!("Rotation-{arn}-{}", version(2)));
        assert_eq!(event["additionalEventData"], json!({"SecretId": arn}));
        assert_eq!(event["userIdentity"]["invokedBy"], "secretsmanager.amazonaws.com");
    }
    let said = format!("Error when executing lambda {} during setSecret step", function("rotate"));
    assert_eq!(events[1]["errorMessage"], said);
    let text = room.stage.tape.text();
    assert!(!text.contains("hunter2") && !text.contains("made-for-"));
}

#[tokio::test]
async fn a_crash_in_any_step_is_made_good_by_taking_that_step_again() {
    for (place, step) in STEPS.into_iter().enumerate() {
        for script in [Script::Hanging(step), Script::HangingAfter(step)] {
            let room = Room::with_function().await;
            room.functions.script("rotate", script.clone());
            room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
            let before = room;
            let room = crash(&before).await;
            // With its labels, the rotation is complete.
            let done_before = matches!(script, Script::HangingAfter("finishSecret"));
            assert_eq!(room.rotate().await, usize::from(!done_before));
            let left = if done_before { &[][..] } else { &STEPS[place..] };
            assert_eq!(room.functions.steps(), left, "{script:?}");
            rotated(&room, 2).await;
            let events = [before.events(), room.events()].concat();
            assert_eq!(events, ["RotationStarted", "RotationSucceeded"], "{script:?}");
            assert_eq!(room.rotate().await, 0);
            assert_eq!(room.describe("db").await["LastRotatedDate"], room.stage.now().seconds());
        }
    }
}

#[tokio::test]
async fn a_rotation_is_complete_as_soon_as_its_version_is_current() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::HangingAfter("finishSecret"));
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    let due = room.due().await;
    let slow = room.work(&due[0]);
    tokio::pin!(slow);
    tokio::select! {
        () = &mut slow => panic!("the function did not hang"),
        () = room.functions.hung.notified() => {}
    }
    assert_eq!(room.describe("db").await["LastRotatedDate"], room.stage.now().seconds());
    assert_eq!(room.events(), ["RotationStarted", "RotationSucceeded"]);
    room.functions.script("rotate", Script::Obedient);
    room.ask(3, json!(null)).await.unwrap();
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.labels("db").await[&3], ["AWSPENDING", "AWSCURRENT"]);
    assert_eq!(attempts(&room).await.len(), 2);
}

#[tokio::test]
async fn a_function_that_promotes_too_early_still_takes_its_other_steps() {
    let room = Room::with_function().await;
    let promote = json!({
        "SecretId": "db", "VersionStage": "AWSCURRENT",
        "MoveToVersionId": version(2), "RemoveFromVersionId": version(1),
    });
    let promote = Script::While("setSecret", "UpdateSecretVersionStage", promote.to_string());
    room.functions.script("rotate", promote);
    room.ask(2, json!(null)).await.unwrap();
    room.rotate().await;
    assert_eq!(room.functions.steps(), STEPS);
    assert_eq!(room.events(), ["RotationStarted", "RotationSucceeded"]);
}

#[tokio::test]
async fn whoever_was_thought_gone_changes_nothing_any_more() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::Hanging("createSecret"));
    room.ask(2, json!(null)).await.unwrap();
    let due = room.due().await;
    let slow = room.work(&due[0]);
    tokio::pin!(slow);
    tokio::select! {
        () = &mut slow => panic!("the function did not hang"),
        () = room.functions.hung.notified() => {}
    }
    let other = room.restarted();
    other.functions.script("rotate", Script::Obedient);
    assert_eq!(other.rotate().await, 1);
    rotated(&other, 2).await;
    assert_eq!(attempts(&other).await.len(), 1);
}

#[tokio::test]
async fn a_failing_step_is_tried_again_from_the_first_with_the_same_token_and_growing_pauses() {
    let room = Room::with_function().await;
    room.functions
        .script("rotate", Script::Failing("testSecret", b"{\"errorType\": \"KeyError\"}"));
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    for pause_seconds in [15, 60, 240, 960] {
        assert_eq!(room.rotate().await, 1);
        room.stage.advance_millis(pause_seconds * 1_000 - 1);
        assert_eq!(room.rotate().await, 0, "{pause_seconds}");
        room.stage.advance_millis(pause_seconds * 250 + 1);
    }
    room.functions.script("rotate", Script::Obedient);
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.functions.steps().len(), 4 * 3 + 4);
    let tokens = room.functions.events();
    assert!(tokens.iter().all(|event| event["ClientRequestToken"] == version(2)));
    rotated(&room, 2).await;
    let attempts = attempts(&room).await;
    let failed = attempts.iter().filter_map(|attempt| attempt.error.as_deref());
    assert_eq!(failed.collect::<Vec<_>>(), ["the function failed with KeyError"; 4]);
    assert_eq!(attempts[4].error, None);
}

#[tokio::test]
async fn after_five_failures_the_next_window_is_waited_for() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::Failing("createSecret", b"garbage"));
    room.ask(2, json!({"ScheduleExpression": "cron(0 8 * * ? *)"})).await.unwrap();
    let mut tries = 0;
    // 10:20:30 until 08:00 of the next day.
    while room.stage.now().iso8601().as_str() < "2026-02-01T07:59:00Z" {
        tries += room.rotate().await;
        room.stage.advance_millis(30_000);
    }
    assert_eq!(tries, 5);
    room.functions.script("rotate", Script::Obedient);
    room.stage.advance_millis(60_000);
    assert_eq!(room.rotate().await, 1);
    rotated(&room, 2).await;
    assert_eq!(room.describe("db").await["NextRotationDate"], 1_770_076_799);
}

#[tokio::test]
async fn whatever_a_function_does_wrong_the_current_password_still_works() {
    for (script, reason) in [
        (
            Script::Failing("createSecret", b"{\"errorType\": \"Boom\"}"),
            "the function failed with Boom",
        ),
        (Script::Failing("setSecret", b"\xff{garbage"), "the function failed and did not say how"),
        (
            Script::Failing(
                "setSecret",
                b"{\"errorMessage\": \"x Task timed out after 3.00 seconds\"}",
            ),
            "the function timed out",
        ),
        (Script::Idle, "the function stored no value for the pending version"),
        (Script::Skipping("finishSecret"), "the function left the new version without AWSCURRENT"),
    ] {
        let room = Room::with_function().await;
        room.functions.script("rotate", script);
        room.ask(2, json!(null)).await.unwrap();
        assert_eq!(room.rotate().await, 1);
        assert_eq!(room.value("db").await.unwrap(), "hunter2");
        assert_eq!(attempts(&room).await[0].error.as_deref(), Some(reason));
        assert_eq!(room.events(), ["RotationStarted", "RotationFailed"]);
        assert_eq!(room.describe("db").await.get("LastRotatedDate"), None);
        assert!(room.labels("db").await[&2].contains(&"AWSPENDING".to_owned()));
    }
}

#[tokio::test]
async fn a_function_that_is_gone_is_a_failed_attempt_and_a_busy_one_is_none() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::Busy);
    room.ask(2, json!(null)).await.unwrap();
    for _ in 0..10 {
        assert_eq!(room.rotate().await, 1);
        room.stage.advance_millis(5_000);
    }
    assert_eq!(attempts(&room).await, []);
    room.functions.remove("rotate");
    room.rotate().await;
    let reason = attempts(&room).await[0].error.clone();
    assert_eq!(reason.as_deref(), Some("there is no such function"));
}

#[tokio::test]
async fn a_function_that_stores_nothing_is_reported_in_awss_words() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::Idle);
    room.ask(2, json!(null)).await.unwrap();
    room.rotate().await;
    let records = room.stage.tape.records();
    let failed = records.iter().find(|record| record["eventName"] == "RotationFailed").unwrap();
    let said = failed["errorMessage"].as_str().unwrap();
    assert!(said.starts_with(&format!("Pending secret version {} for Secret arn:", version(2))));
    assert!(said.ends_with("Remove the AWSPENDING staging label and restart rotation"));
}

#[tokio::test]
async fn a_rotation_that_is_cancelled_in_the_middle_goes_no_further() {
    for step in STEPS {
        let room = Room::with_function().await;
        let cancel = Script::While(step, "CancelRotateSecret", r#"{"SecretId": "db"}"#.to_owned());
        room.functions.script("rotate", cancel);
        room.ask(2, json!({"AutomaticallyAfterDays": 1})).await.unwrap();
        room.rotate().await;
        assert_eq!(room.functions.steps().last().unwrap(), step);
        let described = room.describe("db").await;
        assert_eq!(described["RotationEnabled"], false);
        assert_eq!(described.get("LastRotatedDate"), None);
        // In the last step it came too late.
        let is_late = step == "finishSecret";
        let events = ["RotationStarted", "RotationSucceeded"];
        assert_eq!(room.events(), events[..1 + usize::from(is_late)]);
        room.stage.advance_days(10);
        assert_eq!(room.rotate().await, 0);
    }
}

#[tokio::test]
async fn a_new_value_in_the_middle_abandons_the_rotation() {
    let room = Room::with_function().await;
    let put = json!({
        "SecretId": "db", "ClientRequestToken": version(3), "SecretString": "by hand",
    });
    room.functions.script("rotate", Script::While("setSecret", "PutSecretValue", put.to_string()));
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.rotate().await;
    assert_eq!(room.functions.steps(), ["createSecret", "setSecret"]);
    assert_eq!(room.events(), ["RotationStarted", "RotationAbandoned"]);
    assert_eq!(room.value("db").await.unwrap(), "by hand");
    let labels = room.labels("db").await;
    assert_eq!(labels[&3], ["AWSCURRENT"]);
    assert!(!labels.contains_key(&2));
    // It counts as a rotation where the next is so many days after the last.
    assert_eq!(room.describe("db").await["NextRotationDate"], 1_772_495_999);
}

#[tokio::test]
async fn taking_awspending_off_by_hand_ends_a_rotation_that_waits() {
    let room = Room::with_function().await;
    room.functions.script("rotate", Script::Failing("createSecret", b"{}"));
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.rotate().await;
    let label = json!({
        "SecretId": "db", "VersionStage": "AWSPENDING", "RemoveFromVersionId": version(2),
    });
    room.ok("UpdateSecretVersionStage", label).await;
    assert_eq!(room.events(), ["RotationStarted", "RotationFailed", "RotationAbandoned"]);
    room.functions.script("rotate", Script::Obedient);
    room.stage.advance_days(1);
    assert_eq!(room.rotate().await, 0);
    room.ask(3, json!(null)).await.unwrap();
    room.rotate().await;
    rotated(&room, 3).await;
}

#[tokio::test]
async fn a_label_that_was_left_over_is_taken_up_when_the_window_opens() {
    let room = Room::with_function().await;
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.rotate().await;
    let put = json!({
        "SecretId": "db", "ClientRequestToken": version(3), "SecretString": "prepared",
        "VersionStages": ["AWSPENDING"],
    });
    room.ok("PutSecretValue", put).await;
    room.stage.advance_days(30);
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.value("db").await.unwrap(), "prepared");
    assert_eq!(room.labels("db").await[&3], ["AWSPENDING", "AWSCURRENT"]);
}

#[tokio::test]
async fn a_secret_without_a_value_is_not_rotated_and_does_no_harm() {
    let room = Room::new();
    room.functions.script("rotate", Script::Obedient);
    room.ok("CreateSecret", json!({"Name": "db", "ClientRequestToken": version(1)})).await;
    room.ask(2, json!(null)).await.unwrap();
    room.rotate().await;
    let reason = attempts(&room).await[0].error.clone();
    assert_eq!(reason.as_deref(), Some("the function failed with ResourceNotFoundException"));
}

#[tokio::test]
async fn an_event_that_a_crash_kept_off_the_record_is_put_there_later() {
    let room = Room::with_function().await;
    room.ask(2, json!({"AutomaticallyAfterDays": 30})).await.unwrap();
    room.rotate().await;
    // The change is stored, and then the server dies.
    let found = room.service.lookup("123456789012", "us-east-1", "db").await.unwrap().unwrap();
    let mut changed = found.0.value.clone();
    changed.announce("RotationSucceeded", &version(2), None, room.stage.now());
    room.service.save(Some(&found), changed, Vec::new()).await.unwrap();
    let room = room.restarted();
    // Whoever changed it might still be about to do it.
    assert_eq!(room.rotate().await, 0);
    room.stage.advance_millis(60_000);
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.events(), ["RotationSucceeded"]);
    room.stage.advance_millis(3_600_000);
    assert_eq!(room.rotate().await, 0);
    assert_eq!(room.functions.steps(), Vec::<String>::new());
}
