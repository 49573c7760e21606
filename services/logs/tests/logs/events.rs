//! Events: what is taken, what is refused, and what is found again.

use serde_json::{Value, json};

use crate::{Scene, messages};

const DAY: i64 = 86_400_000;

fn batch(events: &[(i64, &str)]) -> Value {
    let events: Vec<_> =
        events.iter().map(|(time, text)| json!({"timestamp": time, "message": text})).collect();
    json!({"logGroupName": "g", "logStreamName": "s", "logEvents": events})
}

#[tokio::test]
async fn what_was_put_is_read_in_the_order_of_time() {
    let scene = Scene::with_stream(1).await;
    let reply = scene.put("s", &[(-20, "a"), (-10, "b")]).await;
    assert_eq!(reply["nextSequenceToken"].as_str().unwrap().len(), 56);
    assert!(reply.get("rejectedLogEventsInfo").is_none());
    // An older event that comes later stands where it belongs.
    scene.put("s", &[(-15, "between"), (-10, "b2")]).await;
    let get = json!({"logGroupName": "g", "logStreamName": "s", "startFromHead": true});
    let reply = scene.ok("GetLogEvents", get).await;
    assert_eq!(messages(&reply), ["a", "between", "b", "b2"]);
    let event = &reply["events"][0];
    assert_eq!(event["timestamp"], json!(scene.now() - 20));
    assert_eq!(event["ingestionTime"], json!(scene.now()));
}

#[tokio::test]
async fn an_old_and_a_new_token_lead_through_a_stream_in_both_directions() {
    let scene = Scene::with_stream(1).await;
    scene.put("s", &[(-5, "1"), (-4, "2"), (-3, "3"), (-2, "4"), (-1, "5")]).await;
    let get = |token: Option<&Value>, head: bool| {
        let mut body =
            json!({"logGroupName": "g", "logStreamName": "s", "limit": 2, "startFromHead": head});
        if let Some(token) = token {
            body["nextToken"] = token.clone();
        }
        body
    };
    // Without a token the latest come first.
    let last = scene.ok("GetLogEvents", get(None, false)).await;
    assert_eq!(messages(&last), ["4", "5"]);
    let back = scene.ok("GetLogEvents", get(Some(&last["nextBackwardToken"]), false)).await;
    assert_eq!(messages(&back), ["2", "3"]);
    let forth = scene.ok("GetLogEvents", get(Some(&back["nextForwardToken"]), false)).await;
    assert_eq!(messages(&forth), ["4", "5"]);
    let first = scene.ok("GetLogEvents", get(Some(&back["nextBackwardToken"]), false)).await;
    assert_eq!(messages(&first), ["1"]);
    let none = scene.ok("GetLogEvents", get(Some(&first["nextBackwardToken"]), false)).await;
    assert_eq!(messages(&none), Vec::<&str>::new());
    assert_eq!(none["nextBackwardToken"], first["nextBackwardToken"]);
    // The end is told by the token that was sent, and what comes after it is found from there.
    let end = scene.ok("GetLogEvents", get(Some(&last["nextForwardToken"]), true)).await;
    assert_eq!(messages(&end), Vec::<&str>::new());
    assert_eq!(end["nextForwardToken"], last["nextForwardToken"]);
    let token = end["nextForwardToken"].as_str().unwrap();
    assert!(token.starts_with("f/") && token.len() == 58, "{token}");
    scene.put("s", &[(0, "6")]).await;
    let more = scene.ok("GetLogEvents", get(Some(&end["nextForwardToken"]), true)).await;
    assert_eq!(messages(&more), ["6"]);
    let (_, message) = scene.refused("GetLogEvents", get(Some(&json!("f/1")), true)).await;
    assert_eq!(message, "The specified nextToken is invalid.");
}

#[tokio::test]
async fn a_stream_that_was_empty_is_followed_from_its_first_event() {
    let scene = Scene::with_stream(1).await;
    let get = json!({"logGroupName": "g", "logStreamName": "s"});
    let empty = scene.ok("GetLogEvents", get.clone()).await;
    scene.put("s", &[(-1_000, "first")]).await;
    let mut next = get;
    next["nextToken"] = empty["nextForwardToken"].clone();
    assert_eq!(messages(&scene.ok("GetLogEvents", next).await), ["first"]);
}

