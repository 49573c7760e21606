//! The credential in an `Authorization` header.

use http::HeaderValue;
use http::header::{DATE, HeaderName};

use crate::signed::{Credential, X_AMZ_CONTENT_SHA256, X_AMZ_SECURITY_TOKEN, header, split_ascii};
use crate::{Algorithm, Form, Head, Refusal, Signed, Timestamp};

/// The algorithm of access keys.
pub(crate) const ALGORITHM: &str = Algorithm::Hmac.name();

/// Real ones have some 250 bytes, and a header name more for each signed header.
const MAX_BYTES: usize = 8192;

/// Reads the header, and the date that belongs to it.
///
/// # Errors
/// [`Refusal::Incomplete`], with one sentence for every part that is missing.
pub(crate) fn parse<'a>(head: &Head<'a>, value: &'a HeaderValue) -> Result<Signed<'a>, Refusal> {
    if value.len() > MAX_BYTES {
        return Err(Refusal::Incomplete("The Authorization header is too long.".into()));
    }
    let Ok(text) = str::from_utf8(value.as_bytes()) else {
        return Err(Refusal::Incomplete("The Authorization header is not UTF-8.".into()));
    };
    let (name, parameters) = match text.strip_prefix("AWS4-HMAC-SHA256 ") {
        Some(parameters) => (ALGORITHM, parameters),
        None => text.split_once(' ').unwrap_or((text, "")),
    };
    let algorithm = Algorithm::named(name);
    if algorithm.is_none() && name.starts_with("AWS4-") {
        return Err(unsupported(name));
    }
    let parameters = Parameters::parse(text, parameters)?;
    let date = date(head);
    let Parameters {
        credential: Some(credential),
        signature: Some(signature),
        signed_headers: Some(signed_headers),
    } = parameters
    else {
        return Err(parameters.incomplete(text, date.is_some()));
    };
    let Some(date) = date else {
        return Err(parameters.incomplete(text, false));
    };
    let Some(algorithm) = algorithm else {
        return Err(unsupported(name));
    };
    Ok(Signed {
        algorithm,
        form: Form::Header,
        credential: Credential::parse(credential.into())?,
        timestamp: timestamp(date)?,
        signed_headers: signed_headers.into(),
        signature: signature.into(),
        session_token: header(head, &X_AMZ_SECURITY_TOKEN).map(Into::into),
        payload_text: header(head, &X_AMZ_CONTENT_SHA256).map(Into::into),
        expires: None,
    })
}

/// SigV4a among others.
pub(crate) fn unsupported(algorithm: &str) -> Refusal {
    Refusal::Incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'"))
}

/// The refusal of a date in no known format.
pub(crate) fn undated(text: &str) -> Refusal {
    Refusal::Incomplete(format!(
        "Date must be in ISO-8601 'basic format'. Got '{text}'. See \
         http://en.wikipedia.org/wiki/ISO_8601"
    ))
}

/// `X-Amz-Date` wins over `Date`, which some clients set and proxies may rewrite.
fn date<'a>(head: &Head<'a>) -> Option<&'a str> {
    static X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
    header(head, &X_AMZ_DATE).or_else(|| header(head, &DATE))
}

fn timestamp(text: &str) -> Result<Timestamp, Refusal> {
    Timestamp::parse(text).ok_or_else(|| undated(text))
}

/// The three parts, in any order; unknown ones are passed over.
#[derive(Default)]
struct Parameters<'a> {
    credential: Option<&'a str>,
    signature: Option<&'a str>,
    signed_headers: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    fn parse(whole: &str, text: &'a str) -> Result<Self, Refusal> {
        let mut found = Self::default();
        for chunk in split_ascii(text, b',') {
            let chunk = chunk.trim_ascii();
            if chunk.is_empty() {
                continue;
            }
            let Some(equals) = memchr::memchr(b'=', chunk.as_bytes()) else {
                return Err(Refusal::Incomplete(format!(
                    "'{chunk}' not a valid key=value pair (missing equal-sign) in Authorization \
                     header: '{whole}'."
                )));
            };
            let (name, value) = (&chunk[..equals], &chunk[equals + 1..]);
            match name {
                "Credential" => found.credential = Some(value),
                "Signature" => found.signature = Some(value),
                "SignedHeaders" => found.signed_headers = Some(value),
                _ => {}
            }
        }
        Ok(found)
    }

    fn incomplete(&self, whole: &str, dated: bool) -> Refusal {
        let mut text = String::new();
        for (there, name) in [
            (self.credential.is_some(), "Credential"),
            (self.signature.is_some(), "Signature"),
            (self.signed_headers.is_some(), "SignedHeaders"),
        ] {
            if !there {
                text += &format!("Authorization header requires '{name}' parameter. ");
            }
        }
        if !dated {
            text += "Authorization header requires existence of either a 'X-Amz-Date' or a \
                     'Date' header. ";
        }
        text += "Authorization=";
        text += whole;
        Refusal::Incomplete(text)
    }
}
