//! Subscription filters: what functions get.

use std::io::Read as _;

use data_encoding::BASE64;
use serde_json::{Value, json};
use strongroom_api::Job as _;
use strongroom_logs::jobs::DeliverSubscriptions;
use strongroom_logs::{Place, TRAIL_GROUP, Undelivered};

use crate::Scene;

const TELL: &str = "arn:aws:lambda:us-east-1:123456789012:function:tell";

fn filter(name: &str, pattern: &str) -> Value {
    json!({"logGroupName": "g", "filterName": name, "filterPattern": pattern, "destinationArn": TELL})
}

impl Scene {
    /// Runs the job until it says that nothing is left for now.
    async fn deliver(&self) {
        let job = DeliverSubscriptions(self.logs.clone());
        while job.run(&self.stage.circumstances()).await.unwrap().more {}
    }

    /// What functions got, unpacked.
    fn got(&self) -> Vec<Value> {
        self.functions.got.lock().unwrap().drain(..).map(|(_, _, event)| unpacked(&event)).collect()
    }
}

fn unpacked(event: &Value) -> Value {
    let packed = BASE64.decode(event["awslogs"]["data"].as_str().unwrap().as_bytes()).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*packed).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_function_gets_what_is_meant_as_aws_packs_it() {
    let scene = Scene::with_stream(1).await;
    scene.ok("PutSubscriptionFilter", filter("errors", "ERROR")).await;
    scene.put("s", &[(-1, "fine"), (0, "ERROR here")]).await;
    scene.deliver().await;
    let found = scene.ok("FilterLogEvents", json!({"logGroupName": "g"})).await;
    let (function, group, event) = scene.functions.got.lock().unwrap().remove(0);
    assert_eq!(function, TELL);
    assert_eq!(group, "arn:aws:logs:us-east-1:123456789012:log-group:g:*");
    assert_eq!(
        unpacked(&event),
        json!({
            "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "g", "logStream": "s",
            "subscriptionFilters": ["errors"],
            "logEvents": [{
                "id": found["events"][1]["eventId"], "timestamp": scene.now(), "message": "ERROR here",
            }],
        })
    );
    scene.deliver().await;
    assert!(scene.got().is_empty());
}

#[tokio::test]
async fn columns_are_extracted_as_the_pattern_names_them() {
    let scene = Scene::with_stream(1).await;
    scene.ok("PutSubscriptionFilter", filter("columns", "[ip, size > 10]")).await;
    scene.put("s", &[(0, "127.0.0.1 99"), (0, "127.0.0.1 5")]).await;
    scene.deliver().await;
    let fields = &scene.got()[0]["logEvents"][0]["extractedFields"];
    assert_eq!(*fields, json!({"ip": "127.0.0.1", "size": "99"}));
}

#[tokio::test]
async fn many_events_are_parted_and_all_arrive() {
    let scene = Scene::with_stream(1).await;
    scene.ok("PutSubscriptionFilter", filter("all", "")).await;
    let long = "x".repeat(200_000);
    scene.put("s", &[(0, &*long), (1, &*long), (2, &*long), (3, &*long)]).await;
    scene.deliver().await;
    let got = scene.got();
    assert_eq!(got.len(), 2);
    let events = got.iter().flat_map(|one| one["logEvents"].as_array().unwrap());
    assert_eq!(events.count(), 4);
}

#[tokio::test]
async fn what_cannot_be_delivered_is_tried_again_for_a_day_and_a_refusal_is_final() {
    let scene = Scene::with_stream(1).await;
    scene.ok("PutSubscriptionFilter", filter("all", "")).await;
    let says = |said| *scene.functions.says.lock().unwrap() = said;
    says(Some(Undelivered::Later("busy".to_owned())));
    scene.put("s", &[(0, "one")]).await;
    scene.deliver().await;
    says(None);
    scene.deliver().await;
    assert!(scene.got().is_empty(), "it is not time yet");
    scene.stage.advance_millis(1_000);
    scene.deliver().await;
    assert_eq!(scene.got().len(), 1);

    says(Some(Undelivered::Refused("no".to_owned())));
    scene.put("s", &[(0, "two")]).await;
    scene.deliver().await;
    says(Some(Undelivered::Later("busy".to_owned())));
    scene.put("s", &[(0, "three")]).await;
    scene.deliver().await;
    scene.stage.advance_days(1);
    scene.deliver().await;
    says(None);
    scene.stage.advance_days(1);
    scene.deliver().await;
    assert!(scene.got().is_empty());
    assert!(!scene.keys().await.iter().any(|key| key.starts_with("due/logs/delivery")));
}

