//! Signs requests with AWS's own signer for Rust, as different clients do.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use strongroom_sigv4::{Form, Rules};

use crate::request::{ACCESS_KEY_ID, NOW, Request, SECRET};

/// The default rules on a connection with TLS.
pub const TLS: Rules<'_> =
    Rules { skew_seconds: 300, expected_service: None, regions: &[], secure_transport: true };

/// How a client signs.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    pub service: &'static str,
    pub form: Form,
    pub normalize: bool,
    pub unsigned_body: bool,
    pub token: Option<&'static str>,
}

pub const PLAIN: Client = Client {
    service: "secretsmanager",
    form: Form::Header,
    normalize: true,
    unsigned_body: false,
    token: None,
};

pub fn signed(mut request: Request, client: Client) -> Request {
    let identity =
        Credentials::new(ACCESS_KEY_ID, SECRET, client.token.map(Into::into), None, "test").into();
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
    let headers: Vec<_> =
        instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
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
