//! Signed requests: a request line, headers, an empty line, a body.

use http::{HeaderMap, HeaderName, HeaderValue};
use strongroom_sigv4::{Head, Rules, SigningKey, decode_chunked, parse, verify};

/// Nobody signs with this one.
const SECRET: &[u8] = b"a key that signed none of the seeds";
/// 2026-01-31T10:20:30Z.
const NOW: i64 = 1_769_854_830;

/// Reads, checks and verifies. No signature is right, since nobody has the key.
pub fn run(data: &[u8]) {
    let split = data.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = data.split_at(split.unwrap_or(data.len()));
    let body = body.get(2..).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default();
    let (method, target) = line.split_once(' ').unwrap_or(("POST", line));
    let headers: HeaderMap = lines.filter_map(header).collect();
    let head = Head { method, target, headers: &headers, authority: Some("localhost:4566") };

    let Ok(Some(signed)) = parse(&head) else { return };
    let key = SigningKey::derive(SECRET, signed.date(), signed.region(), signed.service());
    let regions = ["us-east-1".to_owned()];
    for rules in [
        Rules::default(),
        Rules { expected_service: Some("secretsmanager"), regions: &regions, ..Rules::default() },
        Rules { secure_transport: true, skew_seconds: i64::MAX, ..Rules::default() },
    ] {
        assert!(verify(&signed, &head, body, &key, NOW, &rules).is_err(), "a forgery");
    }
    // Framing is read only of requests that verified; it has to hold its own all the same.
    drop(decode_chunked(&signed, &head, body, &key));
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
    Some((name, HeaderValue::from_str(value.trim()).ok()?))
}

/// A header signature, a presigned URL, a body in signed chunks.
pub fn seeds() -> Vec<Vec<u8>> {
    const SIGNATURE: &str = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    let scope = "20260131/us-east-1/secretsmanager/aws4_request";
    vec![
        format!(
            "POST /\nhost: localhost:4566\nx-amz-date: 20260131T102030Z\n\
             x-amz-target: secretsmanager.ListSecrets\ncontent-type: application/x-amz-json-1.1\n\
             authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{scope}, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={SIGNATURE}\n\n{{}}"
        ),
        format!(
            "GET /?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260131%2Fus-east-1%2Fsts%2Faws4_request\
             &X-Amz-Date=20260131T102030Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host\
             &X-Amz-Security-Token=abc&X-Amz-Signature={SIGNATURE}\nhost: localhost:4566\n\n"
        ),
        format!(
            "PUT /a/../b//c%20d?x=%41&x\nhost: s3.amazonaws.com\nx-amz-date: 20260131T102030Z\n\
             x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\n\
             x-amz-decoded-content-length: 5\nx-amz-trailer: x-amz-checksum-crc32c\n\
             authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/s3/aws4_request,\
             SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature={SIGNATURE}\n\n\
             5;chunk-signature={SIGNATURE}\r\nhello\r\n0;chunk-signature={SIGNATURE}\r\n\
             x-amz-checksum-crc32c:sOO8/Q==\n\r\nx-amz-trailer-signature:{SIGNATURE}\r\n\r\n"
        ),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect()
}