#[tokio::test]
async fn times_bound_what_is_read() {
    let scene = Scene::with_stream(1).await;
    scene.put("s", &[(-3, "a"), (-2, "b"), (-1, "c")]).await;
    let now = scene.now();
    // GetLogEvents ends before endTime, FilterLogEvents with it.
    let range = json!({"logGroupName": "g", "startTime": now - 3, "endTime": now - 2});
    let found = scene.ok("FilterLogEvents", range.clone()).await;
    assert_eq!(messages(&found), ["a", "b"]);
    let mut range = range;
    range["logStreamName"] = json!("s");
    assert_eq!(messages(&scene.ok("GetLogEvents", range).await), ["a"]);
}

#[tokio::test]
async fn a_batch_is_refused_for_aws_s_reasons() {
    let scene = Scene::with_stream(1).await;
    let now = scene.now();
    let large = "x".repeat(1 << 20);
    for (events, message) in [
        (
            vec![(now, "a"), (now - 1, "b")],
            "Log events in a single PutLogEvents request must be in chronological order.",
        ),
        (
            vec![(now - DAY - 1, "a"), (now, "b")],
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ),
        (
            vec![(now, large.as_str())],
            "Log event too large: 1048576 bytes exceeds limit of 1047552",
        ),
        (
            vec![(now, &large[..600_000]), (now, &large[..600_000])],
            "Upload too large: 1200052 bytes exceeds limit of 1048576",
        ),
    ] {
        let refused = scene.refused("PutLogEvents", batch(&events)).await;
        assert_eq!(refused, ("InvalidParameterException".into(), message.into()));
    }
    assert!(!scene.stage.tape.text().contains("xxx"), "messages are not for the record");
}

