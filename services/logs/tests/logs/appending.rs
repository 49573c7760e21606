//! What the server itself has to say.

use serde_json::json;
use strongroom_logs::{Numbered, Place};

use crate::{Scene, messages};

const PLACE: Place<'_> = Place {
    account: "123456789012",
    region: "us-east-1",
    group: "/aws/lambda/f",
    stream: "2026/01/31/[$LATEST]0123",
    retention_days: None,
};

#[tokio::test]
async fn output_of_a_function_makes_its_group_and_stream() {
    let scene = Scene::new(1);
    let now = scene.stage.now();
    let events = vec![(scene.now(), "END".to_owned()), (scene.now() - 1, "START".to_owned())];
    scene.logs.append(PLACE, events, now, &scene.ids).await.unwrap();
    scene.logs.append(PLACE, Vec::new(), now, &scene.ids).await.unwrap();
    let all = scene.ok("FilterLogEvents", json!({"logGroupName": "/aws/lambda/f"})).await;
    assert_eq!(messages(&all), ["START", "END"]);
    assert!(
        scene.stage.tape.records().iter().all(|record| record["eventName"] == "FilterLogEvents")
    );
}

#[tokio::test]
async fn more_than_a_batch_is_taken_in_parts_and_what_is_too_long_is_cut() {
    let scene = Scene::new(1);
    let now = scene.stage.now();
    let mut events: Vec<_> = (0..5).map(|n| (scene.now() + n, "é".repeat(200_000))).collect();
    events.push((scene.now() + 9, "é".repeat(600_000)));
    scene.logs.append(PLACE, events, now, &scene.ids).await.unwrap();
    let get = json!({"logGroupName": PLACE.group, "logStreamName": PLACE.stream, "limit": 1});
    let last = scene.ok("GetLogEvents", get).await;
    assert_eq!(messages(&last)[0].len(), (1 << 20) - 1_024);
}

#[tokio::test]
async fn what_was_taken_before_is_not_taken_again() {
    let scene = Scene::new(1);
    let now = scene.stage.now();
    let numbered = |numbers: std::ops::Range<u64>| -> Vec<Numbered> {
        let one = |number| Numbered { number, time: scene.now(), message: number.to_string() };
        numbers.map(one).collect()
    };
    for numbers in [1..4, 2..6, 3..5, 5..7] {
        scene.logs.append_numbered(PLACE, numbered(numbers), now, &scene.ids).await.unwrap();
    }
    let all = scene.ok("FilterLogEvents", json!({"logGroupName": PLACE.group})).await;
    assert_eq!(messages(&all), ["1", "2", "3", "4", "5", "6"]);
}
