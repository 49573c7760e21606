//! Live Tail: what sessions see.

use serde_json::{Value, json};
use strongroom_api::{Body, Event, Events, Host as _, Protocol};

use crate::Scene;

const G: &str = "arn:aws:logs:us-east-1:123456789012:log-group:g";

impl Scene {
    /// Opens a session.
    async fn tail(&self, body: Value) -> Box<dyn Events> {
        let position = self.host.find("StartLiveTail").unwrap();
        let (circumstances, text) = (self.stage.circumstances(), body.to_string());
        let members = Protocol::Json11.read(text.as_bytes());
        let body = Body { protocol: Protocol::Json11, members };
        let reply = self.host.perform(position, &circumstances, body).await.unwrap();
        assert_eq!(&**reply.body, b"{}");
        reply.events.unwrap()
    }

    fn pulse(&self, tail: &mut dyn Events) -> Option<Vec<Event>> {
        tail.pulse(self.stage.now())
    }

    /// The messages of the next update, and whether some are missing.
    fn seen(&self, tail: &mut dyn Events) -> (Vec<String>, bool) {
        let events = self.pulse(tail).unwrap();
        assert_eq!(events[0].name, "sessionUpdate");
        let update: Value = serde_json::from_slice(&events[0].payload).unwrap();
        let results = update["sessionResults"].as_array().unwrap();
        let messages = results.iter().map(|one| one["message"].as_str().unwrap().to_owned());
        (messages.collect(), update["sessionMetadata"]["sampled"].as_bool().unwrap())
    }
}

#[tokio::test]
async fn a_session_sees_what_is_taken_in_from_then_on_and_nothing_else() {
    let scene = Scene::with_stream(1).await;
    scene.stream("other").await;
    scene.put("s", &[(0, "ERROR before")]).await;
    let mut all = scene.tail(json!({"logGroupIdentifiers": [G]})).await;
    let errors = json!({"logGroupIdentifiers": [G], "logEventFilterPattern": "ERROR", "logStreamNames": ["s"]});
    let mut errors = scene.tail(errors).await;
    let begun = json!({"logGroupIdentifiers": [G], "logStreamNamePrefixes": ["oth"]});
    let mut begun = scene.tail(begun).await;
    let start = scene.pulse(&mut *errors).unwrap();
    assert_eq!(start[0].name, "sessionStart");
    let start: Value = serde_json::from_slice(&start[0].payload).unwrap();
    assert_eq!(start["logGroupIdentifiers"], json!([G]));
    assert_eq!(start["logEventFilterPattern"], json!("ERROR"));
    assert_eq!(start["logStreamNames"], json!(["s"]));
    for tail in [&mut all, &mut begun] {
        scene.pulse(&mut **tail).unwrap();
    }
    assert_eq!(scene.seen(&mut *errors), (vec![], false));
    scene.put("s", &[(1, "ERROR one"), (2, "fine")]).await;
    scene.put("other", &[(1, "ERROR elsewhere")]).await;
    assert_eq!(scene.seen(&mut *errors).0, ["ERROR one"]);
    assert_eq!(scene.seen(&mut *all).0, ["ERROR one", "fine", "ERROR elsewhere"]);
    assert_eq!(scene.seen(&mut *begun).0, ["ERROR elsewhere"]);
    assert_eq!(scene.seen(&mut *all), (vec![], false));
}

#[tokio::test]
async fn an_update_names_the_stream_the_group_and_both_times() {
    let scene = Scene::with_stream(1).await;
    let mut tail = scene.tail(json!({"logGroupIdentifiers": ["g"]})).await;
    scene.pulse(&mut *tail).unwrap();
    scene.put("s", &[(-5, "x")]).await;
    let update = scene.pulse(&mut *tail).unwrap();
    let update: Value = serde_json::from_slice(&update[0].payload).unwrap();
    let now = scene.now();
    assert_eq!(
        update["sessionResults"],
        json!([{
            "logStreamName": "s", "logGroupIdentifier": G, "message": "x",
            "timestamp": now - 5, "ingestionTime": now,
        }])
    );
}

#[tokio::test]
async fn a_flood_is_sampled_and_told_and_holds_nobody_up() {
    let scene = Scene::with_stream(1).await;
    let mut tail = scene.tail(json!({"logGroupIdentifiers": [G]})).await;
    scene.pulse(&mut *tail).unwrap();
    scene.put("s", &[(0, "x"); 700]).await;
    let (messages, sampled) = scene.seen(&mut *tail);
    assert_eq!((messages.len(), sampled), (500, true));
    let long = "x".repeat(1_000_000);
    for _ in 0..5 {
        scene.put("s", &[(0, &long)]).await;
    }
    let (messages, sampled) = scene.seen(&mut *tail);
    assert_eq!((messages.len(), sampled), (4, true));
}

#[tokio::test]
async fn a_session_ends_after_three_hours_with_an_exception() {
    let scene = Scene::with_stream(1).await;
    let mut tail = scene.tail(json!({"logGroupIdentifiers": [G]})).await;
    scene.pulse(&mut *tail).unwrap();
    scene.stage.advance_millis(3 * 3_600_000);
    let last = scene.pulse(&mut *tail).unwrap();
    assert_eq!((last[1].name, last[1].is_exception), ("SessionTimeoutException", true));
    assert!(scene.pulse(&mut *tail).is_none());
}

#[tokio::test]
async fn sessions_are_counted_until_they_are_closed() {
    let scene = Scene::with_stream(1).await;
    let wanted = json!({"logGroupIdentifiers": [G]});
    let mut tails = Vec::new();
    for _ in 0..15 {
        tails.push(scene.tail(wanted.clone()).await);
    }
    let refused = scene.refused("StartLiveTail", wanted.clone()).await;
    assert_eq!(refused.0, "LimitExceededException");
    tails.pop();
    scene.tail(wanted).await;
}

#[tokio::test]
async fn a_session_that_cannot_be_is_refused() {
    let scene = Scene::with_stream(1).await;
    scene.ok("CreateLogGroup", json!({"logGroupName": "h"})).await;
    let seldom = json!({"logGroupName": "seldom", "logGroupClass": "INFREQUENT_ACCESS"});
    scene.ok("CreateLogGroup", seldom).await;
    let seldom = "arn:aws:logs:us-east-1:123456789012:log-group:seldom";
    for (body, code) in [
        (json!({"logGroupIdentifiers": [format!("{G}:*")]}), "InvalidParameterException"),
        (json!({"logGroupIdentifiers": [format!("{G}none")]}), "ResourceNotFoundException"),
        (json!({"logGroupIdentifiers": [seldom]}), "InvalidOperationException"),
        (
            json!({"logGroupIdentifiers": [G], "logEventFilterPattern": "{ $.a"}),
            "InvalidParameterException",
        ),
        (
            json!({"logGroupIdentifiers": [G, "h"], "logStreamNames": ["s"]}),
            "InvalidParameterException",
        ),
        (
            json!({"logGroupIdentifiers": [G], "logStreamNames": ["s"], "logStreamNamePrefixes": ["s"]}),
            "InvalidParameterException",
        ),
        (json!({"logGroupIdentifiers": []}), "InvalidParameterException"),
    ] {
        assert_eq!(scene.refused("StartLiveTail", body.clone()).await.0, code, "{body}");
    }
}
