//! Looking events up.

use serde_json::{Value, json};
use strongroom_api::Caller;

use crate::Scene;

fn record(number: u64, account: &str, region: &str, user: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "userName": user, "accessKeyId": "AKIA1"},
        "eventTime": format!("2026-01-31T10:20:{number:02}Z"),
        "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue",
        "awsRegion": region, "requestParameters": {"secretId": "prod/db"},
        "responseElements": null, "eventID": format!("event-{number}"), "readOnly": true,
        "managementEvent": true, "recipientAccountId": account,
    })
}

/// Ten events of two users.
fn scene(seed: u64) -> Scene {
    let scene = Scene::new(seed);
    for number in 0..10 {
        let user = if number % 2 == 0 { "alice" } else { "bob" };
        scene.note(&record(number, "123456789012", "us-east-1", user));
    }
    scene.note(&record(20, "123456789012", "eu-west-1", "alice"));
    scene.note(&record(21, "222233334444", "us-east-1", "alice"));
    scene
}

fn ids(reply: &Value) -> Vec<&str> {
    reply["Events"].as_array().unwrap().iter().map(|one| one["EventId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_event_has_what_aws_shows_and_the_record_as_text() {
    let scene = scene(1);
    let reply = scene.ok("LookupEvents", json!({"MaxResults": 1})).await;
    let event = &reply["Events"][0];
    assert_eq!(event["EventId"], "event-9");
    assert_eq!(event["ReadOnly"], "true");
    assert_eq!(event["Username"], "bob");
    assert_eq!(event["EventTime"], 1_769_854_809);
    let resources =
        json!([{"ResourceType": "AWS::SecretsManager::Secret", "ResourceName": "prod/db"}]);
    assert_eq!(event["Resources"], resources);
    let told: Value = serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap();
    assert_eq!(told, record(9, "123456789012", "us-east-1", "bob"));
}

#[tokio::test]
async fn pages_follow_each_other_and_their_tokens_are_good_for_nothing_else() {
    let scene = scene(2);
    let mut body = json!({
        "MaxResults": 2,
        "LookupAttributes": [{"AttributeKey": "Username", "AttributeValue": "alice"}],
    });
    let mut seen = Vec::new();
    loop {
        let reply = scene.ok("LookupEvents", body.clone()).await;
        seen.extend(ids(&reply).into_iter().map(str::to_owned));
        let Some(token) = reply.get("NextToken") else { break };
        body["NextToken"] = token.clone();
    }
    assert_eq!(seen, ["event-8", "event-6", "event-4", "event-2", "event-0"]);
    let token = body["NextToken"].clone();
    for (who, asked) in [
        (scene.clone(), json!({"NextToken": token})),
        (scene.in_region("eu-west-1"), body.clone()),
        (scene.as_caller(Caller::root("222233334444", None)), body.clone()),
        (scene.clone(), json!({"NextToken": "AAAA"})),
        (scene.clone(), json!({"NextToken": "no token"})),
    ] {
        assert_eq!(who.refused("LookupEvents", asked).await, "InvalidNextTokenException");
    }
}

#[tokio::test]
async fn events_of_a_time_are_found_both_ends_included() {
    let scene = scene(3);
    let body = json!({"StartTime": 1_769_854_803, "EndTime": 1_769_854_805});
    let reply = scene.ok("LookupEvents", body).await;
    assert_eq!(ids(&reply), ["event-5", "event-4", "event-3"]);
    let turned = json!({"StartTime": 1_769_854_805, "EndTime": 1_769_854_803});
    assert_eq!(scene.refused("LookupEvents", turned).await, "InvalidTimeRangeException");
}

#[tokio::test]
async fn each_account_and_region_has_its_own_events() {
    let scene = scene(4);
    let abroad = scene.in_region("eu-west-1").ok("LookupEvents", json!({})).await;
    assert_eq!(ids(&abroad), ["event-20"]);
    let other = scene.as_caller(Caller::root("222233334444", None));
    assert_eq!(ids(&other.ok("LookupEvents", json!({})).await), ["event-21"]);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_in_aws_words() {
    let scene = scene(5);
    for size in [0, 51, -1] {
        let refused = scene.call("LookupEvents", json!({"MaxResults": size})).await.unwrap_err();
        assert_eq!(refused.code, "InvalidMaxResultsException");
        let expected = format!(
            "A max results value of {size} is invalid. Specify max results between 1 and 50."
        );
        assert_eq!(refused.message, expected);
    }
    let one = json!({"AttributeKey": "EventName", "AttributeValue": "a"});
    let refused = scene.refused("LookupEvents", json!({"LookupAttributes": [one, one]})).await;
    assert_eq!(refused, "InvalidLookupAttributesException");
    let insights = scene.ok("LookupEvents", json!({"EventCategory": "insight"})).await;
    assert_eq!(insights["Events"], json!([]));
}

#[tokio::test]
async fn keys_are_listed_that_signed_in_the_time_asked_for() {
    let scene = Scene::new(6);
    let keys = async |body| {
        let reply = scene.ok("ListPublicKeys", body).await;
        reply["PublicKeyList"].as_array().unwrap().len()
    };
    assert_eq!(keys(json!({})).await, 1);
    assert_eq!(keys(json!({"StartTime": 50})).await, 2);
    assert_eq!(keys(json!({"EndTime": 50, "StartTime": 10})).await, 1);
}
