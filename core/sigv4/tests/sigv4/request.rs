//! An owned request, read from the text of a test vector or made by a test.

use http::{HeaderMap, HeaderName, HeaderValue};
use strongroom_sigv4::{Head, Refusal, Rules, SigningKey, parse, verify};

pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
/// 2015-08-30T12:36:00Z, when AWS's vectors were signed.
pub const NOW: i64 = 1_440_938_160;

#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut request = Self {
            method: method.into(),
            target: target.into(),
            headers: HeaderMap::new(),
            body: body.into(),
        };
        for (name, value) in headers {
            request.add(name, value);
        }
        request
    }

    pub fn add(&mut self, name: &str, value: &str) {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }

    pub fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }

    /// Reads `METHOD target HTTP/1.1`, header lines (folded ones too), an empty line, the body.
    pub fn from_text(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let head = head.trim_end();
        let (start, headers) = head.split_once('\n').unwrap();
        let (method, rest) = start.split_once(' ').unwrap();
        let (target, _) = rest.rsplit_once(' ').unwrap();
        let unfolded = headers.replace("\n ", " ");
        let headers: Vec<_> = unfolded
            .lines()
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name, value.strip_prefix(' ').unwrap_or(value)))
            .collect();
        Self::new(method, target, &headers, body.as_bytes())
    }

    pub fn head(&self) -> Head<'_> {
        Head { method: &self.method, target: &self.target, headers: &self.headers, authority: None }
    }

    pub fn verify(&self) -> Result<(), Refusal> {
        self.verify_at(NOW, &Rules::default())
    }

    pub fn verify_at(&self, now: i64, rules: &Rules<'_>) -> Result<(), Refusal> {
        let head = self.head();
        let signed = parse(&head)?.ok_or(Refusal::MissingToken)?;
        if signed.access_key_id() != ACCESS_KEY_ID {
            return Err(Refusal::UnknownKey);
        }
        let key =
            SigningKey::derive(SECRET.as_bytes(), signed.date(), signed.region(), signed.service());
        verify(&signed, &head, &self.body, &key, now, rules)
    }
}

/// `get-vanilla` of AWS's test suite.
pub fn vanilla() -> Request {
    Request::new(
        "GET",
        "/",
        &[
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 \
                 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                 SignedHeaders=host;x-amz-date, \
                 Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
        ],
        b"",
    )
}

/// The same with another `Authorization`.
pub fn authorized(authorization: &str) -> Request {
    let mut request = vanilla();
    request.set("authorization", authorization);
    request
}