#[tokio::test]
async fn a_group_has_two_filters_which_are_described_changed_and_deleted() {
    let scene = Scene::with_stream(1).await;
    for name in ["b", "a"] {
        scene.ok("PutSubscriptionFilter", filter(name, "x")).await;
    }
    let third = scene.refused("PutSubscriptionFilter", filter("c", "x")).await;
    assert_eq!(third, ("LimitExceededException".into(), "Resource limit exceeded.".into()));
    let created = scene.now();
    scene.stage.advance_millis(5);
    scene.ok("PutSubscriptionFilter", filter("a", "y")).await;
    let described = json!({"logGroupName": "g", "limit": 1});
    let first = scene.ok("DescribeSubscriptionFilters", described).await;
    assert_eq!(
        first["subscriptionFilters"],
        json!([{
            "filterName": "a", "logGroupName": "g", "filterPattern": "y", "destinationArn": TELL,
            "distribution": "ByLogStream", "applyOnTransformedLogs": false, "creationTime": created,
        }])
    );
    let rest = json!({"logGroupName": "g", "limit": 1, "nextToken": first["nextToken"]});
    let rest = scene.ok("DescribeSubscriptionFilters", rest).await;
    assert_eq!(rest["subscriptionFilters"][0]["filterName"], json!("b"));
    assert_eq!(rest["nextToken"], Value::Null);
    scene.ok("DeleteSubscriptionFilter", json!({"logGroupName": "g", "filterName": "a"})).await;
    let gone = json!({"logGroupName": "g", "filterName": "a"});
    let gone = scene.refused("DeleteSubscriptionFilter", gone).await;
    assert_eq!(gone.1, "The specified subscription filter does not exist.");
    scene.put("s", &[(0, "y")]).await;
    scene.deliver().await;
    assert!(scene.got().is_empty());
    scene.ok("DeleteLogGroup", json!({"logGroupName": "g"})).await;
    assert!(!scene.keys().await.iter().any(|key| key.contains("subscription-filter")));
}

#[tokio::test]
async fn a_filter_that_cannot_be_is_refused() {
    let scene = Scene::with_stream(1).await;
    scene.ok("CreateLogGroup", json!({"logGroupName": "/aws/lambda/tell"})).await;
    let with = |member: &str, value: Value| {
        let mut filter = filter("f", "x");
        filter[member] = value;
        filter
    };
    let private = "arn:aws:lambda:us-east-1:123456789012:function:private";
    for (body, message) in [
        (
            with("destinationArn", json!("arn:aws:kinesis:us-east-1:123456789012:stream/x")),
            "is not offered",
        ),
        (with("destinationArn", json!(private)), "Could not execute the lambda function."),
        (with("logGroupName", json!("/aws/lambda/tell")), "reserved for the function logs"),
        (with("roleArn", json!("arn:aws:iam::123456789012:role/x")), "roleArn"),
        (with("filterPattern", json!("{ $.a")), "must end with"),
        (with("distribution", json!("Sideways")), "enum value set: [Random, ByLogStream]"),
    ] {
        let (code, said) = scene.refused("PutSubscriptionFilter", body).await;
        assert_eq!(code, "InvalidParameterException", "{said}");
        assert!(said.contains(message), "{said}");
    }
}

#[tokio::test]
async fn that_records_were_handed_on_is_not_handed_on_again() {
    let scene = Scene::new(1);
    let place = Place {
        account: "123456789012",
        region: "us-east-1",
        group: TRAIL_GROUP,
        stream: "s",
        retention_days: None,
    };
    scene.logs.ensure_group(place, scene.stage.now(), &scene.ids).await.unwrap();
    let mut all = filter("all", "");
    all["logGroupName"] = json!(TRAIL_GROUP);
    scene.ok("PutSubscriptionFilter", all).await;
    let record = |event: &str, by: &str| {
        let record =
            json!({"eventName": event, "userIdentity": {"type": "AWSService", "invokedBy": by}});
        (scene.now(), record.to_string())
    };
    let events = vec![
        record("Invoke", "logs.amazonaws.com"),
        record("Invoke", "logs.us-east-1.amazonaws.com"),
        record("Invoke", "sns.amazonaws.com"),
    ];
    scene.logs.append(place, events, scene.stage.now(), &scene.ids).await.unwrap();
    scene.deliver().await;
    let got = scene.got();
    assert_eq!(got[0]["logEvents"].as_array().unwrap().len(), 1);
}
