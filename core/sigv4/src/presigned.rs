//! The credential in a query string: presigned requests.

use std::borrow::Cow;

use crate::authorization::{ALGORITHM, undated, unsupported};
use crate::query::decode;
use crate::signed::{Credential, X_AMZ_CONTENT_SHA256, X_AMZ_SECURITY_TOKEN, header};
use crate::{Algorithm, Form, Head, Refusal, Signed, Timestamp};

/// A week, the most AWS allows.
const MAX_EXPIRES_SECONDS: u32 = 604_800;

/// Whether a query string says that it is signed.
pub(crate) fn is_signed(query: &str) -> bool {
    memchr::memmem::find(query.as_bytes(), b"X-Amz-").is_some()
        && pairs(query).any(|(name, _)| {
            matches!(name, "X-Amz-Algorithm" | "X-Amz-Credential" | "X-Amz-Signature")
        })
}

/// Reads the `X-Amz-*` parameters.
///
/// # Errors
/// [`Refusal::Incomplete`], with one sentence for every parameter that is missing.
pub(crate) fn parse<'a>(head: &Head<'a>, query: &'a str) -> Result<Signed<'a>, Refusal> {
    let found = Parameters::parse(query)?;
    if let Some(algorithm) = found.algorithm.as_deref().filter(|name| *name != ALGORITHM) {
        return Err(unsupported(algorithm));
    }
    let Parameters {
        algorithm: Some(_),
        credential: Some(credential),
        date: Some(date),
        signed_headers: Some(signed_headers),
        signature: Some(signature),
        expires,
        session_token,
        payload,
    } = found
    else {
        return Err(found.missing());
    };
    let timestamp = Timestamp::parse_basic(date.as_bytes()).ok_or_else(|| undated(&date))?;
    Ok(Signed {
        algorithm: Algorithm::Hmac,
        form: Form::Query,
        credential: Credential::parse(credential)?,
        timestamp,
        signed_headers,
        signature,
        session_token: session_token
            .or_else(|| header(head, &X_AMZ_SECURITY_TOKEN).map(Into::into)),
        payload_text: payload.or_else(|| header(head, &X_AMZ_CONTENT_SHA256).map(Into::into)),
        expires: expires.as_deref().map(seconds).transpose()?,
    })
}

/// The texts are S3's; the other services do not document theirs.
fn seconds(text: &str) -> Result<u32, Refusal> {
    let fault = if text.starts_with('-') {
        "X-Amz-Expires must be non-negative"
    } else {
        match text.parse::<u64>() {
            Ok(seconds) if seconds <= u64::from(MAX_EXPIRES_SECONDS) => {
                return Ok(u32::try_from(seconds).unwrap_or(MAX_EXPIRES_SECONDS));
            }
            Ok(_) => {
                "X-Amz-Expires must be less than a week (in seconds); that is, the given \
                 X-Amz-Expires must be less than 604800 seconds"
            }
            Err(_) => "X-Amz-Expires should be a number",
        }
    };
    Err(Refusal::Incomplete(fault.into()))
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

#[derive(Default)]
struct Parameters<'a> {
    algorithm: Option<Cow<'a, str>>,
    credential: Option<Cow<'a, str>>,
    date: Option<Cow<'a, str>>,
    expires: Option<Cow<'a, str>>,
    signed_headers: Option<Cow<'a, str>>,
    signature: Option<Cow<'a, str>>,
    session_token: Option<Cow<'a, str>>,
    payload: Option<Cow<'a, str>>,
}

impl<'a> Parameters<'a> {
    fn parse(query: &'a str) -> Result<Self, Refusal> {
        let mut found = Self::default();
        for (name, value) in pairs(query) {
            let place = match name {
                "X-Amz-Algorithm" => &mut found.algorithm,
                "X-Amz-Credential" => &mut found.credential,
                "X-Amz-Date" => &mut found.date,
                "X-Amz-Expires" => &mut found.expires,
                "X-Amz-SignedHeaders" => &mut found.signed_headers,
                "X-Amz-Signature" => &mut found.signature,
                "X-Amz-Security-Token" => &mut found.session_token,
                "X-Amz-Content-Sha256" | "X-Amz-Content-SHA256" => &mut found.payload,
                _ => continue,
            };
            // Twice the same parameter would leave it open which of the two was meant.
            if place.is_some() {
                let text = format!("AWS query-string parameter '{name}' must be given once.");
                return Err(Refusal::Incomplete(text));
            }
            let text = decode(value).ok_or_else(|| {
                Refusal::Incomplete(format!("AWS query-string parameter '{name}' is not UTF-8."))
            })?;
            *place = Some(text);
        }
        Ok(found)
    }

    fn missing(&self) -> Refusal {
        let mut text = String::new();
        for (place, name) in [
            (&self.algorithm, "X-Amz-Algorithm"),
            (&self.credential, "X-Amz-Credential"),
            (&self.signature, "X-Amz-Signature"),
            (&self.signed_headers, "X-Amz-SignedHeaders"),
            (&self.date, "X-Amz-Date"),
        ] {
            if place.is_none() {
                text += &format!("AWS query-string parameters must include '{name}'. ");
            }
        }
        text += "Re-examine the query-string parameters.";
        Refusal::Incomplete(text)
    }
}
