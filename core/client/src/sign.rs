//! Signature Version 4, as the client writes it.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use strongroom_sigv4::SigningKey;
use zeroize::Zeroizing;

use crate::{Credentials, Error};

/// What the characters other than unreserved ones become in a canonical request.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// For whom and when a request is signed.
pub(crate) struct Scope<'a> {
    pub service: &'a str,
    pub region: &'a str,
    pub now: Timestamp,
}

/// Adds `host`, `x-amz-date`, the session token and the signature to the headers.
///
/// The signature covers every header that is there already.
///
/// # Errors
/// For credentials or hosts that cannot be in a header.
pub(crate) fn sign(
    method: &Method,
    uri: &Uri,
    headers: &mut HeaderMap,
    body: &[u8],
    credentials: &Credentials,
    scope: &Scope<'_>,
) -> Result<(), Error> {
    let time = scope.now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let date = &time[..time.len().min(8)];
    headers.insert(HOST, header(&host(uri)?)?);
    headers.insert(HeaderName::from_static("x-amz-date"), header(&time)?);
    if let Some(token) = credentials.session_token() {
        let mut value = header(token)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static("x-amz-security-token"), value);
    }
    let (signed, canonical) = canonical(method, uri, headers, body);
    let scope_text = format!("{date}/{}/{}/aws4_request", scope.region, scope.service);
    let hash = HEXLOWER.encode(digest(&SHA256, canonical.as_bytes()).as_ref());
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope_text}\n{hash}");
    let secret = credentials.secret_access_key().as_bytes();
    let signature =
        SigningKey::derive(secret, date, scope.region, scope.service).signature(text.as_bytes());
    let id = credentials.access_key_id();
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={id}/{scope_text}, SignedHeaders={signed}, Signature={signature}"
    );
    headers.insert(AUTHORIZATION, header(&value)?);
    Ok(())
}

/// The names of the signed headers, and the canonical request.
fn canonical(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> (String, Zeroizing<String>) {
    let mut lines: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default().trim()))
        .collect();
    lines.sort_unstable();
    let signed = lines.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let mut text = Zeroizing::new(String::with_capacity(1024));
    text.push_str(method.as_str());
    text.push('\n');
    text.extend(utf8_percent_encode(uri.path(), RESERVED_IN_PATH));
    text.push('\n');
    text.push_str(&canonical_query(uri.query().unwrap_or_default()));
    text.push('\n');
    for (name, value) in &lines {
        text.extend([name, ":", value, "\n"]);
    }
    text.extend(["\n", &signed, "\n", &HEXLOWER.encode(digest(&SHA256, body).as_ref())]);
    (signed, text)
}

/// The pairs of an encoded query, encoded as AWS does it and sorted.
fn canonical_query(query: &str) -> String {
    let encoded = |text: &str| {
        let plain = percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
        percent_encoding::percent_encode(&plain, RESERVED).to_string()
    };
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    pairs.sort_unstable();
    let joined: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    joined.join("&")
}

/// The host as HTTP/1.1 sends it: without the default port.
pub(crate) fn host(uri: &Uri) -> Result<String, Error> {
    let host = uri.host().ok_or_else(|| Error::settings("the endpoint has no host"))?;
    match (uri.scheme_str(), uri.port_u16()) {
        (Some("https"), None | Some(443)) | (_, None | Some(80)) => Ok(host.to_owned()),
        (_, Some(port)) => Ok(format!("{host}:{port}")),
    }
}

fn header(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::credentials("the credentials hold what a header cannot carry"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::time::{Duration, UNIX_EPOCH};

    use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings};
    use aws_sigv4::sign::v4;

    use super::*;

    /// What AWS's own signer writes for the same request.
    fn expected(
        method: &str,
        uri: &str,
        headers: &HeaderMap,
        body: &[u8],
        token: Option<&str>,
    ) -> String {
        let identity = aws_credential_types::Credentials::new(
            "AKIDEXAMPLE",
            "secret",
            token.map(str::to_owned),
            None,
            "test",
        )
        .into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-central-1")
            .name("secretsmanager")
            .time(UNIX_EPOCH + Duration::from_secs(1_700_000_000))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let pairs: Vec<_> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        let request =
            SignableRequest::new(method, uri, pairs.into_iter(), SignableBody::Bytes(body))
                .unwrap();
        let (instructions, _) =
            aws_sigv4::http_request::sign(request, &params).unwrap().into_parts();
        let mut headers = instructions.headers();
        headers.find(|(name, _)| *name == "authorization").unwrap().1.to_owned()
    }

    #[test]
    fn a_signature_is_the_one_that_aws_s_signer_writes() {
        let cases = [
            ("POST", "http://127.0.0.1:4566/", "{}", None),
            (
                "POST",
                "https://secretsmanager.eu-central-1.amazonaws.com/",
                "{\"a\":1}",
                Some("tok/en+="),
            ),
            ("GET", "https://example.com/_strongroom/events?b=2&a=x%20y&after=a%2Fb", "", None),
            (
                "POST",
                "https://example.com:443/2015-03-31/functions/arn%3Aaws%3Al/invocations",
                "x",
                None,
            ),
        ];
        for (method, uri, body, token) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.1"));
            let expected = expected(method, uri, &headers, body.as_bytes(), token);
            let credentials = Credentials::new("AKIDEXAMPLE", "secret", token);
            let scope = Scope {
                service: "secretsmanager",
                region: "eu-central-1",
                now: Timestamp::from_second(1_700_000_000).unwrap(),
            };
            let parsed = uri.parse().unwrap();
            sign(
                &method.parse().unwrap(),
                &parsed,
                &mut headers,
                body.as_bytes(),
                &credentials,
                &scope,
            )
            .unwrap();
            assert_eq!(headers["authorization"].to_str().unwrap(), expected, "{uri}");
        }
    }
}