#[tokio::test]
async fn the_largest_batch_is_taken_whole() {
    let scene = Scene::with_stream(1).await;
    let text = "x".repeat((1 << 20) / 10_000 - 26);
    let events: Vec<_> = (0..10_000).map(|n| (scene.now() + n, text.as_str())).collect();
    scene.ok("PutLogEvents", batch(&events)).await;
    let mut found = 0;
    let mut body = json!({"logGroupName": "g"});
    loop {
        let page = scene.ok("FilterLogEvents", body.clone()).await;
        found += page["events"].as_array().unwrap().len();
        match page.get("nextToken") {
            Some(token) => body["nextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(found, 10_000);
    let longest = "y".repeat((1 << 20) - 1_024);
    scene.ok("PutLogEvents", batch(&[(scene.now(), &longest)])).await;
}

#[tokio::test]
async fn events_too_old_and_too_new_are_left_out_and_said() {
    let scene = Scene::with_stream(1).await;
    let now = scene.now();
    let old =
        scene.ok("PutLogEvents", batch(&[(now - 14 * DAY - 1, "old"), (now - 14 * DAY, "ok")]));
    assert_eq!(old.await["rejectedLogEventsInfo"], json!({"tooOldLogEventEndIndex": 1}));
    let ahead = 2 * 3_600_000;
    let new = scene.ok("PutLogEvents", batch(&[(now + ahead, "ok"), (now + ahead + 1, "new")]));
    assert_eq!(new.await["rejectedLogEventsInfo"], json!({"tooNewLogEventStartIndex": 1}));
    scene.ok("PutRetentionPolicy", json!({"logGroupName": "g", "retentionInDays": 1})).await;
    let expired = scene.ok("PutLogEvents", batch(&[(now - DAY - 1, "gone")])).await;
    assert_eq!(expired["rejectedLogEventsInfo"], json!({"expiredLogEventEndIndex": 1}));
    let all = scene.ok("FilterLogEvents", json!({"logGroupName": "g"})).await;
    // The two-week-old event is no longer kept, and so no longer seen.
    assert_eq!(messages(&all), ["ok"]);
}

#[tokio::test]
async fn a_search_mixes_streams_by_time_and_goes_on_where_it_stopped() {
    let scene = Scene::with_stream(1).await;
    scene.stream("t").await;
    scene.put("s", &[(-9, "ERROR s1"), (-5, "INFO s2"), (-1, "ERROR s3")]).await;
    scene.put("t", &[(-7, "ERROR t1"), (-3, "ERROR t2")]).await;
    let body = json!({"logGroupName": "g", "filterPattern": "ERROR", "limit": 3});
    let first = scene.ok("FilterLogEvents", body.clone()).await;
    assert_eq!(messages(&first), ["ERROR s1", "ERROR t1", "ERROR t2"]);
    assert_eq!(first["searchedLogStreams"], json!([]));
    assert_eq!(first["events"][1]["logStreamName"], json!("t"));
    assert_eq!(first["events"][1]["eventId"].as_str().unwrap().len(), 56);
    let mut next = body.clone();
    next["nextToken"] = first["nextToken"].clone();
    let second = scene.ok("FilterLogEvents", next.clone()).await;
    assert_eq!(messages(&second), ["ERROR s3"]);
    assert!(second.get("nextToken").is_none());
    // A token belongs to its question.
    next["filterPattern"] = json!("INFO");
    let (_, message) = scene.refused("FilterLogEvents", next).await;
    assert_eq!(message, "The specified nextToken is invalid.");

    let only = |key: &str, value: Value| json!({"logGroupName": "g", key: value});
    let named = scene.ok("FilterLogEvents", only("logStreamNames", json!(["t"]))).await;
    assert_eq!(messages(&named), ["ERROR t1", "ERROR t2"]);
    let begun = scene.ok("FilterLogEvents", only("logStreamNamePrefix", json!("s"))).await;
    assert_eq!(messages(&begun).len(), 3);
    let (code, message) =
        scene.refused("FilterLogEvents", only("logStreamNames", json!(["x"]))).await;
    assert_eq!(code, "ResourceNotFoundException");
    assert_eq!(message, "The specified log stream does not exist.");
    let (_, message) =
        scene.refused("FilterLogEvents", only("filterPattern", json!("{ $.a }"))).await;
    assert_eq!(message, "Invalid filter pattern");
}

#[tokio::test]
async fn a_search_backward_begins_with_the_latest() {
    let scene = Scene::with_stream(1).await;
    scene.put("s", &[(-7_200_000, "x1"), (-3, "y2"), (-2, "x3"), (-1, "x4")]).await;
    let mut body = json!({
        "logGroupName": "g", "filterPattern": "?x1 ?x3 ?x4", "limit": 2, "startFromHead": false,
        "startTime": scene.now() - 8 * 3_600_000,
    });
    let first = scene.ok("FilterLogEvents", body.clone()).await;
    assert_eq!(messages(&first), ["x4", "x3"]);
    // The token's direction counts.
    body["nextToken"] = first["nextToken"].clone();
    body["startFromHead"] = json!(true);
    let second = scene.ok("FilterLogEvents", body).await;
    assert_eq!(messages(&second), ["x1"]);
    assert!(second.get("nextToken").is_none());
    let early = json!({"logGroupName": "g", "startFromHead": false});
    assert_eq!(scene.refused("FilterLogEvents", early).await.0, "InvalidParameterException");
}

#[tokio::test]
async fn what_is_deleted_is_gone_at_once_and_does_not_come_back() {
    let scene = Scene::with_stream(1).await;
    scene.put("s", &[(-1, "old")]).await;
    scene.ok("DeleteLogStream", json!({"logGroupName": "g", "logStreamName": "s"})).await;
    let all = json!({"logGroupName": "g"});
    assert_eq!(messages(&scene.ok("FilterLogEvents", all.clone()).await), Vec::<&str>::new());
    scene.stream("s").await;
    assert_eq!(messages(&scene.ok("FilterLogEvents", all.clone()).await), Vec::<&str>::new());
    scene.put("s", &[(-1, "new")]).await;
    assert_eq!(messages(&scene.ok("FilterLogEvents", all.clone()).await), ["new"]);
    scene.ok("DeleteLogGroup", json!({"logGroupName": "g"})).await;
    scene.ok("CreateLogGroup", json!({"logGroupName": "g"})).await;
    assert_eq!(messages(&scene.ok("FilterLogEvents", all).await), Vec::<&str>::new());
}

#[tokio::test]
async fn many_small_batches_share_a_record() {
    let scene = Scene::with_stream(1).await;
    for n in 0..50 {
        scene.stage.advance_millis(1_000);
        scene.put("s", &[(0, &format!("line {n}"))]).await;
    }
    let chunks = scene.keys().await.into_iter().filter(|key| key.contains("/chunk/")).count();
    assert_eq!(chunks, 1);
    let all = scene.ok("FilterLogEvents", json!({"logGroupName": "g"})).await;
    assert_eq!(messages(&all).len(), 50);
}
