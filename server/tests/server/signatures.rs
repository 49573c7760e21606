//! Nobody is taken for somebody else.

use std::time::Duration;

use crate::support::{Ask, Reply, dev, send};

#[tokio::test]
async fn a_request_without_a_signature_is_refused_in_both_families() {
    let server = dev().await;
    let json = send(server.address, &Ask::say("x").unsigned(server.address)).await;
    assert_eq!((json.status, json.code().as_str()), (400, "MissingAuthenticationTokenException"));
    assert_eq!(json.json()["message"], "Missing Authentication Token");
    let query = send(server.address, &Ask::who_am_i().unsigned(server.address)).await;
    assert_eq!(query.status, 403);
    assert!(query.body.contains("<Code>MissingAuthenticationToken</Code>"));
    assert!(query.body.contains("<Message>Request is missing Authentication Token</Message>"));
}

#[tokio::test]
async fn an_unknown_key_and_a_wrong_secret_are_told_apart_as_aws_does() {
    let server = dev().await;
    let (mut json, mut query) = (Ask::say("x"), Ask::who_am_i());
    (json.key, query.key) = ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE");
    let reply = json.of(&server).await;
    assert_eq!((reply.status, reply.code().as_str()), (400, "UnrecognizedClientException"));
    let reply = query.of(&server).await;
    assert_eq!(reply.status, 403);
    assert!(reply.body.contains("<Code>InvalidClientTokenId</Code>"));

    let (mut json, mut query) = (Ask::say("x"), Ask::who_am_i());
    (json.secret, query.secret) = ("guess", "guess");
    let reply = json.of(&server).await;
    assert_eq!((reply.status, reply.code().as_str()), (400, "InvalidSignatureException"));
    let reply = query.of(&server).await;
    assert_eq!(reply.status, 403);
    assert!(reply.body.contains("<Code>SignatureDoesNotMatch</Code>"));
}

#[tokio::test]
async fn a_body_that_was_changed_on_its_way_is_refused() {
    let server = dev().await;
    let mut bytes = Ask::say("pay 10").signed(server.address);
    let length = bytes.len();
    bytes[length - 4] = b'9';
    let reply = send(server.address, &bytes).await;
    assert_eq!(reply.code(), "InvalidSignatureException");
}

#[tokio::test]
async fn a_request_of_another_hour_is_refused_with_both_times() {
    let server = dev().await;
    let mut old = Ask::say("x");
    old.time -= Duration::from_secs(3_600);
    let reply = old.of(&server).await;
    assert_eq!(reply.code(), "InvalidSignatureException");
    assert!(reply.json()["message"].as_str().unwrap().starts_with("Signature expired: "));
    let mut early = Ask::say("x");
    early.time += Duration::from_secs(3_600);
    let reply = early.of(&server).await;
    assert!(reply.json()["message"].as_str().unwrap().starts_with("Signature not yet current: "));
}

#[tokio::test]
async fn a_signature_for_another_service_or_no_region_is_refused() {
    let server = dev().await;
    let message = |reply: Reply| reply.json()["message"].as_str().unwrap().to_owned();
    let mut other = Ask::say("x");
    other.service = "sts";
    assert_eq!(
        message(other.of(&server).await),
        "Credential should be scoped to correct service: 'echo'. "
    );
    let mut nowhere = Ask::say("x");
    nowhere.region = "NOWHERE";
    assert_eq!(
        message(nowhere.of(&server).await),
        "Credential should be scoped to a valid region, not 'NOWHERE'. "
    );
}

#[tokio::test]
async fn an_authorization_header_that_is_none_is_incomplete() {
    let server = dev().await;
    let mut ask = Ask::say("x");
    ask.headers.push(("authorization".into(), "AWS4-HMAC-SHA256 Credential=a/b".into()));
    let reply = send(server.address, &ask.unsigned(server.address)).await;
    assert_eq!((reply.status, reply.code().as_str()), (400, "IncompleteSignatureException"));
}

#[tokio::test]
async fn a_session_token_that_nobody_issued_is_refused() {
    let server = dev().await;
    let mut ask = Ask::say("x");
    ask.headers.push(("x-amz-security-token".into(), "made-up".into()));
    assert_eq!(ask.of(&server).await.code(), "UnrecognizedClientException");
}

#[tokio::test]
async fn under_dev_an_account_exists_once_its_id_is_used() {
    let server = dev().await;
    let mut ask = Ask::who_am_i();
    ask.key = "222233334444";
    let reply = ask.of(&server).await;
    assert!(reply.body.contains("<Arn>arn:aws:iam::222233334444:root</Arn>"), "{reply:?}");
    ask.secret = "guess";
    assert_eq!(ask.of(&server).await.status, 403);
}

#[tokio::test]
async fn every_call_that_was_let_in_leaves_a_record_and_no_secret() {
    let server = dev().await;
    Ask::say("PLANTED").of(&server).await;
    Ask::json("Echo_20260101.Say", "{}").of(&server).await;
    let mut guess = Ask::say("x");
    guess.secret = "guess";
    guess.of(&server).await;
    let records: Vec<_> = server.foundation.trail.read_from(1).map(Result::unwrap).collect();
    assert_eq!(records.len(), 2);
    for record in &records {
        let text = String::from_utf8(record.line.clone()).unwrap();
        assert!(!text.contains("PLANTED"));
        let record: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(record["eventName"], "Say");
        assert_eq!(record["awsRegion"], "eu-central-1");
        assert_eq!(record["sourceIPAddress"], "127.0.0.1");
    }
}
