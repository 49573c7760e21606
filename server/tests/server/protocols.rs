//! Each protocol in its own words, in success and in failure.

use crate::support::{Ask, dev, send};

#[tokio::test]
async fn a_query_request_is_answered_in_xml() {
    let server = dev().await;
    let reply = Ask::who_am_i().of(&server).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("text/xml"));
    let id = reply.header("x-amzn-requestid").unwrap();
    assert_eq!(
        reply.body,
        format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><UserId>123456789012</UserId><Account>123456789012</Account>\
             <Arn>arn:aws:iam::123456789012:root</Arn></GetCallerIdentityResult>\
             <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>\
             </GetCallerIdentityResponse>"
        )
    );
}

#[tokio::test]
async fn a_json_request_is_answered_in_the_version_it_came_in() {
    let server = dev().await;
    for version in ["1.0", "1.1"] {
        let mut ask = Ask::say("hello \u{e9}\n");
        ask.headers[0].1 = format!("application/x-amz-json-{version}");
        let reply = ask.of(&server).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let content_type = format!("application/x-amz-json-{version}");
        assert_eq!(reply.header("content-type"), Some(content_type.as_str()));
        assert!(reply.header("date").is_some());
        assert_eq!(reply.json()["Text"], "hello \u{e9}\n");
        assert_eq!(reply.json()["Region"], "eu-central-1");
    }
}

#[tokio::test]
async fn an_action_may_be_asked_for_by_get_and_by_presigned_url() {
    let server = dev().await;
    let mut get = Ask::who_am_i();
    (get.method, get.body) = ("GET", Vec::new());
    get.target = "/?Action=GetCallerIdentity&Version=2011-06-15".to_owned();
    get.headers.clear();
    let signed = send(server.address, &get.signed(server.address)).await;
    let presigned = send(server.address, &get.presigned(server.address)).await;
    get.method = "POST";
    let presigned_post = send(server.address, &get.presigned(server.address)).await;
    for reply in [signed, presigned, presigned_post] {
        assert_eq!(reply.status, 200, "{reply:?}");
        assert!(reply.body.contains("<Account>123456789012</Account>"));
    }
}

