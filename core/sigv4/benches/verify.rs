//! What a signature costs: an ordinary GetSecretValue of boto3, in nanoseconds, best of several.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use http::{HeaderMap, HeaderValue};
use strongroom_sigv4::{Head, Rules, SigningKey, SigningKeys, parse, verify};

const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const BODY: &[u8] = br#"{"SecretId": "prod/payments/stripe-key"}"#;
const NOW: i64 = 1_440_938_160;
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 \
    Credential=AKIAIOSFODNN7EXAMPLE/20150830/us-east-1/secretsmanager/aws4_request, \
    SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
    Signature=22b1248a263c012eeef6affc7f28e98f1801f21e2874025b7310cd4108d9d058";

fn main() {
    let headers = headers();
    let head = Head { method: "POST", target: "/", headers: &headers, authority: None };
    let rules = Rules { expected_service: Some("secretsmanager"), ..Rules::default() };
    let signed = parse(&head).unwrap().unwrap();
    let derive = || SigningKey::derive(SECRET, signed.date(), signed.region(), signed.service());
    let key = derive();
    let keys = SigningKeys::new(1000);
    keys.verify(&signed, &head, BODY, SECRET, NOW, &rules).unwrap();

    report("parse", || parse(black_box(&head)).unwrap().is_some());
    report("verify, key at hand", || {
        verify(black_box(&signed), &head, BODY, &key, NOW, &rules).is_ok()
    });
    report("parse and verify, key at hand", || {
        let signed = parse(black_box(&head)).unwrap().unwrap();
        verify(&signed, &head, BODY, &key, NOW, &rules).is_ok()
    });
    report("parse and verify, key in the cache", || {
        let signed = parse(black_box(&head)).unwrap().unwrap();
        keys.verify(&signed, &head, BODY, SECRET, NOW, &rules).is_ok()
    });
    report("derive a key", || {
        black_box(derive());
        true
    });
}

/// As boto3 1.43 sends them, with the signature of the moment above.
fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "localhost:4566"),
        ("accept-encoding", "identity"),
        ("x-amz-target", "secretsmanager.GetSecretValue"),
        ("content-type", "application/x-amz-json-1.1"),
        ("user-agent", "Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.1 lang/python#3.11"),
        ("x-amz-date", "20150830T123600Z"),
        ("authorization", AUTHORIZATION),
        ("amz-sdk-invocation-id", "0a8f0d5e-7d0e-4c3b-9d2e-1f2a3b4c5d6e"),
        ("amz-sdk-request", "attempt=1"),
        ("content-length", "40"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

fn report(name: &str, mut step: impl FnMut() -> bool) {
    const ROUNDS: u32 = 20_000;
    let best = (0..15)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                assert!(step());
            }
            start.elapsed() / ROUNDS
        })
        .min()
        .unwrap_or_default();
    println!("{name:<40} {:>6} ns", best.as_nanos());
}
