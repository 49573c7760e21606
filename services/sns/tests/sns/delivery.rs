//! Delivery: documents, signatures, filters, retries, restarts.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use strongroom_sns::deliver::Outcome;

use crate::{Scene, owner, text};

const HOOK: &str = "https://example.com/hook";

/// Verifies a message as AWS documents it, with the key of the certificate that it names.
async fn verify(scene: &Scene, message: &Value) -> Result<(), aws_lc_rs::error::Unspecified> {
    let names: &[&str] = match message["Type"].as_str().unwrap() {
        "Notification" => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
        _ => &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
    };
    let mut signed = String::new();
    for name in names {
        if let Some(value) = message[name].as_str() {
            signed.push_str(&format!("{name}\n{value}\n"));
        }
    }
    let url = text(&message["SigningCertURL"]);
    let name = url.strip_prefix("https://sns.example.com/SimpleNotificationService-").unwrap();
    let id = name.strip_suffix(".pem").unwrap();
    let pem = scene.sns.certificate(id).await.unwrap().expect("a certificate");
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body).unwrap();
    let key = public_key(&der);
    let algorithm = match message["SignatureVersion"].as_str().unwrap() {
        "1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        "2" => &RSA_PKCS1_2048_8192_SHA256,
        other => panic!("version {other}"),
    };
    let signature = STANDARD.decode(text(&message["Signature"])).unwrap();
    UnparsedPublicKey::new(algorithm, key).verify(signed.as_bytes(), &signature)
}

/// The `RSAPublicKey` inside a certificate: the bit string behind the identifier of RSA keys.
fn public_key(certificate: &[u8]) -> Vec<u8> {
    let rsa = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82";
    let at = certificate.windows(rsa.len()).position(|window| window == rsa).unwrap();
    let rest = &certificate[at + rsa.len()..];
    let length = usize::from(rest[0]) << 8 | usize::from(rest[1]);
    rest[3..2 + length].to_vec()
}

#[tokio::test]
async fn a_notification_is_what_aws_sends_and_its_signature_verifies() {
    let scene = Scene::new(1);
    let topic = scene.topic("alerts").await;
    let arn = scene.subscribed(&topic, HOOK, json!({})).await;
    for version in ["1", "2"] {
        let set = json!({
            "TopicArn": topic, "AttributeName": "SignatureVersion", "AttributeValue": version,
        });
        scene.ok("SetTopicAttributes", set).await;
        let body = json!({
            "TopicArn": topic, "Message": "line\nline é", "Subject": "News",
            "MessageAttributes": {
                "store": {"DataType": "String", "StringValue": "shop"},
                "blob": {"DataType": "Binary", "BinaryValue": "AQI="},
            },
        });
        let id = text(&scene.ok("Publish", body).await["MessageId"]);
        scene.deliver().await;
        let mut message = scene.world.take(HOOK).pop().unwrap();
        verify(&scene, &message).await.unwrap();
        let header = |name| scene.world.header(HOOK, name).unwrap();
        assert_eq!(header("x-amz-sns-message-type"), "Notification");
        assert_eq!(header("x-amz-sns-message-id"), id);
        assert_eq!(header("x-amz-sns-topic-arn"), topic);
        assert_eq!(header("x-amz-sns-subscription-arn"), arn);
        assert_eq!(header("content-type"), "text/plain; charset=UTF-8");
        assert_eq!(header("user-agent"), "Amazon Simple Notification Service Agent");
        assert_eq!(
            message,
            json!({
                "Type": "Notification", "MessageId": id, "TopicArn": topic, "Subject": "News",
                "Message": "line\nline é", "Timestamp": "2026-01-31T10:20:30.000Z",
                "SignatureVersion": version, "Signature": message["Signature"],
                "SigningCertURL": message["SigningCertURL"],
                "UnsubscribeURL":
                    format!("https://sns.example.com/?Action=Unsubscribe&SubscriptionArn={arn}"),
                "MessageAttributes": {
                    "store": {"Type": "String", "Value": "shop"},
                    "blob": {"Type": "Binary", "Value": "AQI="},
                },
            })
        );
        message["Message"] = json!("forged");
        assert!(verify(&scene, &message).await.is_err());
    }
}

