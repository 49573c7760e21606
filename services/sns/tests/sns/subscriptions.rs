//! Subscriptions: asked, confirmed, changed, cancelled and restored.

use serde_json::{Value, json};

use crate::{OTHER, Scene, owner, text};

const HOOK: &str = "https://example.com/hook";

async fn ask(scene: &Scene, topic: &str) -> Value {
    let body = json!({"TopicArn": topic, "Protocol": "https", "Endpoint": HOOK});
    scene.ok("Subscribe", body).await
}

async fn attributes(scene: &Scene, arn: &str) -> Value {
    scene.ok("GetSubscriptionAttributes", json!({ "SubscriptionArn": arn })).await["Attributes"]
        .clone()
}

async fn listed(scene: &Scene, topic: &str) -> Vec<Value> {
    let reply = scene.ok("ListSubscriptionsByTopic", json!({ "TopicArn": topic })).await;
    reply["Subscriptions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_endpoint_is_asked_and_gets_nothing_before_it_agrees() {
    let scene = Scene::new(1);
    let topic = scene.topic("alerts").await;
    let reply = ask(&scene, &topic).await;
    assert_eq!(reply["SubscriptionArn"], "pending confirmation");
    assert_eq!(listed(&scene, &topic).await[0]["SubscriptionArn"], "PendingConfirmation");
    assert_eq!(scene.topic_attribute(&topic, "SubscriptionsPending").await, "1");
    scene.publish(&topic, "too early").await;
    scene.deliver().await;
    let taken = scene.world.take(HOOK);
    assert_eq!(taken.len(), 1);
    let question = &taken[0];
    assert_eq!(question["Type"], "SubscriptionConfirmation");
    assert_eq!(
        question["Message"],
        format!(
            "You have chosen to subscribe to the topic {topic}.\nTo confirm the subscription, visit \
             the SubscribeURL included in this message."
        )
    );
    let token = text(&question["Token"]);
    assert_eq!(
        question["SubscribeURL"],
        format!(
            "https://sns.example.com/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}"
        )
    );
    let header = |name| scene.world.header(HOOK, name);
    assert_eq!(header("x-amz-sns-message-type").unwrap(), "SubscriptionConfirmation");
    assert_eq!(header("x-amz-sns-topic-arn").unwrap(), topic);
    assert_eq!(header("x-amz-sns-message-id").unwrap(), question["MessageId"]);
    assert_eq!(header("x-amz-sns-subscription-arn"), None);

    // The link is followed by whoever gets the message, who signs nothing; twice, if he likes.
    let link = json!({"TopicArn": topic, "Token": token});
    let reply = scene.unsigned().ok("ConfirmSubscription", link.clone()).await;
    assert_eq!(scene.unsigned().ok("ConfirmSubscription", link).await, reply);
    let arn = text(&reply["SubscriptionArn"]);
    assert_eq!(listed(&scene, &topic).await[0]["SubscriptionArn"], arn);
    assert_eq!(scene.topic_attribute(&topic, "SubscriptionsPending").await, "0");
    assert_eq!(scene.topic_attribute(&topic, "SubscriptionsConfirmed").await, "1");
    let found = attributes(&scene, &arn).await;
    assert_eq!(found["PendingConfirmation"], "false");
    assert_eq!(found["ConfirmationWasAuthenticated"], "false");
    assert_eq!(found["Owner"], owner());
    assert_eq!(found["SubscriptionPrincipal"], "arn:aws:iam::123456789012:root");
}

#[tokio::test]
async fn a_wrong_token_confirms_nothing_and_tells_nothing() {
    let scene = Scene::new(2);
    let topic = scene.topic("alerts").await;
    ask(&scene, &topic).await;
    scene.deliver().await;
    let token = text(&scene.world.take(HOOK)[0]["Token"]);
    let forged = token[..32].to_owned() + &"0".repeat(256);
    let stranger = scene.unsigned();
    for (topic, token) in [
        (topic.as_str(), forged.as_str()),
        (&topic, ""),
        (&topic, "x"),
        ("arn:aws:sns:us-east-1:123456789012:missing", &token),
    ] {
        let body = json!({"TopicArn": topic, "Token": token});
        let refusal = stranger.refused("ConfirmSubscription", body).await;
        assert_eq!((refusal.code.as_str(), refusal.status), ("InvalidParameter", 400));
        assert_eq!(refusal.message, "Invalid token");
    }
    assert_eq!(scene.topic_attribute(&topic, "SubscriptionsPending").await, "1");
    // Without a signature nothing else can be done.
    let refusal = stranger.refused("GetTopicAttributes", json!({ "TopicArn": topic })).await;
    assert_eq!(refusal.code, "AccessDeniedException");
}

#[tokio::test]
async fn a_question_that_nobody_answers_ends_after_two_days() {
    let scene = Scene::new(3);
    let topic = scene.topic("alerts").await;
    ask(&scene, &topic).await;
    scene.deliver().await;
    let token = text(&scene.world.take(HOOK)[0]["Token"]);
    scene.stage.advance_days(2);
    scene.stage.advance_millis(1);
    let late = json!({"TopicArn": topic, "Token": token});
    assert_eq!(scene.refused("ConfirmSubscription", late).await.message, "Invalid token");
    scene.end_what_is_over().await;
    assert_eq!(listed(&scene, &topic).await, Vec::<Value>::new());
    assert_eq!(scene.topic_attribute(&topic, "SubscriptionsPending").await, "0");
    // And may be asked anew.
    ask(&scene, &topic).await;
    scene.deliver().await;
    assert_eq!(scene.world.take(HOOK).len(), 1);
}

#[tokio::test]
async fn asking_again_sends_another_question_and_the_old_one_is_worth_nothing() {
    let scene = Scene::new(4);
    let topic = scene.topic("alerts").await;
    ask(&scene, &topic).await;
    scene.deliver().await;
    ask(&scene, &topic).await;
    scene.deliver().await;
    let taken = scene.world.take(HOOK);
    let [old, new] = [&taken[0]["Token"], &taken[1]["Token"]];
    assert_eq!(scene.topic_attribute(&topic, "SubscriptionsPending").await, "1");
    scene.refused("ConfirmSubscription", json!({"TopicArn": topic, "Token": old})).await;
    scene.ok("ConfirmSubscription", json!({"TopicArn": topic, "Token": new})).await;
    // A confirmed one is told by its ARN, unless other attributes are asked for.
    let reply = ask(&scene, &topic).await;
    assert!(text(&reply["SubscriptionArn"]).starts_with(&topic));
    let other = json!({
        "TopicArn": topic, "Protocol": "https", "Endpoint": HOOK,
        "Attributes": {"RawMessageDelivery": "true"},
    });
    assert_eq!(
        scene.refused("Subscribe", other).await.message,
        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
    );
}

#[tokio::test]
async fn who_is_unsubscribed_is_told_and_can_come_back() {
    let scene = Scene::new(5);
    let topic = scene.topic("alerts").await;
    let arn = scene.subscribed(&topic, HOOK, json!({})).await;
    scene.unsigned().ok("Unsubscribe", json!({ "SubscriptionArn": arn })).await;
    let gone = json!({ "SubscriptionArn": arn });
    assert_eq!(scene.refused("GetSubscriptionAttributes", gone.clone()).await.code, "NotFound");
    assert_eq!(scene.topic_attribute(&topic, "SubscriptionsDeleted").await, "1");
    scene.ok("Unsubscribe", gone).await;
    scene.deliver().await;
    let farewell = scene.world.take(HOOK).pop().unwrap();
    assert_eq!(farewell["Type"], "UnsubscribeConfirmation");
    let beginning = format!("You have chosen to deactivate subscription {arn}.\nTo cancel this");
    assert_eq!(text(&farewell["Message"])[..beginning.len()], beginning);
    assert_eq!(scene.world.header(HOOK, "x-amz-sns-subscription-arn").unwrap(), arn);
    let link = json!({"TopicArn": topic, "Token": farewell["Token"]});
    let reply = scene.unsigned().ok("ConfirmSubscription", link).await;
    assert_eq!(reply["SubscriptionArn"], arn);
    assert_eq!(scene.topic_attribute(&topic, "SubscriptionsDeleted").await, "0");
    assert_eq!(scene.topic_attribute(&topic, "SubscriptionsConfirmed").await, "1");
    scene.publish(&topic, "back").await;
    scene.deliver().await;
    assert_eq!(scene.world.take(HOOK)[0]["Message"], "back");
}

#[tokio::test]
async fn a_subscription_that_wants_signatures_is_not_cancelled_by_its_link() {
    let scene = Scene::new(6);
    let topic = scene.topic("alerts").await;
    ask(&scene, &topic).await;
    scene.deliver().await;
    let token = &scene.world.take(HOOK)[0]["Token"];
    let body = json!({"TopicArn": topic, "Token": token, "AuthenticateOnUnsubscribe": "true"});
    let arn = text(&scene.ok("ConfirmSubscription", body).await["SubscriptionArn"]);
    let gone = json!({ "SubscriptionArn": arn });
    let refusal = scene.unsigned().refused("Unsubscribe", gone.clone()).await;
    assert_eq!((refusal.code.as_str(), refusal.status), ("AuthorizationError", 403));
    scene.ok("Unsubscribe", gone).await;
}

#[tokio::test]
async fn a_pending_subscription_cannot_be_cancelled() {
    let scene = Scene::new(7);
    let topic = scene.topic("alerts").await;
    let body = json!({
        "TopicArn": topic, "Protocol": "email", "Endpoint": "anna@example.com",
        "ReturnSubscriptionArn": true,
    });
    let arn = text(&scene.ok("Subscribe", body).await["SubscriptionArn"]);
    let refusal = scene.refused("Unsubscribe", json!({ "SubscriptionArn": arn })).await;
    assert!(
        refusal.message.contains("Cannot unsubscribe a subscription that is pending confirmation")
    );
    let refusal = scene.refused("Unsubscribe", json!({"SubscriptionArn": "abc"})).await;
    assert_eq!(
        refusal.message,
        "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"
    );
}

#[tokio::test]
async fn attributes_are_set_shown_and_refused() {
    let scene = Scene::new(8);
    let topic = scene.topic("alerts").await;
    let arn = scene.subscribed(&topic, HOOK, json!({})).await;
    let set = |name: &str, value: &str| json!({"SubscriptionArn": arn, "AttributeName": name, "AttributeValue": value});
    scene.ok("SetSubscriptionAttributes", set("RawMessageDelivery", "true")).await;
    scene.ok("SetSubscriptionAttributes", set("FilterPolicy", r#"{"a": ["b"]}"#)).await;
    let shown = attributes(&scene, &arn).await;
    assert_eq!(shown["RawMessageDelivery"], "true");
    assert_eq!(shown["FilterPolicy"], r#"{"a": ["b"]}"#);
    assert_eq!(shown["FilterPolicyScope"], "MessageAttributes");
    assert!(text(&shown["EffectiveDeliveryPolicy"]).contains("healthyRetryPolicy"));
    for (name, value, expected) in [
        ("Colour", "red", "Invalid parameter: AttributeName"),
        (
            "RawMessageDelivery",
            "x",
            "Invalid parameter: RawMessageDelivery: Invalid value [x]. Must be true or false.",
        ),
        (
            "FilterPolicyScope",
            "x",
            "Invalid parameter: FilterPolicyScope: Invalid value [x]. Please use either \
             MessageBody or MessageAttributes",
        ),
        ("FilterPolicy", r#"{"a": "b"}"#, "Invalid parameter: FilterPolicy: \"a\" must be"),
        ("RedrivePolicy", "{}", "Invalid parameter: RedrivePolicy: deadLetterTargetArn"),
    ] {
        let refusal = scene.refused("SetSubscriptionAttributes", set(name, value)).await;
        assert!(refusal.message.starts_with(expected), "{}", refusal.message);
    }
    scene.ok("SetSubscriptionAttributes", set("FilterPolicy", "{}")).await;
    assert_eq!(attributes(&scene, &arn).await["FilterPolicy"], Value::Null);
}

#[tokio::test]
async fn another_accounts_subscription_is_its_own() {
    let scene = Scene::new(9);
    let topic = scene.topic("alerts").await;
    let other = scene.as_root_of(OTHER);
    let body = json!({"TopicArn": topic, "Protocol": "https", "Endpoint": HOOK});
    assert_eq!(other.refused("Subscribe", body).await.code, "AccessDeniedException");
    let permission = json!({
        "TopicArn": topic, "Label": "p", "AWSAccountId": [OTHER], "ActionName": ["Subscribe"],
    });
    scene.ok("AddPermission", permission).await;
    let arn = other.subscribed(&topic, HOOK, json!({})).await;
    assert_eq!(attributes(&other, &arn).await["Owner"], OTHER);
    let list = other.ok("ListSubscriptions", json!({})).await;
    assert_eq!(list["Subscriptions"][0]["SubscriptionArn"], arn);
    let list = scene.ok("ListSubscriptions", json!({})).await;
    assert_eq!(list["Subscriptions"], json!([]));
    let third = scene.as_root_of("333333333333");
    third.refused("Unsubscribe", json!({ "SubscriptionArn": arn })).await;
    other.ok("Unsubscribe", json!({ "SubscriptionArn": arn })).await;
}

#[tokio::test]
async fn endpoints_and_protocols_that_cannot_be_are_refused() {
    let scene = Scene::new(10);
    let topic = scene.topic("alerts").await;
    for (protocol, endpoint, expected) in [
        ("pigeon", "x", "Amazon SNS does not support this protocol string: pigeon"),
        ("sqs", "arn:aws:sqs:us-east-1:123456789012:q", "Amazon SQS is not offered"),
        ("http", "https://x/", "Endpoint Reason: Endpoint must match the specified protocol"),
        ("email", "x", "Email address"),
        ("lambda", "x", "Endpoint Reason: Lambda endpoint ARN"),
    ] {
        let body = json!({"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint});
        let refusal = scene.refused("Subscribe", body).await;
        assert!(refusal.message.contains(expected), "{}", refusal.message);
    }
    let fifo = json!({"Name": "orders.fifo", "Attributes": {"FifoTopic": "true"}});
    let fifo = text(&scene.ok("CreateTopic", fifo).await["TopicArn"]);
    let body = json!({"TopicArn": fifo, "Protocol": "https", "Endpoint": HOOK});
    assert!(scene.refused("Subscribe", body).await.message.contains("FIFO SQS queue"));
}
