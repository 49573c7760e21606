//! Topics, their attributes, policies and tags.

use serde_json::{Value, json};

use crate::{OTHER, Scene, owner, text};

#[tokio::test]
async fn creating_a_topic_again_tells_its_arn_unless_something_differs() {
    let scene = Scene::new(1);
    let body = |name: &str, tag: &str| {
        json!({
            "Name": "alerts", "Attributes": {"DisplayName": name},
            "Tags": [{"Key": "team", "Value": tag}],
        })
    };
    let reply = scene.ok("CreateTopic", body("Alerts", "a")).await;
    assert_eq!(reply["TopicArn"], "arn:aws:sns:us-east-1:123456789012:alerts");
    assert_eq!(scene.ok("CreateTopic", body("Alerts", "a")).await, reply);
    assert_eq!(scene.ok("CreateTopic", json!({"Name": "alerts"})).await, reply);
    let refusal = scene.refused("CreateTopic", body("Other", "a")).await;
    assert_eq!(
        refusal.message,
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes"
    );
    let refusal = scene.refused("CreateTopic", body("Alerts", "b")).await;
    assert_eq!(
        refusal.message,
        "Invalid parameter: Tags Reason: Topic already exists with different tags"
    );
}

#[tokio::test]
async fn names_that_cannot_be_are_refused() {
    let scene = Scene::new(2);
    let long = "x".repeat(257);
    for name in ["", "a b", "a/b", "a.b", ".fifo", &long] {
        let refusal = scene.refused("CreateTopic", json!({ "Name": name })).await;
        assert_eq!(refusal.message, "Invalid parameter: Topic Name", "{name}");
        assert_eq!((refusal.code.as_str(), refusal.status), ("InvalidParameter", 400));
    }
}

#[tokio::test]
async fn a_new_topic_tells_what_aws_recorded() {
    let scene = Scene::new(3);
    let topic = scene.topic("alerts").await;
    let reply = scene.ok("GetTopicAttributes", json!({ "TopicArn": topic })).await;
    let attributes = &reply["Attributes"];
    for (name, expected) in [
        ("DisplayName", ""),
        ("Owner", owner()),
        ("SubscriptionsConfirmed", "0"),
        ("SubscriptionsDeleted", "0"),
        ("SubscriptionsPending", "0"),
        ("TopicArn", &topic),
    ] {
        assert_eq!(attributes[name], expected, "{name}");
    }
    assert_eq!(attributes.as_object().unwrap().len(), 8);
    let effective: Value =
        serde_json::from_str(&text(&attributes["EffectiveDeliveryPolicy"])).unwrap();
    assert_eq!(
        effective,
        json!({"http": {
            "defaultHealthyRetryPolicy": {
                "minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3,
                "numMaxDelayRetries": 0, "numNoDelayRetries": 0, "numMinDelayRetries": 0,
                "backoffFunction": "linear",
            },
            "disableSubscriptionOverrides": false,
            "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
        }})
    );
    let policy: Value = serde_json::from_str(&text(&attributes["Policy"])).unwrap();
    assert_eq!(policy["Id"], "__default_policy_ID");
    assert_eq!(policy["Statement"][0]["Condition"]["StringEquals"]["AWS:SourceOwner"], owner());
}

#[tokio::test]
async fn attributes_are_set_shown_and_refused() {
    let scene = Scene::new(4);
    let topic = scene.topic("alerts").await;
    let set = |name: &str, value: &str| json!({"TopicArn": topic, "AttributeName": name, "AttributeValue": value});
    scene.ok("SetTopicAttributes", set("DisplayName", "Alerts")).await;
    scene.ok("SetTopicAttributes", set("SignatureVersion", "2")).await;
    assert_eq!(scene.topic_attribute(&topic, "DisplayName").await, "Alerts");
    assert_eq!(scene.topic_attribute(&topic, "SignatureVersion").await, "2");
    for (name, value, expected) in [
        ("Colour", "red", "Invalid parameter: AttributeName"),
        (
            "SignatureVersion",
            "3",
            "Invalid parameter: SignatureVersion: Invalid value [3]. Please use either 1 or 2",
        ),
        ("DeliveryPolicy", "{", "Invalid parameter: DeliveryPolicy: not a valid JSON"),
        ("Policy", "{}", "Invalid parameter: Policy Error:"),
    ] {
        let refusal = scene.refused("SetTopicAttributes", set(name, value)).await;
        assert!(refusal.message.starts_with(expected), "{}", refusal.message);
    }
    let foreign = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": topic,
    }]});
    let refusal = scene.refused("SetTopicAttributes", set("Policy", &foreign.to_string())).await;
    assert_eq!(refusal.message, "Invalid parameter: Policy statement action out of service scope!");
}