#[tokio::test]
async fn confirmations_are_signed_as_well() {
    let scene = Scene::new(2);
    let topic = scene.topic("alerts").await;
    let body = json!({"TopicArn": topic, "Protocol": "https", "Endpoint": HOOK});
    scene.ok("Subscribe", body).await;
    scene.deliver().await;
    verify(&scene, &scene.world.take(HOOK)[0]).await.unwrap();
    assert_eq!(scene.sns.certificate("../key").await.unwrap(), None);
    assert_eq!(scene.sns.certificate(&"0".repeat(32)).await.unwrap(), None);
}

#[tokio::test]
async fn a_key_signs_for_a_year_and_its_certificate_is_kept() {
    let scene = Scene::new(3);
    let topic = scene.topic("alerts").await;
    scene.subscribed(&topic, HOOK, json!({})).await;
    scene.publish(&topic, "old").await;
    scene.deliver().await;
    let old = scene.world.take(HOOK).pop().unwrap();
    scene.stage.advance_days(366);
    scene.publish(&topic, "new").await;
    scene.deliver().await;
    let new = scene.world.take(HOOK).pop().unwrap();
    assert_ne!(old["SigningCertURL"], new["SigningCertURL"]);
    verify(&scene, &old).await.unwrap();
    verify(&scene, &new).await.unwrap();
}

#[tokio::test]
async fn a_raw_delivery_is_the_message_alone() {
    let scene = Scene::new(4);
    let topic = scene.topic("alerts").await;
    scene.subscribed(&topic, HOOK, json!({"RawMessageDelivery": "true"})).await;
    scene.publish(&topic, "plain").await;
    scene.deliver().await;
    assert_eq!(scene.world.take(HOOK), ["plain"]);
    assert_eq!(scene.world.header(HOOK, "x-amz-sns-rawdelivery").unwrap(), "true");
}

