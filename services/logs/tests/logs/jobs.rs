//! What time starts: the end of events, and taking out what was deleted.

use std::sync::Arc;

use serde_json::json;
use strongroom_api::Job;
use strongroom_logs::jobs::{ExpireLogEvents, RemoveDeletedLogs, WriteLogSizes};

use crate::{Scene, messages};

async fn run(job: &dyn Job, scene: &Scene) -> u64 {
    let mut done = 0;
    loop {
        let report = job.run(&scene.stage.circumstances()).await.unwrap();
        done += report.done;
        if !report.more {
            return done;
        }
    }
}

#[tokio::test]
async fn events_end_with_the_days_they_are_kept_for() {
    let scene = Scene::with_stream(1).await;
    scene.put("s", &[(-3_600_000, "a")]).await;
    scene.ok("PutRetentionPolicy", json!({"logGroupName": "g", "retentionInDays": 1})).await;
    let job = ExpireLogEvents(Arc::clone(&scene.logs));
    assert_eq!(run(&job, &scene).await, 0);
    scene.stage.advance_days(1);
    scene.put("s", &[(0, "b")]).await;
    let all = scene.ok("FilterLogEvents", json!({"logGroupName": "g"})).await;
    assert_eq!(messages(&all), ["b"], "what has come to its end is not seen any more");
    assert_eq!(run(&job, &scene).await, 1);
    assert_eq!(run(&job, &scene).await, 0);
    let all = scene.ok("FilterLogEvents", json!({"logGroupName": "g"})).await;
    assert_eq!(messages(&all), ["b"]);
    // Kept for good again, nothing is due.
    scene.ok("DeleteRetentionPolicy", json!({"logGroupName": "g"})).await;
    let due = scene.keys().await.into_iter().filter(|key| key.starts_with("due/")).count();
    assert_eq!(due, 0);
}

#[tokio::test]
async fn bytes_are_counted_and_written_down() {
    let scene = Scene::with_stream(1).await;
    let stored = async || {
        let reply = scene.ok("DescribeLogGroups", json!({})).await;
        reply["logGroups"][0]["storedBytes"].as_u64().unwrap()
    };
    scene.put("s", &[(-1, "hello")]).await;
    assert_eq!(stored().await, 31);
    let job = WriteLogSizes(Arc::clone(&scene.logs));
    assert_eq!(run(&job, &scene).await, 1);
    assert_eq!(stored().await, 31);
    scene.put("s", &[(0, "hi")]).await;
    assert_eq!(stored().await, 59);
    scene.ok("PutRetentionPolicy", json!({"logGroupName": "g", "retentionInDays": 1})).await;
    scene.stage.advance_days(2);
    run(&ExpireLogEvents(Arc::clone(&scene.logs)), &scene).await;
    assert_eq!(stored().await, 0);
    run(&job, &scene).await;
    assert_eq!(stored().await, 0);
}

#[tokio::test]
async fn nothing_stays_of_what_was_deleted() {
    let scene = Scene::with_stream(1).await;
    let before = scene.keys().await;
    scene.stream("t").await;
    for n in 0..3 {
        let long = format!("{n}{}", "x".repeat(20_000));
        scene
            .put(
                "t",
                &[
                    (-200_000_000 + n * 50_000_000, &long),
                    (0 - 150_000_000 + n * 50_000_000, &long),
                ],
            )
            .await;
    }
    let job = RemoveDeletedLogs(Arc::clone(&scene.logs));
    scene.ok("DeleteLogStream", json!({"logGroupName": "g", "logStreamName": "t"})).await;
    assert!(run(&job, &scene).await > 0);
    assert_eq!(scene.keys().await, before);
    scene.put("s", &[(0, "a")]).await;
    scene.ok("PutRetentionPolicy", json!({"logGroupName": "g", "retentionInDays": 1})).await;
    scene.ok("DeleteLogGroup", json!({"logGroupName": "g"})).await;
    assert!(run(&job, &scene).await > 0);
    assert_eq!(scene.keys().await, Vec::<String>::new());
}