#[tokio::test]
async fn an_operation_that_does_not_exist_is_refused_in_the_protocol_of_the_caller() {
    let server = dev().await;
    let json = Ask::json("Echo_20260101.Whisper", "{}").of(&server).await;
    assert_eq!((json.status, json.code().as_str()), (400, "UnknownOperationException"));
    assert_eq!(json.json()["message"], "echo has no operation Whisper");

    let query = Ask::query("Action=Whisper&Version=2011-06-15").of(&server).await;
    assert_eq!(query.status, 400);
    assert!(query.body.contains("<Code>InvalidAction</Code>"), "{query:?}");
    assert!(
        query
            .body
            .contains("<Message>Could not find operation Whisper for version 2011-06-15</Message>")
    );
    assert!(query.body.contains("xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""));

    let versionless = Ask::query("Action=GetCallerIdentity").of(&server).await;
    assert!(
        versionless.body.contains(
            "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED"
        )
    );
    let actionless = Ask::query("Version=2011-06-15").of(&server).await;
    assert!(actionless.body.contains("<Code>MissingAction</Code>"));
}

#[tokio::test]
async fn an_operation_that_is_not_offered_yet_says_so_by_name() {
    let server = dev().await;
    let json = Ask::json("Echo_20260101.Shout", "{}").of(&server).await;
    assert_eq!((json.status, json.code().as_str()), (400, "UnknownOperationException"));
    assert_eq!(json.json()["message"], "Shout is not offered yet: it would be loud");
    let query = Ask::query("Action=GetFederationToken&Version=2011-06-15").of(&server).await;
    assert!(query.body.contains("<Code>InvalidAction</Code>"));
    assert!(query.body.contains("it is not offered yet (for a later day)"));
}

#[tokio::test]
async fn a_service_that_is_not_here_is_refused_and_never_a_fault_of_ours() {
    let server = dev().await;
    let mut dynamo = Ask::json("DynamoDB_20120810.ListTables", "{}");
    dynamo.service = "dynamodb";
    let reply = dynamo.of(&server).await;
    assert_eq!((reply.status, reply.code().as_str()), (400, "UnknownOperationException"));

    let mut sqs = Ask::query("Action=ListQueues&Version=2012-11-05");
    sqs.service = "sqs";
    let reply = sqs.of(&server).await;
    assert_eq!(reply.status, 400);
    assert!(reply.body.contains("Could not find operation ListQueues for version 2012-11-05"));

    let mut s3 = Ask::say("");
    (s3.method, s3.service) = ("GET", "s3");
    (s3.headers, s3.body, s3.target) = (Vec::new(), Vec::new(), "/bucket/key".to_owned());
    // Method and path lead nowhere; REST protocols name the error in a header.
    let reply = s3.of(&server).await;
    let named = reply.header("x-amzn-errortype");
    assert_eq!((reply.status, named), (400, Some("unknownoperationexception")));
}

#[tokio::test]
async fn what_asks_nothing_gets_a_small_answer() {
    let server = dev().await;
    for (line, status) in [
        ("GET / HTTP/1.1", 404),
        ("GET /favicon.ico HTTP/1.1", 404),
        ("OPTIONS / HTTP/1.1", 404),
        ("HEAD /secret HTTP/1.1", 404),
        ("POST / HTTP/1.1", 400),
        ("DELETE /anything HTTP/1.1", 404),
    ] {
        let text =
            format!("{line}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        let reply = send(server.address, text.as_bytes()).await;
        assert_eq!(reply.status, status, "{line}: {reply:?}");
        assert!(reply.body.len() < 200, "{line}: {reply:?}");
        assert!(reply.header("x-amzn-requestid").is_some(), "{line}: {reply:?}");
        assert_eq!(line.starts_with("HEAD"), reply.body.is_empty(), "{line}: {reply:?}");
    }
}

#[tokio::test]
async fn malformed_input_is_the_callers_fault_in_every_protocol() {
    let server = dev().await;
    for body in ["{\"Text\":", "[]", "\"x\"", "{\"Text\": 1}", "nul"] {
        let reply = Ask::json("Echo_20260101.Say", body).of(&server).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, "SerializationException"),
            "{body}"
        );
    }
    for body in ["{}", "{\"Text\": \"\"}", ""] {
        let reply = Ask::json("Echo_20260101.Say", body).of(&server).await;
        assert_eq!((reply.status, reply.code().as_str()), (400, "ValidationException"), "{body}");
    }
    let mut bytes = Ask::json("Echo_20260101.Say", "");
    bytes.body = b"{\"Text\": \"\xff\"}".to_vec();
    assert_eq!(bytes.of(&server).await.code(), "SerializationException");
    let mut form = Ask::query("");
    form.body = b"Action=GetCallerIdentity&Version=\xff".to_vec();
    let reply = form.of(&server).await;
    assert!(reply.status == 400 && reply.body.contains("MalformedQueryString"), "{reply:?}");
    let mut gzip = Ask::say("hello");
    gzip.headers.push(("content-encoding".into(), "gzip".into()));
    assert_eq!(gzip.of(&server).await.code(), "SerializationException");
}

#[tokio::test]
async fn a_secret_of_the_largest_size_fits_however_it_is_escaped() {
    let server = dev().await;
    let text = "\u{1}".repeat(65_536);
    let reply = Ask::say(&text).of(&server).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["Text"], text);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let server = dev_small().await;
    let reply = Ask::say(&"x".repeat(5_000)).of(&server).await;
    assert_eq!((reply.status, reply.code().as_str()), (413, "RequestEntityTooLarge"));
}

async fn dev_small() -> strongroom::compose::Running {
    crate::support::dev_with(&[("max_body_bytes", "4096")]).await
}

#[tokio::test]
async fn health_is_told_to_everyone() {
    let server = dev().await;
    let text = "GET /_strongroom/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let reply = send(server.address, text.as_bytes()).await;
    assert_eq!(reply.status, 200);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(reply.json(), serde_json::json!({ "status": "ready", "version": version }));
}

#[tokio::test]
async fn a_virtual_host_leads_to_its_service() {
    let server = dev().await;
    let mut ask = Ask::who_am_i();
    ask.headers.push(("host".into(), "sts.us-east-1.amazonaws.com".into()));
    ask.sign(aws_sigv4::http_request::SignatureLocation::Headers);
    let mut text =
        format!("POST / HTTP/1.1\r\ncontent-length: {}\r\nconnection: close\r\n", ask.body.len());
    for (name, value) in &ask.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let bytes = [text.as_bytes(), b"\r\n", &ask.body].concat();
    let reply = send(server.address, &bytes).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}
