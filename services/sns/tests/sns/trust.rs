//! What SNS does for services, and what it does as one.

use serde_json::{Value, json};
use strongroom_api::{Call, Caller, Circumstances};
use strongroom_sns::operations::Publish;

use crate::{OTHER, Scene, owner, text};

/// CloudWatch, for an alarm of `account`.
fn cloudwatch(account: &str) -> Caller {
    let mut caller = Caller::service(account, "cloudwatch.amazonaws.com");
    let alarm = format!("arn:aws:cloudwatch:us-east-1:{account}:alarm:SecretAccessDenied");
    caller.details.source = Some((alarm, account.to_owned()));
    caller
}

async fn publishes(scene: &Scene, caller: &Caller, topic: &str) -> bool {
    let circumstances = Circumstances { caller, ..scene.stage.circumstances() };
    let input = Publish::input(topic, Some("ALARM"), "the alarm went off".to_owned());
    Call::new(&*scene.sns, &circumstances).perform::<Publish>(&input).await.is_ok()
}

#[tokio::test]
async fn an_alarm_of_the_same_account_may_publish_by_the_default_policy() {
    let scene = Scene::new(1);
    let topic = scene.topic("security-alerts").await;
    scene.subscribed(&topic, "https://example.com/", json!({})).await;
    assert!(publishes(&scene, &cloudwatch(owner()), &topic).await);
    assert!(!publishes(&scene, &cloudwatch(OTHER), &topic).await);
    // A service that names nobody it acts for has no such right.
    let bare = Caller::service(owner(), "cloudwatch.amazonaws.com");
    assert!(!publishes(&scene, &bare, &topic).await);
    scene.deliver().await;
    assert_eq!(scene.world.take("https://example.com/")[0]["Subject"], "ALARM");
}

#[tokio::test]
async fn a_user_of_the_same_account_may_not_by_the_default_policy_alone() {
    let scene = Scene::new(2);
    let topic = scene.topic("alerts").await;
    let nobody = scene.as_caller(strongroom_testkit::nobody(owner()));
    let refusal = nobody.refused("Publish", json!({"TopicArn": topic, "Message": "x"})).await;
    assert_eq!(
        refusal.message,
        format!(
            "User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: SNS:Publish \
             on resource: {topic} because no identity-based policy allows the SNS:Publish action"
        )
    );
}

#[tokio::test]
async fn a_policy_by_source_arn_lets_in_that_alarm_only() {
    let scene = Scene::new(3);
    let topic = scene.topic("alerts").await;
    let policy = |alarm: &str| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish", "Resource": topic,
            "Condition": {"ArnLike": {"aws:SourceArn":
                format!("arn:aws:cloudwatch:us-east-1:{}:alarm:{alarm}", owner())}},
        }]})
        .to_string()
    };
    for (alarm, expected) in [("Secret*", true), ("Other", false)] {
        let set = json!({
            "TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy(alarm),
        });
        scene.ok("SetTopicAttributes", set).await;
        assert_eq!(publishes(&scene, &cloudwatch(owner()), &topic).await, expected, "{alarm}");
    }
}

#[tokio::test]
async fn a_function_is_invoked_by_sns_for_the_topic() {
    let scene = Scene::new(4);
    let topic = scene.topic("alerts").await;
    let function = format!("arn:aws:lambda:us-east-1:{}:function:react", owner());
    let body = json!({"TopicArn": topic, "Protocol": "lambda", "Endpoint": function});
    // A function of one's own needs no confirmation.
    let arn = text(&scene.ok("Subscribe", body).await["SubscriptionArn"]);
    assert!(arn.starts_with(&topic));
    scene.publish(&topic, "hello").await;
    scene.deliver().await;
    let event: Value = scene.world.take(&function).pop().unwrap();
    let record = &event["Records"][0];
    assert_eq!(record["EventSource"], "aws:sns");
    assert_eq!(record["EventVersion"], "1.0");
    assert_eq!(record["EventSubscriptionArn"], arn);
    let sns = &record["Sns"];
    assert_eq!((&sns["Type"], &sns["Message"]), (&json!("Notification"), &json!("hello")));
    assert_eq!(sns["Subject"], Value::Null);
    assert!(sns["SigningCertUrl"].is_string() && sns["UnsubscribeUrl"].is_string());
    let source = Some((topic, owner().to_owned()));
    assert_eq!(scene.world.callers(), [("sns.amazonaws.com".to_owned(), source)]);
}
