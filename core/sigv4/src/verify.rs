//! Compares the signature of a request with the one its key makes.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::authorization::ALGORITHM;
use crate::canonical::{Buffer, Reading, check_signed_headers, push_request};
use crate::rules::{Rules, check};
use crate::{Head, Payload, Refusal, Signed, SigningKey, hex};

/// Verifies a request against the key of its scope. `body` is as received, before any decoding.
///
/// # Errors
/// What [`check`] says, then [`Refusal::UnsignedHeader`], then [`Refusal::Mismatch`].
pub fn verify(
    signed: &Signed<'_>,
    head: &Head<'_>,
    body: &[u8],
    key: &SigningKey,
    now_epoch_seconds: i64,
    rules: &Rules<'_>,
) -> Result<(), Refusal> {
    check(signed, now_epoch_seconds, rules)?;
    check_signed_headers(signed, head)?;
    let computed;
    let payload_hash: &[u8] = match (signed.payload(), signed.payload_text.as_deref()) {
        (Payload::Body, _) => {
            computed = hex::sha256(body);
            &computed
        }
        (Payload::Hash(claimed), _) => {
            computed = hex::sha256(body);
            if claimed.as_bytes() != computed {
                return Err(Refusal::Mismatch);
            }
            &computed
        }
        (Payload::Unsigned | Payload::Streaming { .. }, text) => {
            text.unwrap_or("UNSIGNED-PAYLOAD").as_bytes()
        }
    };
    for reading in Reading::all(signed, head) {
        let mut text = Buffer::new();
        push_request(signed, head, payload_hash, reading, &mut text)?;
        let request_hash = hex::sha256(&text);
        if bears(signed, signed.signature(), ALGORITHM, &[&request_hash], key) {
            return Ok(());
        }
    }
    Err(Refusal::Mismatch)
}

/// Whether a signature is that of the lines given, in this request's time and scope.
pub(crate) fn bears(
    signed: &Signed<'_>,
    signature: &str,
    algorithm: &str,
    lines: &[&[u8]],
    key: &SigningKey,
) -> bool {
    let mut text = Buffer::new();
    text.extend_from_slice(algorithm.as_bytes());
    for line in
        [signed.timestamp().text().as_bytes(), signed.scope().as_bytes()].iter().chain(lines)
    {
        text.push(b'\n');
        text.extend_from_slice(line);
    }
    verify_slices_are_equal(&key.sign(&text), signature.as_bytes()).is_ok()
}
