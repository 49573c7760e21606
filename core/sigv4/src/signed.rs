//! A credential and signature as a request carries them, read but not yet believed.

use std::borrow::Cow;
use std::fmt;

use http::HeaderName;
use http::header::AUTHORIZATION;

use crate::{Head, Refusal, Timestamp, authorization, presigned};

/// What a signature is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The secret of an access key.
    Hmac,
    /// The RSA key of an X.509 certificate, which only Roles Anywhere takes.
    X509Rsa,
    /// The same with a key on an elliptic curve.
    X509Ecdsa,
}

impl Algorithm {
    const ALL: [Self; 3] = [Self::Hmac, Self::X509Rsa, Self::X509Ecdsa];

    /// As the `Authorization` header has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hmac => "AWS4-HMAC-SHA256",
            Self::X509Rsa => "AWS4-X509-RSA-SHA256",
            Self::X509Ecdsa => "AWS4-X509-ECDSA-SHA256",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// Where the credential was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In the `Authorization` header.
    Header,
    /// In the query string: a presigned request.
    Query,
}

/// What the signature says about the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload<'a> {
    /// Nothing said: the hash of the body received is what was signed.
    Body,
    /// A hash, which has to be that of the body.
    Hash(&'a str),
    /// `UNSIGNED-PAYLOAD`: the body is not covered.
    Unsigned,
    /// `STREAMING-…`: an `aws-chunked` body for [`crate::decode_chunked`].
    Streaming {
        /// Every chunk carries a signature.
        signed: bool,
        /// Trailing headers follow the last chunk.
        trailer: bool,
    },
}

/// A parsed, not yet verified, credential and signature.
#[derive(Clone)]
pub struct Signed<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) form: Form,
    pub(crate) credential: Credential<'a>,
    pub(crate) timestamp: Timestamp,
    pub(crate) signed_headers: Cow<'a, str>,
    pub(crate) signature: Cow<'a, str>,
    pub(crate) session_token: Option<Cow<'a, str>>,
    pub(crate) payload_text: Option<Cow<'a, str>>,
    pub(crate) expires: Option<u32>,
}

/// Reads the credential of a request; `None` if it carries none at all.
///
/// # Errors
/// [`Refusal::Incomplete`] when there is one that cannot be read, or there are two.
pub fn parse<'a>(head: &Head<'a>) -> Result<Option<Signed<'a>>, Refusal> {
    if head.target.len() > MAX_TARGET_BYTES {
        return Err(Refusal::Incomplete("The request target is too long.".into()));
    }
    let mut headers = head.headers.get_all(&AUTHORIZATION).iter();
    let query = head.query();
    let presigned = !query.is_empty() && presigned::is_signed(query);
    match (headers.next(), headers.next(), presigned) {
        (None, _, false) => Ok(None),
        (None, _, true) => presigned::parse(head, query).map(Some),
        (Some(value), None, false) => authorization::parse(head, value).map(Some),
        _ => Err(Refusal::Incomplete(TWO_MECHANISMS.into())),
    }
}

/// No client of these services sends longer ones; hyper's own limit is the same.
const MAX_TARGET_BYTES: usize = 65_534;

/// S3's text; the other services do not document one.
const TWO_MECHANISMS: &str = "Only one auth mechanism allowed; only the X-Amz-Algorithm query \
    parameter, Signature query string parameter or the Authorization header should be specified";

impl<'a> Signed<'a> {
    /// What it is signed with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Where the credential was.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The access key it claims.
    pub fn access_key_id(&self) -> &str {
        self.credential.part(0)
    }

    /// The day of the scope: eight digits once [`crate::check`] has passed.
    pub fn date(&self) -> &str {
        self.credential.part(1)
    }

    /// The Region of the scope.
    pub fn region(&self) -> &str {
        self.credential.part(2)
    }

    /// The signing name of the service, such as `secretsmanager`.
    pub fn service(&self) -> &str {
        self.credential.part(3)
    }

    /// The end of the scope: `aws4_request` once [`crate::check`] has passed.
    pub(crate) fn terminator(&self) -> &str {
        self.credential.part(4)
    }

    /// `date/region/service/aws4_request`.
    pub fn scope(&self) -> &str {
        let start = usize::from(self.credential.ends[0]) + 1;
        &self.credential.text[start..]
    }

    /// The whole credential, access key and scope.
    pub fn credential(&self) -> &str {
        &self.credential.text
    }

    /// When it was signed.
    pub fn timestamp(&self) -> &Timestamp {
        &self.timestamp
    }

    /// The names of the headers that the signature covers, in its order.
    pub fn signed_headers(&self) -> impl Iterator<Item = &str> {
        split_ascii(&self.signed_headers, b';')
    }

    /// The signature as sent.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// The session token of temporary credentials, not yet opened.
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    /// How many seconds a presigned request is good for.
    pub fn expires(&self) -> Option<u32> {
        self.expires
    }

    /// What the signature says about the body.
    pub fn payload(&self) -> Payload<'_> {
        let streaming = |signed, trailer| Payload::Streaming { signed, trailer };
        match self.payload_text.as_deref() {
            // S3 never covers the body of a presigned request.
            None if self.form == Form::Query && self.service() == "s3" => Payload::Unsigned,
            None => Payload::Body,
            Some("UNSIGNED-PAYLOAD") => Payload::Unsigned,
            Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") => streaming(true, false),
            Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") => streaming(true, true),
            Some("STREAMING-UNSIGNED-PAYLOAD-TRAILER") => streaming(false, true),
            Some(hash) => Payload::Hash(hash),
        }
    }
}

/// Shows who claims to have signed, and neither token nor signature.
impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("form", &self.form)
            .field("credential", &self.credential())
            .field("timestamp", &self.timestamp.text())
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

pub(crate) static X_AMZ_CONTENT_SHA256: HeaderName =
    HeaderName::from_static("x-amz-content-sha256");
pub(crate) static X_AMZ_SECURITY_TOKEN: HeaderName =
    HeaderName::from_static("x-amz-security-token");

/// `str::split` at an ASCII character, several times as fast.
pub(crate) fn split_ascii(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr::memchr(separator, text.as_bytes());
        rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

/// A header as text; what is not UTF-8 counts as absent.
pub(crate) fn header<'a>(head: &Head<'a>, name: &HeaderName) -> Option<&'a str> {
    str::from_utf8(head.headers.get(name)?.as_bytes()).ok().map(str::trim_ascii)
}

/// `keyid/date/region/service/term`, with the places of its slashes.
#[derive(Clone)]
pub(crate) struct Credential<'a> {
    text: Cow<'a, str>,
    ends: [u16; 5],
}

impl<'a> Credential<'a> {
    /// Far above what real ones have; it bounds the cache of keys, too.
    const MAX_BYTES: usize = 512;

    pub(crate) fn parse(text: Cow<'a, str>) -> Result<Self, Refusal> {
        let mut ends = [0; 5];
        let mut count = 0;
        if text.len() <= Self::MAX_BYTES {
            let mut place = 0;
            for part in split_ascii(&text, b'/') {
                place += part.len();
                if let Some(end) = ends.get_mut(count) {
                    *end = u16::try_from(place).unwrap_or(u16::MAX);
                }
                place += 1;
                count += 1;
            }
        }
        if count != ends.len() {
            return Err(Refusal::Incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{text}'"
            )));
        }
        Ok(Self { text, ends })
    }

    fn part(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| usize::from(self.ends[before]) + 1);
        &self.text[start..usize::from(self.ends[index])]
    }
}
