//! Requests that the key of an X.509 certificate signs rather than an access key.

use std::sync::Arc;

use http::request::Parts;
use strongroom_api::{Caller, Details, Error, PrincipalKind};
use strongroom_rolesanywhere::certificate::{Certificate, KeyKind};
use strongroom_sigv4::{self as sigv4, Algorithm, Head, Refusal, Rules, Signed};

use crate::authenticate::Unauthenticated;

const CERTIFICATE: &str = "x-amz-x509";
const CHAIN: &str = "x-amz-x509-chain";

/// The holder of the certificate that a request shows: nobody who is known, but somebody whose place
/// among callers bears the certificate's fingerprint. Whether the certificate is to be trusted is for
/// the operation to say.
///
/// # Errors
/// The refusal of a request that the certificate's key did not sign, with certificate and chain.
pub fn holder(
    signed: &Signed<'_>,
    head: &Parts,
    view: &Head<'_>,
    body: &[u8],
    now_seconds: i64,
    rules: &Rules<'_>,
) -> Result<Arc<Caller>, Unauthenticated> {
    let shown = head.headers.get(CERTIFICATE).and_then(|value| value.to_str().ok());
    let certificate = shown
        .and_then(Certificate::of_base64)
        .ok_or_else(|| Unauthenticated::Failed(Error::validation("Invalid X.509 certificate")))?;
    let covered = |name: &str| signed.signed_headers().any(|header| header == name);
    if !covered(CERTIFICATE) || head.headers.contains_key(CHAIN) && !covered(CHAIN) {
        return Err(Refusal::UnsignedHeader("'X-Amz-X509' and 'X-Amz-X509-Chain'").into());
    }
    let is_of_kind = match signed.algorithm() {
        Algorithm::Hmac => false,
        Algorithm::X509Rsa => certificate.key_kind() == KeyKind::Rsa,
        Algorithm::X509Ecdsa => {
            matches!(certificate.key_kind(), KeyKind::P256 | KeyKind::P384 | KeyKind::P521)
        }
    };
    if !is_of_kind || signed.access_key_id() != certificate.serial {
        return Err(invalid());
    }
    let bears = |text: &[u8], signature: &[u8]| certificate.has_signed(text, signature);
    sigv4::verify_with(signed, view, body, now_seconds, rules, &bears).map_err(|refusal| {
        match refusal {
            Refusal::Mismatch => invalid(),
            other => other.into(),
        }
    })?;
    let (kind, details) = (PrincipalKind::Anonymous, Details::default());
    Ok(Arc::new(Caller::new(kind, "", "anonymous", certificate.fingerprint(), details)))
}

/// In AWS's words.
fn invalid() -> Unauthenticated {
    Unauthenticated::Failed(Error::access_denied("Invalid signature"))
}
