//! Bodies in aws-chunked encoding; the two signed ones are the examples of S3's documentation.

use strongroom_sigv4::{Decoded, Refusal, Rules, SigningKey, decode_chunked, parse, verify};

use crate::request::Request;

const S3_SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// 2013-05-24T00:00:00Z.
const S3_NOW: i64 = 1_369_353_600;

fn upload(payload: &str, headers: &[(&str, &str)], signature: &str, body: Vec<u8>) -> Request {
    let mut headers = headers.to_vec();
    headers.extend([
        ("content-encoding", "aws-chunked"),
        ("host", "s3.amazonaws.com"),
        ("x-amz-content-sha256", payload),
        ("x-amz-date", "20130524T000000Z"),
        ("x-amz-decoded-content-length", "66560"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ]);
    headers.sort_unstable();
    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
         SignedHeaders={},Signature={signature}",
        names.join(";")
    );
    headers.push(("authorization", &authorization));
    Request::new("PUT", "/examplebucket/chunkObject.txt", &headers, &body)
}

fn documented() -> Request {
    upload(
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        &[("content-length", "66824")],
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        body(
            &[
                "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
                "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
                "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
            ],
            "\r\n",
        ),
    )
}

fn documented_with_trailer() -> Request {
    upload(
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        &[("x-amz-trailer", "x-amz-checksum-crc32c")],
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        body(
            &[
                "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
                "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
                "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
            ],
            "x-amz-checksum-crc32c:sOO8/Q==\n\r\nx-amz-trailer-signature:\
            d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
        ),
    )
}

/// 65 536 and 1 024 letters and the end, each under its signature.
fn body(signatures: &[&str; 3], end: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (size, signature) in [65_536, 1024, 0].into_iter().zip(signatures) {
        body.extend_from_slice(format!("{size:x};chunk-signature={signature}\r\n").as_bytes());
        body.extend(std::iter::repeat_n(b'a', size));
        if size > 0 {
            body.extend_from_slice(b"\r\n");
        }
    }
    body.extend_from_slice(end.as_bytes());
    body
}

fn decode(request: &Request) -> Result<Decoded, Refusal> {
    let head = request.head();
    let signed = parse(&head)?.unwrap();
    let key = SigningKey::derive(S3_SECRET, signed.date(), signed.region(), signed.service());
    verify(&signed, &head, &request.body, &key, S3_NOW, &Rules::default())?;
    decode_chunked(&signed, &head, &request.body, &key)
}

#[test]
fn the_documented_upload_in_signed_chunks_is_unwrapped() {
    let decoded = decode(&documented()).unwrap();
    assert_eq!(decoded.body, vec![b'a'; 66_560]);
    assert_eq!(decoded.trailers, []);
}

#[test]
fn the_documented_upload_with_a_signed_trailer_is_unwrapped() {
    let decoded = decode(&documented_with_trailer()).unwrap();
    assert_eq!(decoded.body, vec![b'a'; 66_560]);
    assert_eq!(decoded.trailers, [("x-amz-checksum-crc32c".into(), "sOO8/Q==".into())]);
}

#[test]
fn no_byte_of_a_signed_chunked_body_can_be_changed() {
    for original in [documented(), documented_with_trailer()] {
        let decoded = decode(&original).unwrap();
        let end = original.body.len();
        for place in (0..200).chain(65_500..66_000).chain(end - 400..end) {
            let mut request = original.clone();
            request.body[place] ^= 1;
            // Blanks at the very end are not part of anything that is signed.
            if let Ok(changed) = decode(&request) {
                assert_eq!(changed, decoded, "byte {place}");
            }
        }
    }
}

#[test]
fn chunks_cannot_be_dropped_or_left_unsigned() {
    let mut request = documented();
    let end = request.body.len() - 90;
    let start = end - 1024 - 90;
    request.body.drain(start..end);
    assert!(decode(&request).is_err());

    let mut request = documented();
    request.body = [b"10400\r\n".as_slice(), &[b'a'; 66_560], b"\r\n0\r\n\r\n"].concat();
    assert_eq!(decode(&request), Err(Refusal::Mismatch));

    let mut request = documented();
    request.body.truncate(66_000);
    assert!(matches!(decode(&request), Err(Refusal::Incomplete(_))));
}

#[test]
fn a_length_that_differs_from_the_declared_one_is_refused() {
    let (request, key) = unsigned_upload(b"5\r\nhello\r\n0\r\n\r\n", "6");
    assert_eq!(unwrap(&request, &key), Err(Refusal::Mismatch));
}

#[test]
fn unsigned_chunks_are_unwrapped_with_their_trailers() {
    let body = b"5\r\nhello\r\n6\r\n world\r\n0\r\nX-Amz-Checksum-Crc32: AAAA\r\n\r\n";
    let (request, key) = unsigned_upload(body, "11");
    let decoded = unwrap(&request, &key).unwrap();
    assert_eq!(decoded.body, b"hello world");
    assert_eq!(decoded.trailers, [("x-amz-checksum-crc32".into(), "AAAA".into())]);
}

#[test]
fn bad_framing_is_an_error_of_the_caller() {
    for body in [
        "",
        "5",
        "5\r\n",
        "5\r\nhel",
        "5\r\nhelloxx",
        "5\r\nhello\r\n",
        "-1\r\n\r\n",
        "+0\r\n\r\n",
        "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "zz\r\n",
        "0\r\nnonsense\r\n\r\n",
        "10000000000000000\r\n",
        "\r\n\r\n",
        "0\r\n\u{e9}",
    ] {
        let (request, key) = unsigned_upload(body.as_bytes(), "5");
        let refusal = unwrap(&request, &key).unwrap_err();
        assert!(matches!(refusal, Refusal::Incomplete(_)), "{body:?}: {refusal:?}");
    }
    let (request, key) = unsigned_upload(format!("0\r\n{}", "a:b\r\n".repeat(33)).as_bytes(), "0");
    assert!(unwrap(&request, &key).is_err());
}

#[test]
fn a_body_that_is_not_chunked_is_not_unwrapped() {
    let mut request = documented();
    request.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    let head = request.head();
    let signed = parse(&head).unwrap().unwrap();
    let key = SigningKey::derive(S3_SECRET, signed.date(), signed.region(), signed.service());
    assert!(decode_chunked(&signed, &head, b"0\r\n\r\n", &key).is_err());
}

/// Its request signature is not looked at: unwrapping comes after verifying.
fn unsigned_upload(body: &[u8], length: &str) -> (Request, SigningKey) {
    let mut request = upload("STREAMING-UNSIGNED-PAYLOAD-TRAILER", &[], "0", body.to_vec());
    request.set("x-amz-decoded-content-length", length);
    (request, SigningKey::derive(S3_SECRET, "20130524", "us-east-1", "s3"))
}

fn unwrap(request: &Request, key: &SigningKey) -> Result<Decoded, Refusal> {
    let head = request.head();
    let signed = parse(&head)?.unwrap();
    decode_chunked(&signed, &head, &request.body, key)
}
