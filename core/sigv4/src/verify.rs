//! Compares the signature of a request with the one its key makes.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::authorization::unsupported;
use crate::canonical::{Buffer, Reading, push_request};
use crate::rules::{Rules, check};
use crate::{Algorithm, Head, Payload, Refusal, Signed, SigningKey, hex};

/// Verifies a request against the key of its scope. `body` is as received, before any decoding.
///
/// As AWS signs paths without their dot segments and double slashes, `/a` and `/b/../a` bear the
/// same signature: who routes by path must refuse such segments or remove them first.
///
/// # Errors
/// What [`check`] says, then [`Refusal::UnsignedHeader`] or [`Refusal::Mismatch`].
/// [`Refusal::Incomplete`] for a request that no access key signs.
pub fn verify(
    signed: &Signed<'_>,
    head: &Head<'_>,
    body: &[u8],
    key: &SigningKey,
    now_epoch_seconds: i64,
    rules: &Rules<'_>,
) -> Result<(), Refusal> {
    if signed.algorithm() != Algorithm::Hmac {
        return Err(unsupported(signed.algorithm().name()));
    }
    let claimed = signed.signature().as_bytes();
    let bears = |text: &[u8]| verify_slices_are_equal(&key.sign(text), claimed).is_ok();
    verify_any(signed, head, body, now_epoch_seconds, rules, &bears)
}

/// Verifies a request that is signed with an asymmetric key: `bears` says whether the second argument is
/// the signature of the first. `body` is as in [`verify`].
///
/// # Errors
/// As [`verify`].
pub fn verify_with(
    signed: &Signed<'_>,
    head: &Head<'_>,
    body: &[u8],
    now_epoch_seconds: i64,
    rules: &Rules<'_>,
    bears: &dyn Fn(&[u8], &[u8]) -> bool,
) -> Result<(), Refusal> {
    check(signed, now_epoch_seconds, rules)?;
    let signature = hex::decode(signed.signature()).ok_or(Refusal::Mismatch)?;
    let bears = |text: &[u8]| bears(text, &signature);
    verify_any(signed, head, body, now_epoch_seconds, rules, &bears)
}

fn verify_any(
    signed: &Signed<'_>,
    head: &Head<'_>,
    body: &[u8],
    now_epoch_seconds: i64,
    rules: &Rules<'_>,
    bears: &dyn Fn(&[u8]) -> bool,
) -> Result<(), Refusal> {
    check(signed, now_epoch_seconds, rules)?;
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
    if bears_request(signed, head, payload_hash, Reading::DOCUMENTED, bears)? {
        return Ok(());
    }
    for reading in Reading::others(signed, head) {
        if bears_request(signed, head, payload_hash, reading, bears)? {
            return Ok(());
        }
    }
    Err(Refusal::Mismatch)
}

fn bears_request(
    signed: &Signed<'_>,
    head: &Head<'_>,
    payload_hash: &[u8],
    reading: Reading,
    bears: &dyn Fn(&[u8]) -> bool,
) -> Result<bool, Refusal> {
    let mut text = Buffer::new();
    push_request(signed, head, payload_hash, reading, &mut text)?;
    let request_hash = hex::sha256(&text);
    Ok(bears(&string_to_sign(signed, signed.algorithm().name(), &[&request_hash])))
}

/// Whether a signature is that of the lines given, in this request's time and scope.
pub(crate) fn bears(
    signed: &Signed<'_>,
    signature: &str,
    algorithm: &str,
    lines: &[&[u8]],
    key: &SigningKey,
) -> bool {
    let text = string_to_sign(signed, algorithm, lines);
    verify_slices_are_equal(&key.sign(&text), signature.as_bytes()).is_ok()
}

fn string_to_sign(signed: &Signed<'_>, algorithm: &str, lines: &[&[u8]]) -> Buffer {
    let mut text = Buffer::new();
    text.extend_from_slice(algorithm.as_bytes());
    for line in [signed.timestamp().bytes(), signed.scope().as_bytes()].iter().chain(lines) {
        text.push(b'\n');
        text.extend_from_slice(line);
    }
    text
}
