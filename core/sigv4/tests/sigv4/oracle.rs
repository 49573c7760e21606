//! Requests signed by AWS's own signer for Rust: genuine ones verify, changed ones do not.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::Index;
use strongroom_sigv4::{Form, Refusal, Rules, SigningKey, SigningKeys, parse, verify};

use crate::request::{ACCESS_KEY_ID, NOW, Request, SECRET};

/// How a client signs.
#[derive(Clone, Copy, Debug)]
struct Client {
    service: &'static str,
    form: Form,
    normalize: bool,
    unsigned_body: bool,
    token: Option<&'static str>,
}

const PLAIN: Client = Client {
    service: "secretsmanager",
    form: Form::Header,
    normalize: true,
    unsigned_body: false,
    token: None,
};

fn signed(mut request: Request, client: Client) -> Request {
    let identity = Credentials::new(
        ACCESS_KEY_ID,
        SECRET,
        client.token.map(Into::into),
        None,
        "test",
    )
    .into();
    let s3 = client.service == "s3";
    let mut settings = SigningSettings::default();
    if s3 || client.unsigned_body {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    if s3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
    }
    settings.uri_path_normalization_mode = if s3 || !client.normalize {
        UriPathNormalizationMode::Disabled
    } else {
        UriPathNormalizationMode::Enabled
    };
    if client.form == Form::Query {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(900));
    }
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-central-1")
        .name(client.service)
        .time(UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs()))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let body = if client.unsigned_body {
        SignableBody::UnsignedPayload
    } else {
        SignableBody::Bytes(&request.body)
    };
    let uri = format!("https://example.com:4566{}", request.target);
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    let signable = SignableRequest::new(&request.method, uri, headers.into_iter(), body).unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let mut target = request.target.clone();
    for (name, value) in instructions.params() {
        target.push(if target.contains('?') { '&' } else { '?' });
        target += &format!("{name}={}", escaped(value));
    }
    let headers: Vec<_> = instructions
        .headers()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in headers {
        request.add(&name, &value);
    }
    request.target = target;
    if !request.headers.contains_key("host") {
        request.add("host", "example.com:4566");
    }
    request
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

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
        (
            "x-[a-z]{1,6}",
            " ?[a-zA-Z0-9=;]{1,5}( {1,3}[!-~]{1,5}){0,3} ?",
        ),
        0..6,
    );
    let method = prop_oneof![
        Just("GET"),
        Just("POST"),
        Just("PUT"),
        Just("DELETE"),
        Just("PATCH")
    ];
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
            let unsigned_body = if form == Form::Query {
                service == "s3"
            } else {
                unsigned_body
            };
            Client {
                service,
                form,
                normalize,
                unsigned_body,
                token,
            }
        },
    )
}

const TLS: Rules<'_> = Rules {
    skew_seconds: 300,
    expected_service: None,
    regions: &[],
    secure_transport: true,
};

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
        all.push(Request {
            target,
            ..request.clone()
        });
    }
    if !request.body.is_empty() {
        all.push(Request {
            body: change(&request.body),
            ..request.clone()
        });
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
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
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
            let text = if name == "authorization" {
                text.replace(',', " ")
            } else {
                text
            };
            (
                name.clone(),
                text.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
            )
        })
        .collect();
    (unescaped(path), parameters, headers, request.body.clone())
}

/// Percent-decoding, spelled out once more so as not to test the library with itself.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = text
        .bytes()
        .map(|byte| if byte == b'+' { b' ' } else { byte })
        .peekable();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        let rest: Vec<u8> = bytes.clone().take(2).collect();
        let value = str::from_utf8(&rest)
            .ok()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
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

#[test]
fn a_body_goes_unsigned_only_over_tls_or_to_s3() {
    let client = Client {
        unsigned_body: true,
        ..PLAIN
    };
    let request = signed(Request::new("POST", "/", &[], b"body"), client);
    assert_eq!(request.verify_at(NOW, &TLS), Ok(()));
    assert_eq!(request.verify(), Err(Refusal::Mismatch));
    let client = Client {
        service: "s3",
        ..client
    };
    let request = signed(Request::new("PUT", "/bucket/key", &[], b"body"), client);
    assert_eq!(request.verify(), Ok(()));
}

#[test]
fn a_stated_hash_must_be_the_bodys() {
    let client = Client {
        service: "s3",
        ..PLAIN
    };
    let mut request = signed(Request::new("PUT", "/bucket/key", &[], b"body"), client);
    assert_eq!(request.verify(), Ok(()));
    request.body = b"another".to_vec();
    assert_eq!(request.verify(), Err(Refusal::Mismatch));
}

#[test]
fn a_presigned_request_lives_as_long_as_it_says() {
    let client = Client {
        service: "sts",
        form: Form::Query,
        ..PLAIN
    };
    let target = "/?Action=GetCallerIdentity&Version=2011-06-15";
    let request = signed(Request::new("GET", target, &[], b""), client);
    for now in [NOW - 300, NOW, NOW + 900] {
        assert_eq!(request.verify_at(now, &TLS), Ok(()));
    }
    assert_eq!(
        request.verify_at(NOW + 901, &TLS),
        Err(Refusal::RequestExpired)
    );
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
    let mut request = signed(
        Request::new("GET", "/", &[("host", "example.com")], b""),
        PLAIN,
    );
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
fn a_date_header_serves_when_there_is_no_amazon_one() {
    // Signed with X-Amz-Date, whose name is then replaced in what is signed: no signature matches,
    // but the date is read; its day is compared with the scope before the signature is.
    let mut request = signed(Request::new("GET", "/", &[], b""), PLAIN);
    request.headers.remove("x-amz-date");
    request.add("date", "Sun, 30 Aug 2015 12:36:00 GMT");
    let head = request.head();
    let parsed = parse(&head).unwrap().unwrap();
    assert_eq!(parsed.timestamp().text(), "20150830T123600Z");
    assert_eq!(request.verify(), Err(Refusal::Mismatch));
}

#[test]
fn cached_keys_never_outlive_their_secret() {
    let keys = SigningKeys::new(10);
    let request = signed(Request::new("POST", "/", &[], b"{}"), PLAIN);
    let head = request.head();
    let parsed = parse(&head).unwrap().unwrap();
    let verify = |secret: &[u8]| {
        keys.verify(&parsed, &head, b"{}", secret, NOW, &TLS)
            .map(drop)
    };
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
