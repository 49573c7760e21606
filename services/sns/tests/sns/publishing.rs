//! Publishing: what is taken and what is refused.

use serde_json::{Value, json};

use crate::{Scene, text};

const HOOK: &str = "https://example.com/hook";

#[tokio::test]
async fn messages_that_cannot_be_are_refused() {
    let scene = Scene::new(1);
    let topic = scene.topic("alerts").await;
    let with = |more: Value| {
        let mut body = json!({"TopicArn": topic, "Message": "x"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let long = "x".repeat(262_145);
    let subject = "x".repeat(101);
    for (more, code, expected) in [
        (json!({"Message": ""}), "InvalidParameter", "Invalid parameter: Empty message"),
        (json!({"Message": long}), "InvalidParameter", "Invalid parameter: Message too long"),
        (json!({"Subject": subject}), "InvalidParameter", "Invalid parameter: Subject"),
        (json!({"Subject": "a\nb"}), "InvalidParameter", "Invalid parameter: Subject"),
        (json!({"Subject": "é"}), "InvalidParameter", "Invalid parameter: Subject"),
        (
            json!({"MessageStructure": "json", "Message": r#"{"email": "x"}"#}),
            "InvalidParameter",
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ),
        (
            json!({"MessageStructure": "json", "Message": "x"}),
            "InvalidParameter",
            "Invalid parameter: Message Structure - JSON message body failed to parse",
        ),
        (
            json!({"MessageAttributes": {"a": {"DataType": "String", "StringValue": ""}}}),
            "ParameterValueInvalid",
            "The message attribute 'a' must contain non-empty message attribute value for message \
             attribute type 'String'.",
        ),
        (
            json!({"MessageAttributes": {"a": {"DataType": "Date", "StringValue": "x"}}}),
            "ParameterValueInvalid",
            "The message attribute 'a' has an invalid message attribute type, the set of supported \
             type prefixes is Binary, Number, and String.",
        ),
        (
            json!({"MessageAttributes": {"a": {"DataType": "Number", "StringValue": "x"}}}),
            "ParameterValueInvalid",
            "Could not cast message attribute 'a' value to number.",
        ),
        (
            json!({"TargetArn": topic}),
            "InvalidParameter",
            "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter",
        ),
        (
            json!({"MessageDeduplicationId": "x"}),
            "InvalidParameter",
            "Invalid parameter: MessageDeduplicationId Reason: The request includes \
             MessageDeduplicationId parameter that is not valid for this topic type",
        ),
    ] {
        let refusal = scene.refused("Publish", with(more)).await;
        assert_eq!((refusal.code.as_str(), refusal.message.as_str()), (code, expected));
    }
}

#[tokio::test]
async fn a_message_has_a_text_for_each_protocol_that_asks_for_one() {
    let scene = Scene::new(2);
    let topic = scene.topic("alerts").await;
    scene.subscribed(&topic, HOOK, json!({})).await;
    scene.subscribed(&topic, "http://example.com/", json!({})).await;
    let body = json!({
        "TopicArn": topic, "MessageStructure": "json",
        "Message": json!({"default": "plain", "https": "secure"}).to_string(),
    });
    scene.ok("Publish", body).await;
    scene.deliver().await;
    assert_eq!(scene.world.take(HOOK)[0]["Message"], "secure");
    assert_eq!(scene.world.take("http://example.com/")[0]["Message"], "plain");
}

#[tokio::test]
async fn a_batch_takes_what_it_can_and_names_the_rest() {
    let scene = Scene::new(3);
    let topic = scene.topic("alerts").await;
    scene.subscribed(&topic, HOOK, json!({})).await;
    let entry = |id: &str, message: &str| json!({"Id": id, "Message": message});
    let batch =
        |entries: Vec<Value>| json!({"TopicArn": topic, "PublishBatchRequestEntries": entries});
    let reply = scene
        .ok("PublishBatch", batch(vec![entry("a", "one"), entry("b", ""), entry("c", "two")]))
        .await;
    let ids: Vec<_> =
        reply["Successful"].as_array().unwrap().iter().map(|one| text(&one["Id"])).collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!(
        reply["Failed"],
        json!([{
            "Id": "b", "Code": "InvalidParameter", "SenderFault": true,
            "Message": "Invalid parameter: Empty message",
        }])
    );
    scene.deliver().await;
    let mut taken: Vec<_> =
        scene.world.take(HOOK).iter().map(|one| text(&one["Message"])).collect();
    taken.sort();
    assert_eq!(taken, ["one", "two"]);

    let many = (0..11).map(|n| entry(&n.to_string(), "x")).collect();
    let half = "x".repeat(140_000);
    for (entries, code) in [
        (vec![], "EmptyBatchRequest"),
        (many, "TooManyEntriesInBatchRequest"),
        (vec![entry("a", "x"), entry("a", "y")], "BatchEntryIdsNotDistinct"),
        (vec![entry("a b", "x")], "InvalidBatchEntryId"),
        (vec![entry("a", &half), entry("b", &half)], "BatchRequestTooLong"),
    ] {
        assert_eq!(scene.refused("PublishBatch", batch(entries)).await.code, code);
    }
}

#[tokio::test]
async fn a_fifo_topic_numbers_messages_and_knows_those_it_has() {
    let scene = Scene::new(4);
    let fifo = json!({
        "Name": "orders.fifo",
        "Attributes": {"FifoTopic": "true", "ContentBasedDeduplication": "true"},
    });
    let topic = text(&scene.ok("CreateTopic", fifo).await["TopicArn"]);
    assert_eq!(scene.topic_attribute(&topic, "FifoTopic").await, "true");
    let send =
        |message: &str| json!({"TopicArn": topic, "Message": message, "MessageGroupId": "g"});
    let first = scene.ok("Publish", send("a")).await;
    assert_eq!(scene.ok("Publish", send("a")).await, first);
    let second = scene.ok("Publish", send("b")).await;
    assert!(text(&second["SequenceNumber"]) > text(&first["SequenceNumber"]));
    assert_eq!(text(&first["SequenceNumber"]).len(), 20);
    scene.stage.advance_millis(300_001);
    scene.end_what_is_over().await;
    assert_ne!(scene.ok("Publish", send("a")).await, first);
    let refusal = scene.refused("Publish", json!({"TopicArn": topic, "Message": "x"})).await;
    assert_eq!(
        refusal.message,
        "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"
    );
}
