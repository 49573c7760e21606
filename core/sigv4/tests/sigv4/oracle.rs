//! Requests signed by AWS's own signer for Rust: genuine ones verify, changed ones do not.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::Index;
use strongroom_sigv4::{Form, parse};

use crate::request::{NOW, Request};
use crate::signer::{Client, TLS, signed};

fn requests() -> impl Strategy<Value = Request> {
    let path = proptest::collection::vec(
        "[a-zA-Z0-9._~:@!$'()*,;=+-]{0,6}|%2F|%20|%25|%C3%A9|\\.|\\.\\.",
        0..5,
    );
    let query = proptest::collection::vec(
        "[a-zA-Z0-9._~-]{1,4}(%20|%2B|%3D|%E1%88%B4)?(=[a-zA-Z0-9._~-]{0,4}(%26|%2f)?)?",
        0..5,
    );
    let headers = proptest::collection::vec(
        ("x-[a-z]{1,6}", " ?[a-zA-Z0-9=;]{1,5}( {1,3}[!-~]{1,5}){0,3} ?"),
        0..6,
    );
    let method = prop_oneof![Just("GET"), Just("POST"), Just("PUT"), Just("DELETE"), Just("PATCH")];
    let body = proptest::collection::vec(any::<u8>(), 0..200);
    (method, path, query, headers, body).prop_map(|(method, path, query, headers, body)| {
        let mut target = format!("/{}", path.join("/"));
        if !query.is_empty() {
            target += &format!("?{}", query.join("&"));
        }
        let mut request = Request::new(method, &target, &[], &body);
        for (name, value) in headers {
            request.add(&name, &value);
        }
        request
    })
}

fn clients() -> impl Strategy<Value = Client> {
    let service = prop_oneof![Just("secretsmanager"), Just("lambda"), Just("s3")];
    let form = prop_oneof![Just(Form::Header), Just(Form::Query)];
    let token = prop_oneof![Just(None), Just(Some("FwoGZXIvYXdzE//+token=="))];
    (service, form, any::<bool>(), any::<bool>(), token).prop_map(
        |(service, form, normalize, unsigned_body, token)| {
            // A presigned request covers its body unless it goes to S3, and then it never does.
            let unsigned_body = if form == Form::Query { service == "s3" } else { unsigned_body };
            Client { service, form, normalize, unsigned_body, token }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_aws_signer_signs_verifies(request in requests(), client in clients()) {
        let request = signed(request, client);
        assert_eq!(request.verify_at(NOW, &TLS), Ok(()), "{request:?}");
        let head = request.head();
        let parsed = parse(&head).unwrap().unwrap();
        assert_eq!(parsed.form(), client.form);
        assert_eq!(parsed.service(), client.service);
        assert_eq!(parsed.session_token(), client.token);
    }

    #[test]
    fn no_signed_byte_can_be_changed(
        request in requests(),
        client in clients(),
        place in any::<Index>(),
        flip in 1u8..=127,
    ) {
        let request = signed(request, client);
        for changed in changes(&request, place, flip) {
            if changed.body != request.body && client.unsigned_body {
                continue;
            }
            if meaning(&changed) == meaning(&request) {
                continue;
            }
            assert!(changed.verify_at(NOW, &TLS).is_err(), "{changed:?}\n{request:?}");
        }
    }

    #[test]
    fn no_input_makes_parsing_or_verifying_panic(
        authorization in "(AWS4-HMAC-SHA256 )?(Credential=|Signature=|SignedHeaders=|[a-z0-9/;,= é]{0,20}){0,6}",
        target in "[/?](\\PC|X-Amz-|Signature=|Credential=|Date=|Algorithm=|%|&|/|\\.){0,20}",
        date in "\\PC{0,20}",
        now in any::<i64>(),
    ) {
        for name in ["authorization", "never-signed"] {
            let mut request = Request::new("GET", &target, &[("host", "a"), ("x-amz-date", "20150830T123600Z")], b"");
            request.add(name, &authorization);
            request.add("date", &date);
            let _ = request.verify_at(now, &TLS);
            request.headers.remove("x-amz-date");
            let _ = request.verify_at(now, &TLS);
        }
    }
}

/// The request with one byte changed, in its target, its body, or the value of each header.
fn changes(request: &Request, place: Index, flip: u8) -> Vec<Request> {
    let mut all = Vec::new();
    let change = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        let at = place.index(bytes.len());
        bytes[at] ^= flip;
        bytes
    };
    // Where segments are removed before signing, what was in them is not covered.
    let normal = !request.target.contains("//") && !request.target.contains("/.");
    if let (true, Ok(target)) = (normal, String::from_utf8(change(request.target.as_bytes()))) {
        all.push(Request { target, ..request.clone() });
    }
    if !request.body.is_empty() {
        all.push(Request { body: change(&request.body), ..request.clone() });
    }
    for name in request.headers.keys() {
        let mut changed = request.clone();
        let value = changed.headers.get_mut(name).unwrap();
        if let Ok(new) = http::HeaderValue::from_bytes(&change(value.as_bytes())) {
            *value = new;
            all.push(changed);
        }
    }
    all
}

/// What two spellings of the same request have in common: those which a signature need not tell apart.
fn meaning(request: &Request) -> impl PartialEq {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    // An empty path is the root's.
    let path = if path.is_empty() { "/" } else { path };
    let mut parameters: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (unescaped(name), unescaped(value)))
        .collect();
    parameters.sort();
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let text = if name == "authorization" { text.replace(',', " ") } else { text };
            (name.clone(), text.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect();
    (unescaped(path), parameters, headers, request.body.clone())
}

/// Percent-decoding, spelled out once more so as not to test the library with itself.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes().map(|byte| if byte == b'+' { b' ' } else { byte }).peekable();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        let rest: Vec<u8> = bytes.clone().take(2).collect();
        let value = str::from_utf8(&rest).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match value {
            Some(value)
                if byte == b'%' && rest.iter().all(u8::is_ascii_hexdigit) && rest.len() == 2 =>
            {
                bytes.nth(1);
                out.push(value);
            }
            _ => out.push(byte),
        }
    }
    out
}
