//! Signs requests as an AWS SDK does (Signature Version 4), quickly.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use strongroom_sigv4::SigningKey;

use crate::Result;

/// An access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The token of a session.
    pub token: Option<String>,
}

/// A service, as requests name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Secrets Manager.
    SecretsManager,
    /// KMS.
    Kms,
    /// IAM, which takes forms.
    Iam,
    /// STS, which takes forms.
    Sts,
    /// CloudTrail.
    CloudTrail,
    /// CloudWatch Logs.
    Logs,
    /// Lambda, which goes by paths.
    Lambda,
}

/// Signs requests to a service at one moment; what it signs is valid for five minutes.
#[derive(Clone)]
pub struct Signer {
    service: Service,
    key: Arc<SigningKey>,
    access_key_id: String,
    token: Option<String>,
    host: String,
    /// `20261124T193704Z`.
    time: String,
    scope: String,
}

/// A request, as HTTP has it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// HTTP's method.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// What the body is.
    pub content_type: &'a str,
    /// `X-Amz-Target`, for services that go by it.
    pub target: Option<&'a str>,
    /// The body.
    pub body: &'a str,
}

const REGION: &str = "us-east-1";
const JSON: &str = "application/x-amz-json-1.1";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
/// As boto3 calls itself: servers read, check and record it, so it has the real length.
const USER_AGENT: &str = "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux#6.1 md/arch#x86_64 \
    lang/python#3.12.1 md/pyimpl#CPython m/Z,b,D cfg/retry-mode#legacy Botocore/1.40.0";

impl Credentials {
    /// The root access key in the data directory.
    ///
    /// # Errors
    /// There is none.
    pub fn root(directory: &Path) -> Result<Self> {
        Self::parse(&std::fs::read_to_string(directory.join("credentials"))?)
    }

    /// The default profile of a file in AWS's shared-credentials format.
    ///
    /// # Errors
    /// There is none.
    pub fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().map(str::trim);
        let profile = lines.skip_while(|line| *line != "[default]").skip(1);
        let mut pairs = profile.take_while(|line| !line.starts_with('[')).filter_map(|line| {
            let (name, value) = line.split_once('=')?;
            Some((name.trim(), value.trim().to_owned()))
        });
        let (mut id, mut secret) = (None, None);
        for (name, value) in &mut pairs {
            match name {
                "aws_access_key_id" => id = Some(value),
                "aws_secret_access_key" => secret = Some(value),
                _ => {}
            }
        }
        match (id, secret) {
            (Some(id), Some(secret)) => Ok(Self { id, secret, token: None }),
            _ => Err("the credentials file has no access key in its default profile".into()),
        }
    }
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::SecretsManager => "secretsmanager",
            Self::Kms => "kms",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::CloudTrail => "cloudtrail",
            Self::Logs => "logs",
            Self::Lambda => "lambda",
        }
    }

    /// What stands before the operation in `X-Amz-Target`, for services that go by it.
    fn target(self) -> Option<&'static str> {
        match self {
            Self::SecretsManager => Some("secretsmanager"),
            Self::Kms => Some("TrentService"),
            Self::CloudTrail => Some("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"),
            Self::Logs => Some("Logs_20140328"),
            Self::Iam | Self::Sts | Self::Lambda => None,
        }
    }
}

impl Signer {
    /// Signs for `service` with `credentials` for `host` at `now`.
    #[must_use]
    pub fn new(credentials: &Credentials, service: Service, host: &str, now: Timestamp) -> Self {
        let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let date = &time[..8];
        let name = service.name();
        let key = Arc::new(SigningKey::derive(credentials.secret.as_bytes(), date, REGION, name));
        let scope = format!("{date}/{REGION}/{name}/aws4_request");
        let Credentials { id, token, .. } = credentials.clone();
        Self { service, key, access_key_id: id, token, host: host.to_owned(), time, scope }
    }