#[tokio::test]
async fn a_filter_decides_who_gets_what() {
    let scene = Scene::new(5);
    let topic = scene.topic("alerts").await;
    let by_attributes = json!({"FilterPolicy": r#"{"store": ["a"]}"#});
    let by_body =
        json!({"FilterPolicy": r#"{"detail": {"n": [1]}}"#, "FilterPolicyScope": "MessageBody"});
    scene.subscribed(&topic, "https://one.example/", by_attributes).await;
    scene.subscribed(&topic, "https://two.example/", by_body).await;
    let attributes = json!({"store": {"DataType": "String", "StringValue": "a"}});
    let body = json!({"TopicArn": topic, "Message": "x", "MessageAttributes": attributes});
    scene.ok("Publish", body).await;
    scene.publish(&topic, r#"{"detail": {"n": 1}}"#).await;
    scene.deliver().await;
    let (one, two) =
        (scene.world.take("https://one.example/"), scene.world.take("https://two.example/"));
    assert_eq!((one.len(), two.len()), (1, 1));
    assert_eq!(one[0]["Message"], "x");
    assert_eq!(two[0]["Message"], r#"{"detail": {"n": 1}}"#);
}

#[tokio::test]
async fn every_one_of_many_subscribers_gets_a_message_once() {
    let scene = Scene::new(6);
    let topic = scene.topic("alerts").await;
    let endpoints: Vec<_> = (0..120).map(|n| format!("https://example.com/{n}")).collect();
    for endpoint in &endpoints {
        scene.subscribed(&topic, endpoint, json!({})).await;
    }
    scene.publish(&topic, "to all").await;
    scene.deliver().await;
    for endpoint in &endpoints {
        assert_eq!(scene.world.take(endpoint).len(), 1, "{endpoint}");
    }
    scene.stage.advance_millis(60_000);
    scene.end_what_is_over().await;
    let left: Vec<_> = scene.stored().await;
    assert!(!left.iter().any(|key| key.contains("/message/") || key.contains("/delivery/")));
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_as_the_policy_says_and_then_given_up() {
    let scene = Scene::new(7);
    let topic = scene.topic("alerts").await;
    scene.subscribed(&topic, HOOK, json!({})).await;
    scene.world.break_down(HOOK, "503 Service Unavailable", true);
    scene.publish(&topic, "lost").await;
    assert_eq!(scene.deliver().await, [Outcome::FannedOut(1), Outcome::Postponed]);
    for expected in [Outcome::Postponed, Outcome::Postponed, Outcome::GivenUp] {
        scene.stage.advance_millis(19_999);
        assert_eq!(scene.deliver().await, []);
        scene.stage.advance_millis(1);
        assert_eq!(scene.deliver().await, [expected]);
    }
    let failures = scene.sns.failures(owner(), "us-east-1", 10).await.unwrap();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].attempts, 4);
    assert_eq!(failures[0].reason, "503 Service Unavailable");
    assert_eq!(failures[0].message, "lost");
    scene.stage.advance_days(15);
    scene.end_what_is_over().await;
    assert!(scene.sns.failures(owner(), "us-east-1", 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_recover_is_given_up_at_once() {
    let scene = Scene::new(8);
    let topic = scene.topic("alerts").await;
    scene.subscribed(&topic, HOOK, json!({})).await;
    scene.world.break_down(HOOK, "404 Not Found", false);
    scene.publish(&topic, "lost").await;
    assert_eq!(scene.deliver().await, [Outcome::FannedOut(1), Outcome::GivenUp]);
}

#[tokio::test]
async fn a_server_that_begins_anew_goes_on_where_the_last_one_stopped() {
    let scene = Scene::new(9);
    let topic = scene.topic("alerts").await;
    scene.subscribed(&topic, HOOK, json!({})).await;
    scene.publish(&topic, "not fanned out").await;
    let next = Scene::over(scene.records.clone(), 9);
    next.world.break_down(HOOK, "connection refused", true);
    next.deliver().await;
    next.publish(&topic, "another").await;
    next.deliver().await;
    let last = Scene::over(scene.records.clone(), 9);
    assert_eq!(last.deliver().await, []);
    last.stage.advance_millis(20_000);
    last.deliver().await;
    let mut taken: Vec<_> = last.world.take(HOOK).iter().map(|one| text(&one["Message"])).collect();
    taken.sort();
    assert_eq!(taken, ["another", "not fanned out"]);
}

#[tokio::test]
async fn a_throttled_endpoint_gets_so_many_in_a_second() {
    let scene = Scene::new(10);
    let topic = scene.topic("alerts").await;
    let policy = json!({"DeliveryPolicy": r#"{"throttlePolicy": {"maxReceivesPerSecond": 2}}"#});
    scene.subscribed(&topic, HOOK, policy).await;
    scene.stage.advance_millis(1_000);
    for _ in 0..5 {
        scene.publish(&topic, "x").await;
    }
    let mut counts = Vec::new();
    for _ in 0..5 {
        scene.deliver().await;
        counts.push(scene.world.take(HOOK).len());
        scene.stage.advance_millis(500);
    }
    assert_eq!(counts, [1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn whoever_left_in_the_meantime_gets_nothing() {
    let scene = Scene::new(11);
    let topic = scene.topic("alerts").await;
    let arn = scene.subscribed(&topic, HOOK, json!({})).await;
    scene.world.break_down(HOOK, "busy", true);
    scene.publish(&topic, "late").await;
    scene.deliver().await;
    scene.ok("Unsubscribe", json!({ "SubscriptionArn": arn })).await;
    scene.world.mend(HOOK);
    scene.stage.advance_millis(20_000);
    scene.deliver().await;
    let kinds: Vec<_> = scene.world.take(HOOK).iter().map(|one| text(&one["Type"])).collect();
    assert_eq!(kinds, ["UnsubscribeConfirmation"]);
}

#[tokio::test]
async fn mails_say_what_people_need() {
    let scene = Scene::new(12);
    let topic = scene.topic("alerts").await;
    let anna = "anna@example.com";
    for protocol in ["email", "email-json"] {
        let body = json!({"TopicArn": topic, "Protocol": protocol, "Endpoint": anna});
        scene.ok("Subscribe", body).await;
        scene.deliver().await;
        let mail = scene.world.take(anna).pop().unwrap();
        assert_eq!(mail["subject"], "AWS Notification - Subscription Confirmation");
        let mail = text(&mail["body"]);
        let at = mail.find("Token=").unwrap() + 6;
        let body = json!({"TopicArn": topic, "Token": &mail[at..at + 288]});
        scene.unsigned().ok("ConfirmSubscription", body).await;
    }
    let body = json!({"TopicArn": topic, "Message": "Something happened", "Subject": "Alarm"});
    scene.ok("Publish", body).await;
    scene.deliver().await;
    let mut mails = scene.world.take(anna);
    mails.sort_by_key(|mail| text(&mail["body"]).starts_with('{'));
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0]["subject"], "Alarm");
    assert_eq!(mails[0]["from"], "AWS Notifications");
    assert!(text(&mails[0]["body"]).starts_with("Something happened\n\n--\nIf you wish to stop"));
    let document: Value = serde_json::from_str(&text(&mails[1]["body"])).unwrap();
    assert_eq!(document["Message"], "Something happened");
    verify(&scene, &document).await.unwrap();
}
