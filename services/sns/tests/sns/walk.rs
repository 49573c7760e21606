//! What every operation owes, walked over the whole table.

use serde_json::json;
use strongroom_testkit::every_operation_is_guarded_and_recorded;

use crate::Scene;

#[tokio::test]
async fn every_operation_refuses_the_unauthorized_and_leaves_a_record() {
    let scene = Scene::new(1);
    every_operation_is_guarded_and_recorded(&*scene.host, &scene.stage, &[]).await;
}

#[tokio::test]
async fn every_operation_refuses_the_unauthorized_when_the_topic_exists_too() {
    let scene = Scene::new(2);
    scene.topic("alerts").await;
    every_operation_is_guarded_and_recorded(&*scene.host, &scene.stage, &[]).await;
}

#[tokio::test]
async fn messages_endpoints_and_tokens_are_not_on_record() {
    let scene = Scene::new(3);
    let topic = scene.topic("alerts").await;
    let endpoint = "https://anna:hidden-word@example.com/";
    scene.subscribed(&topic, endpoint, json!({})).await;
    scene.stage.tape.clear();
    let body = json!({
        "TopicArn": topic, "Message": "hidden-message", "Subject": "hidden-subject",
        "MessageAttributes": {"a": {"DataType": "String", "StringValue": "hidden-value"}},
    });
    scene.ok("Publish", body).await;
    let body = json!({"TopicArn": topic, "Protocol": "https", "Endpoint": endpoint});
    scene.ok("Subscribe", body).await;
    let body = json!({"TopicArn": topic, "Token": "hidden-token"});
    scene.refused("ConfirmSubscription", body).await;
    let records = scene.stage.tape.text();
    assert!(records.contains("\"Publish\"") && records.contains(&topic), "{records}");
    assert!(!records.contains("hidden"), "{records}");
}