    /// The bytes of a signed request for `operation` with this body. A form says in itself which
    /// operation it is for.
    #[must_use]
    pub fn request(&self, operation: &str, body: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024 + body.len());
        self.push(operation, body, &mut out);
        out
    }

    /// Appends the bytes of a signed request for `operation`.
    pub fn push(&self, operation: &str, body: &str, out: &mut Vec<u8>) {
        let target = self.service.target().map(|prefix| format!("{prefix}.{operation}"));
        let content_type = if target.is_some() { JSON } else { FORM };
        let target = target.as_deref();
        self.push_any(Ask { method: "POST", path: "/", content_type, target, body }, out);
    }

    /// Appends the bytes of a signed request.
    pub fn push_any(&self, ask: Ask<'_>, out: &mut Vec<u8>) {
        let Self { access_key_id, host, time, scope, .. } = self;
        let Ask { method, path, content_type, target, body } = ask;
        // In the order of their names, as the signature wants them.
        let headers = [
            ("content-type", Some(content_type)),
            ("host", Some(host)),
            ("x-amz-date", Some(time)),
            ("x-amz-security-token", self.token.as_deref()),
            ("x-amz-target", target),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let (mut lines, mut names, mut sent) = (String::new(), String::new(), String::new());
        for (name, value) in headers {
            let separator = if names.is_empty() { "" } else { ";" };
            names.push_str(separator);
            names.push_str(name);
            lines.push_str(&format!("{name}:{value}\n"));
            sent.push_str(&format!("{name}: {value}\r\n"));
        }
        let canonical = format!("{method}\n{path}\n\n{lines}\n{names}\n{}", hash(body));
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hash(&canonical));
        let signature = self.key.signature(text.as_bytes());
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{sent}Accept-Encoding: identity\r\n\
             User-Agent: {USER_AGENT}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential={access_key_id}/{scope}, SignedHeaders={names}, Signature={signature}\r\n\
             amz-sdk-invocation-id: 5f2b6f5e-0d7c-4d0c-9a55-3f3b3c1f7a10\r\n\
             amz-sdk-request: attempt=1\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        out.extend_from_slice(request.as_bytes());
        out.extend_from_slice(body.as_bytes());
    }
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::HeaderMap;
    use strongroom_sigv4::{Head, Rules, SigningKey, parse, verify};

    use super::*;

    #[test]
    fn the_default_profile_is_found_among_others() {
        let text = "[other]\naws_access_key_id = X\n\n[default]\naws_access_key_id = AKIA\n\
                    aws_secret_access_key=s3/cr=t\nregion = us-east-1\n[more]\naws_access_key_id=Y\n";
        let found = Credentials::parse(text).unwrap();
        assert_eq!(found, Credentials { id: "AKIA".into(), secret: "s3/cr=t".into(), token: None });
        assert!(Credentials::parse("[other]\naws_access_key_id = X\n").is_err());
    }

    const NOW: i64 = 1_790_000_000;

    /// Whether the request verifies with this body.
    fn is_good(bytes: &[u8], method: &str, target: &str, body: &[u8]) -> bool {
        let text = std::str::from_utf8(bytes).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let mut headers = HeaderMap::new();
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, value.parse().unwrap());
        }
        let head = Head { method, target, headers: &headers, authority: None };
        let signed = parse(&head).unwrap().unwrap();
        let key = SigningKey::derive(b"secret", signed.date(), signed.region(), signed.service());
        verify(&signed, &head, body, &key, NOW, &Rules::default()).is_ok()
    }

    #[test]
    fn a_request_verifies() {
        let plain = Credentials { id: "AKIA".into(), secret: "secret".into(), token: None };
        let session = Credentials { token: Some("token".into()), ..plain.clone() };
        let now = Timestamp::from_second(NOW).unwrap();
        for (credentials, service) in [
            (&plain, Service::SecretsManager),
            (&session, Service::SecretsManager),
            (&plain, Service::Iam),
        ] {
            let signer = Signer::new(credentials, service, "127.0.0.1:4566", now);
            let request = signer.request("ListSecrets", "{}");
            let (_, body) = std::str::from_utf8(&request).unwrap().split_once("\r\n\r\n").unwrap();
            assert!(is_good(&request, "POST", "/", body.as_bytes()));
            assert!(!is_good(&request, "POST", "/", b"{ }"));
        }
    }

    #[test]
    fn a_request_that_goes_by_its_path_verifies() {
        let credentials = Credentials { id: "AKIA".into(), secret: "secret".into(), token: None };
        let now = Timestamp::from_second(NOW).unwrap();
        let signer = Signer::new(&credentials, Service::Lambda, "127.0.0.1:4566", now);
        let (path, json) = ("/2015-03-31/functions/f/invocations", "application/json");
        let mut invoke = Vec::new();
        let ask = Ask { method: "POST", path, content_type: json, target: None, body: "7" };
        signer.push_any(ask, &mut invoke);
        assert!(is_good(&invoke, "POST", path, b"7") && !is_good(&invoke, "PUT", path, b"7"));
    }
}
