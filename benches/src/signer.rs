//! Signs requests as an AWS SDK does (Signature Version 4), quickly.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use data_encoding::HEXLOWER;
use jiff::Timestamp;

use crate::Result;

/// An access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// A service that speaks awsJson 1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name in signatures.
    pub name: &'static str,
    /// What stands before the operation in `X-Amz-Target`.
    pub target: &'static str,
}

/// Secrets Manager.
pub const SECRETS_MANAGER: Service = Service { name: "secretsmanager", target: "secretsmanager" };
/// CloudTrail.
pub const CLOUDTRAIL: Service = Service {
    name: "cloudtrail",
    target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
};
/// CloudWatch Logs.
pub const LOGS: Service = Service { name: "logs", target: "Logs_20140328" };

/// Signs requests to one service at one moment; what it signs is valid for five minutes.
#[derive(Clone, Debug)]
pub struct Signer {
    service: Service,
    key: Key,
    access_key_id: String,
    host: String,
    /// `20261124T193704Z`.
    time: String,
    scope: String,
}

const REGION: &str = "us-east-1";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
/// As boto3 calls itself: servers read, check and record it, so it has the real length.
const USER_AGENT: &str = "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux#6.1 md/arch#x86_64 \
    lang/python#3.12.1 md/pyimpl#CPython m/Z,b,D cfg/retry-mode#legacy Botocore/1.40.0";

impl Credentials {
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
            (Some(id), Some(secret)) => Ok(Self { id, secret }),
            _ => Err("the credentials file has no access key in its default profile".into()),
        }
    }
}

impl Signer {
    /// Signs with `credentials` for `service` at `host` and `now`.
    #[must_use]
    pub fn new(credentials: &Credentials, service: Service, host: &str, now: Timestamp) -> Self {
        let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let date = &time[..8];
        let mut key = Key::new(HMAC_SHA256, format!("AWS4{}", credentials.secret).as_bytes());
        for part in [date, REGION, service.name, "aws4_request"] {
            key = Key::new(HMAC_SHA256, sign(&key, part.as_bytes()).as_ref());
        }
        let scope = format!("{date}/{REGION}/{}/aws4_request", service.name);
        Self {
            service,
            key,
            access_key_id: credentials.id.clone(),
            host: host.to_owned(),
            time,
            scope,
        }
    }

    /// The bytes of a signed request for `operation` with this body.
    #[must_use]
    pub fn request(&self, operation: &str, body: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024 + body.len());
        self.push(operation, body, &mut out);
        out
    }

    /// Appends the bytes of a signed request.
    pub fn push(&self, operation: &str, body: &str, out: &mut Vec<u8>) {
        let Self { access_key_id, host, time, scope, service, .. } = self;
        let target = service.target;
        let canonical = format!(
            "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{time}\n\
             x-amz-target:{target}.{operation}\n\ncontent-type;host;x-amz-date;x-amz-target\n{}",
            hash(body)
        );
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hash(&canonical));
        let signature = HEXLOWER.encode(sign(&self.key, text.as_bytes()).as_ref());
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\n\
             X-Amz-Target: {target}.{operation}\r\nContent-Type: {CONTENT_TYPE}\r\n\
             User-Agent: {USER_AGENT}\r\nX-Amz-Date: {time}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential={access_key_id}/{scope}, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={signature}\r\n\
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
        assert_eq!(found, Credentials { id: "AKIA".into(), secret: "s3/cr=t".into() });
        assert!(Credentials::parse("[other]\naws_access_key_id = X\n").is_err());
    }

    #[test]
    fn a_request_verifies() {
        let credentials = Credentials { id: "AKIA".into(), secret: "secret".into() };
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let bytes = Signer::new(&credentials, SECRETS_MANAGER, "127.0.0.1:4566", now)
            .request("ListSecrets", "{}");
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut headers = HeaderMap::new();
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, value.parse().unwrap());
        }
        let head = Head { method: "POST", target: "/", headers: &headers, authority: None };
        let signed = parse(&head).unwrap().unwrap();
        let key = SigningKey::derive(b"secret", signed.date(), signed.region(), signed.service());
        let rules = Rules::default();
        verify(&signed, &head, body.as_bytes(), &key, now.as_second(), &rules).unwrap();
        assert!(verify(&signed, &head, b"{ }", &key, now.as_second(), &rules).is_err());
    }
}
