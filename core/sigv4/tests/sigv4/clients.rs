//! What differs between clients, transports and moments, one case at a time.

use strongroom_sigv4::{Form, Refusal, SigningKey, SigningKeys, parse, verify};

use crate::request::{ACCESS_KEY_ID, NOW, Request, SECRET};
use crate::signer::{Client, PLAIN, TLS, signed};

#[test]
fn a_body_goes_unsigned_only_over_tls_or_to_s3() {
    let client = Client { unsigned_body: true, ..PLAIN };
    let request = signed(Request::new("POST", "/", &[], b"body"), client);
    assert_eq!(request.verify_at(NOW, &TLS), Ok(()));
    assert_eq!(request.verify(), Err(Refusal::Mismatch));
    let client = Client { service: "s3", ..client };
    let request = signed(Request::new("PUT", "/bucket/key", &[], b"body"), client);
    assert_eq!(request.verify(), Ok(()));
}

#[test]
fn a_stated_hash_must_be_the_bodys() {
    let client = Client { service: "s3", ..PLAIN };
    let mut request = signed(Request::new("PUT", "/bucket/key", &[], b"body"), client);
    assert_eq!(request.verify(), Ok(()));
    request.body = b"another".to_vec();
    assert_eq!(request.verify(), Err(Refusal::Mismatch));
}

#[test]
fn a_presigned_request_lives_as_long_as_it_says() {
    let client = Client { service: "sts", form: Form::Query, ..PLAIN };
    let target = "/?Action=GetCallerIdentity&Version=2011-06-15";
    let request = signed(Request::new("GET", target, &[], b""), client);
    for now in [NOW - 300, NOW, NOW + 900] {
        assert_eq!(request.verify_at(now, &TLS), Ok(()));
    }
    assert_eq!(request.verify_at(NOW + 901, &TLS), Err(Refusal::RequestExpired));
    let early = request.verify_at(NOW - 301, &TLS);
    assert!(matches!(early, Err(Refusal::NotYetCurrent { .. })));
}

#[test]
fn a_default_port_may_be_sent_though_it_was_not_signed_and_another_may_not() {
    let request = |host: &str| signed(Request::new("GET", "/", &[("host", host)], b""), PLAIN);
    for port in ["443", "80"] {
        let mut sent = request("example.com");
        sent.set("host", &format!("example.com:{port}"));
        assert_eq!(sent.verify(), Ok(()));
        assert_eq!(request(&format!("example.com:{port}")).verify(), Ok(()));
    }
    let mut sent = request("example.com");
    sent.set("host", "example.com:8080");
    assert_eq!(sent.verify(), Err(Refusal::Mismatch));
}

#[test]
fn the_authority_of_http2_stands_in_for_the_host() {
    let mut request = signed(Request::new("GET", "/", &[("host", "example.com")], b""), PLAIN);
    request.headers.remove("host");
    assert_eq!(request.verify(), Err(Refusal::Mismatch));
    let mut head = request.head();
    head.authority = Some("example.com");
    let parsed = parse(&head).unwrap().unwrap();
    let key = SigningKey::derive(SECRET.as_bytes(), "20150830", "eu-central-1", PLAIN.service);
    assert_eq!(verify(&parsed, &head, b"", &key, NOW, &TLS), Ok(()));
}

#[test]
fn an_absolute_target_is_read_as_its_path() {
    let mut request = signed(Request::new("GET", "/a?b=c", &[], b""), PLAIN);
    request.target = "http://example.com:4566/a?b=c".into();
    assert_eq!(request.verify(), Ok(()));
}

#[test]
fn a_date_header_serves_when_there_is_no_amazon_one_and_yields_to_it() {
    let mut request = Request::new(
        "GET",
        "/",
        &[
            ("host", "example.amazonaws.com"),
            ("date", "Sun, 30 Aug 2015 12:36:00 GMT"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 \
                 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                 SignedHeaders=date;host, \
                 Signature=1262aceaf1a79c7f0b69fda81cd744572fcbe2e4c23b647b4de183cd5a0f1075",
            ),
        ],
        b"",
    );
    assert_eq!(request.verify(), Ok(()));
    request.add("x-amz-date", "20150830T123601Z");
    assert_eq!(request.verify(), Err(Refusal::Mismatch));
}

#[test]
fn cached_keys_never_outlive_their_secret() {
    let keys = SigningKeys::new(10);
    let request = signed(Request::new("POST", "/", &[], b"{}"), PLAIN);
    let head = request.head();
    let parsed = parse(&head).unwrap().unwrap();
    let verify = |secret: &[u8]| keys.verify(&parsed, &head, b"{}", secret, NOW, &TLS).map(drop);
    assert_eq!(verify(b"another secret"), Err(Refusal::Mismatch));
    assert!(keys.is_empty(), "a key that verified nothing is not kept");
    assert_eq!(verify(SECRET.as_bytes()), Ok(()));
    assert_eq!(verify(SECRET.as_bytes()), Ok(()));
    assert_eq!(keys.len(), 1);
    assert_eq!(verify(b"another secret"), Err(Refusal::Mismatch));
    assert_eq!(verify(SECRET.as_bytes()), Ok(()));
    keys.forget("AKIDEXAMPL");
    assert_eq!(keys.len(), 1);
    keys.forget(ACCESS_KEY_ID);
    assert!(keys.is_empty());
}