#[tokio::test]
async fn a_topic_that_is_not_there_is_told_to_those_who_may_ask() {
    let scene = Scene::new(5);
    let missing = "arn:aws:sns:us-east-1:123456789012:missing";
    let refusal = scene.refused("GetTopicAttributes", json!({ "TopicArn": missing })).await;
    assert_eq!(
        (refusal.code.as_str(), refusal.status, refusal.message.as_str()),
        ("NotFound", 404, "Topic does not exist")
    );
    let nobody = scene.as_caller(strongroom_testkit::nobody(owner()));
    let refusal = nobody.refused("GetTopicAttributes", json!({ "TopicArn": missing })).await;
    assert_eq!(
        refusal.message,
        "User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: \
         SNS:GetTopicAttributes on resource: arn:aws:sns:us-east-1:123456789012:missing because \
         no identity-based policy allows the SNS:GetTopicAttributes action"
    );
    scene.ok("DeleteTopic", json!({ "TopicArn": missing })).await;
    let elsewhere = "arn:aws:sns:eu-west-1:123456789012:alerts";
    let refusal = scene.refused("GetTopicAttributes", json!({ "TopicArn": elsewhere })).await;
    assert_eq!(refusal.message, "Invalid parameter: TopicArn");
}

#[tokio::test]
async fn every_topic_is_listed_once_over_pages() {
    let scene = Scene::new(6);
    for number in 0..205 {
        scene.topic(&format!("t{number:03}")).await;
    }
    scene.as_root_of(OTHER).topic("strangers").await;
    let (mut all, mut token, mut sizes) = (Vec::new(), Value::Null, Vec::new());
    loop {
        let reply = scene.ok("ListTopics", json!({ "NextToken": token })).await;
        let topics = reply["Topics"].as_array().unwrap();
        sizes.push(topics.len());
        all.extend(topics.iter().map(|topic| text(&topic["TopicArn"])));
        token = reply["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(sizes, [100, 100, 5]);
    all.dedup();
    assert_eq!(all.len(), 205);
    scene.refused("ListTopics", json!({"NextToken": "%"})).await;
}

#[tokio::test]
async fn permissions_let_another_account_in_and_out() {
    let scene = Scene::new(7);
    let topic = scene.topic("alerts").await;
    let other = scene.as_root_of(OTHER);
    let body = json!({"TopicArn": topic, "Message": "x"});
    assert_eq!(other.refused("Publish", body.clone()).await.code, "AccessDeniedException");
    let permission = json!({
        "TopicArn": topic, "Label": "partner", "AWSAccountId": [OTHER], "ActionName": ["Publish"],
    });
    scene.ok("AddPermission", permission.clone()).await;
    other.ok("Publish", body.clone()).await;
    let refusal = scene.refused("AddPermission", permission).await;
    assert_eq!(refusal.message, "Invalid parameter: Statement already exists");
    scene.ok("RemovePermission", json!({"TopicArn": topic, "Label": "partner"})).await;
    other.refused("Publish", body).await;
}

#[tokio::test]
async fn tags_come_and_go() {
    let scene = Scene::new(8);
    let topic = scene.topic("alerts").await;
    let tag = |key: &str| json!({"ResourceArn": topic, "Tags": [{"Key": key, "Value": "v"}]});
    scene.ok("TagResource", tag("a")).await;
    scene.ok("TagResource", tag("b")).await;
    scene.ok("UntagResource", json!({"ResourceArn": topic, "TagKeys": ["a", "c"]})).await;
    let reply = scene.ok("ListTagsForResource", json!({ "ResourceArn": topic })).await;
    assert_eq!(reply["Tags"], json!([{"Key": "b", "Value": "v"}]));
    scene.refused("TagResource", tag("aws:x")).await;
    let missing = json!({"ResourceArn": "arn:aws:sns:us-east-1:123456789012:missing"});
    let refusal = scene.refused("ListTagsForResource", missing).await;
    assert_eq!((refusal.code.as_str(), refusal.status), ("ResourceNotFound", 404));
}

#[tokio::test]
async fn a_deleted_topic_leaves_nothing_behind() {
    let scene = Scene::new(9);
    let topic = scene.topic("alerts").await;
    let before = scene.stored().await.len();
    assert_eq!(before, 1);
    for number in 0..45 {
        let endpoint = format!("https://example.com/{number}");
        let arn = scene.subscribed(&topic, &endpoint, json!({})).await;
        if number % 10 == 0 {
            scene.ok("Unsubscribe", json!({ "SubscriptionArn": arn })).await;
        }
    }
    scene.deliver().await;
    scene.ok("DeleteTopic", json!({ "TopicArn": topic })).await;
    scene.stage.advance_days(15);
    scene.end_what_is_over().await;
    let left: Vec<_> =
        scene.stored().await.into_iter().filter(|key| !key.contains("signing")).collect();
    assert_eq!(left, Vec::<String>::new());
}
