//! What SDKs meet: the handshake, the paths, and the refusals of both endpoints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::atomic::{AtomicI64, Ordering};

use http::Request;
use http_body_util::BodyExt as _;
use serde_json::Value;
use strongroom_client::{Static, read_document};

use super::*;

struct Turned(AtomicI64);

impl Machine for Turned {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.fill(9);
        Ok(())
    }
}

fn workload() -> (Workload, Arc<Turned>) {
    let clock = Arc::new(Turned(AtomicI64::new(1_769_876_430)));
    let end = Timestamp::from_second(1_769_898_030).unwrap();
    let credentials = Credentials::new("ASIA1", "secret", Some("token")).until(end);
    let about = About {
        role_arn: "arn:aws:iam::123456789012:role/team/app".to_owned(),
        profile_arn: "arn:aws:iam::123456789012:instance-profile/app".to_owned(),
        profile_id: "AIPA1".to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        instance_id: "i-00000000000000000".to_owned(),
    };
    let token = Zeroizing::new("sesame".to_owned());
    let machine: Arc<dyn Machine> = clock.clone();
    (Workload::new(Arc::new(Static(credentials)), about, token, machine).unwrap(), clock)
}

async fn ask(
    workload: &Workload,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    let is_forwarded = head.headers.contains_key("x-forwarded-for");
    match workload.answer(&head, is_forwarded).await {
        Ok(reply) => {
            let status = reply.status().as_u16();
            let body = reply.into_body().collect().await.unwrap().to_bytes();
            (status, String::from_utf8(body.to_vec()).unwrap())
        }
        Err(refusal) => (refusal.status, String::from_utf8(refusal.body.to_vec()).unwrap()),
    }
}

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

#[tokio::test]
async fn an_sdk_goes_from_the_token_to_the_role_to_its_credentials() {
    let (workload, _) = workload();
    let (status, token) = ask(&workload, "PUT", TOKEN_PATH, &[(TTL_HEADER, "60")]).await;
    assert_eq!(status, 200);
    let with = [(TOKEN_HEADER, token.as_str())];
    assert_eq!(ask(&workload, "GET", ROLES, &with).await, (200, "app".to_owned()));
    let bare = ROLES.trim_end_matches('/');
    assert_eq!(ask(&workload, "GET", bare, &with).await, (200, "app".to_owned()));
    let (status, body) = ask(&workload, "GET", &format!("{ROLES}app"), &with).await;
    assert_eq!(status, 200);
    let found: Value = serde_json::from_str(&body).unwrap();
    let expected = json!({"Code": "Success", "LastUpdated": "2026-01-31T16:20:30Z", "Type": "AWS-HMAC",
        "AccessKeyId": "ASIA1", "SecretAccessKey": "secret", "Token": "token",
        "Expiration": "2026-01-31T22:20:30Z"});
    assert_eq!(found, expected);
    for path in [
        format!("{ROLES}other"),
        "/latest/meta-data/iam/security-credentials-extended/".to_owned(),
        "/latest/user-data".to_owned(),
    ] {
        assert_eq!(ask(&workload, "GET", &path, &with).await.0, 404, "{path}");
    }
    let identity =
        ask(&workload, "GET", "/latest/dynamic/instance-identity/document", &with).await.1;
    assert_eq!(serde_json::from_str::<Value>(&identity).unwrap()["region"], "eu-central-1");
}

#[tokio::test]
async fn without_a_good_token_nothing_is_told() {
    let (workload, clock) = workload();
    let (_, token) = ask(&workload, "PUT", TOKEN_PATH, &[(TTL_HEADER, "60")]).await;
    assert_eq!(ask(&workload, "GET", ROLES, &[]).await.0, 401);
    assert_eq!(ask(&workload, "GET", ROLES, &[(TOKEN_HEADER, "AAAA")]).await.0, 401);
    let mut forged = token.clone();
    let first = forged.remove(0);
    forged.insert(0, if first == 'A' { 'B' } else { 'A' });
    assert_eq!(ask(&workload, "GET", ROLES, &[(TOKEN_HEADER, &forged)]).await.0, 401);
    clock.0.fetch_add(59, Ordering::Relaxed);
    assert_eq!(ask(&workload, "GET", ROLES, &[(TOKEN_HEADER, &token)]).await.0, 200);
    clock.0.fetch_add(1, Ordering::Relaxed);
    assert_eq!(ask(&workload, "GET", ROLES, &[(TOKEN_HEADER, &token)]).await.0, 401);
}

#[tokio::test]
async fn a_handshake_that_is_not_one_is_refused_as_aws_refuses_it() {
    let (workload, _) = workload();
    for ttl in ["0", "21601", "x", "-1"] {
        assert_eq!(ask(&workload, "PUT", TOKEN_PATH, &[(TTL_HEADER, ttl)]).await.0, 400, "{ttl}");
    }
    assert_eq!(ask(&workload, "PUT", TOKEN_PATH, &[]).await.0, 400);
    assert_eq!(ask(&workload, "GET", TOKEN_PATH, &[(TTL_HEADER, "60")]).await.0, 405);
    let forwarded = [(TTL_HEADER, "60"), ("x-forwarded-for", "10.0.0.1")];
    assert_eq!(ask(&workload, "PUT", TOKEN_PATH, &forwarded).await.0, 403);
}

#[tokio::test]
async fn the_container_endpoint_asks_for_its_token() {
    let (workload, _) = workload();
    let (status, body) =
        ask(&workload, "GET", CONTAINER_PATH, &[("authorization", "sesame")]).await;
    assert_eq!(status, 200);
    assert_eq!(read_document(body.as_bytes()).unwrap().session_token(), Some("token"));
    let found: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(found["AccountId"], "123456789012");
    for headers in [&[][..], &[("authorization", "wrong")], &[("authorization", "sesame2")]] {
        let (status, body) = ask(&workload, "GET", CONTAINER_PATH, headers).await;
        assert_eq!(status, 401);
        assert!(!body.contains("secret\""), "{body}");
    }
    assert_eq!(ask(&workload, "POST", CONTAINER_PATH, &[("authorization", "sesame")]).await.0, 405);
}

#[tokio::test]
async fn a_doubled_slash_at_the_beginning_is_overlooked_and_no_other() {
    let (workload, _) = workload();
    let ttl = [("x-aws-ec2-metadata-token-ttl-seconds", "60")];
    let (status, token) = ask(&workload, "PUT", "//latest/api/token", &ttl).await;
    assert_eq!(status, 200);
    let shown = [("x-aws-ec2-metadata-token", token.as_str())];
    let path = "/latest/meta-data/placement/region";
    for (front, status) in [("", 200), ("/", 200), ("//", 404)] {
        let path = [front, path].concat();
        assert_eq!(Workload::has(&path), status == 200, "{path}");
        if status == 200 {
            assert_eq!(ask(&workload, "GET", &path, &shown).await.0, status, "{path}");
        }
    }
}
