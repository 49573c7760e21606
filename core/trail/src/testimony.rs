//! What digests vouch for, once they have been checked themselves.

use std::collections::BTreeMap;
use std::path::Path;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

use crate::digest::{self, ALGORITHM, DigestKey, Signed};
use crate::verify::{Expectations, Problem, ProblemKind};
use crate::{Chain, Position, TrailError, hex};

/// What digests vouch for.
#[derive(Debug, Default)]
pub(crate) struct Testimony {
    /// How many there are.
    pub(crate) digests: u64,
    /// The latest.
    pub(crate) last: Option<Signed>,
    /// Places at which the trail stood.
    pub(crate) marks: BTreeMap<u64, Chain>,
    /// The first problem with the digests themselves.
    pub(crate) problem: Option<Problem>,
}

/// Reads and checks the digests in `folder`, up to the first problem.
pub(crate) fn hear(folder: &Path, expected: &Expectations) -> Result<Testimony, TrailError> {
    let keys = trusted(digest::read_keys(folder)?, expected.key.as_deref());
    let mut testimony = Testimony::default();
    for (number, path) in digest::list(folder)? {
        let expected_number = testimony.digests + 1;
        let problem = |kind| Some(Problem { file: path.clone(), line: 0, sequence: None, kind });
        if number != expected_number {
            testimony.problem = problem(ProblemKind::DigestMissing { number: expected_number });
            return Ok(testimony);
        }
        let Some(signed) = digest::read_digest(&path)? else {
            testimony.problem = problem(ProblemKind::DigestAltered);
            return Ok(testimony);
        };
        if let Some(kind) = fault(&signed, testimony.last.as_ref(), number, &keys) {
            testimony.problem = problem(kind);
            return Ok(testimony);
        }
        testimony.digests = number;
        testimony.note(&signed.digest.position);
        testimony.note(&signed.digest.begins_after);
        testimony.last = Some(signed);
    }
    testimony.problem = rolled_back(folder, &testimony, expected);
    Ok(testimony)
}

impl Testimony {
    fn note(&mut self, position: &Position) {
        if position.sequence > 0 {
            self.marks.insert(position.sequence, position.chain);
        }
    }
}

/// What is wrong with a digest that follows `before`.
fn fault(
    signed: &Signed,
    before: Option<&Signed>,
    number: u64,
    keys: &[DigestKey],
) -> Option<ProblemKind> {
    let digest = &signed.digest;
    let follows = digest.digest_number == number
        && digest.digest_signature_algorithm == ALGORITHM
        && digest.previous_digest_hash_value.as_ref() == before.map(|before| &before.hash)
        && digest.previous_digest_signature.as_ref() == before.map(|before| &before.signature)
        && before.is_none_or(|before| before.digest.position.sequence <= digest.position.sequence);
    if !follows {
        return Some(ProblemKind::DigestAltered);
    }
    let is_its = |key: &&DigestKey| key.fingerprint == digest.digest_public_key_fingerprint;
    let Some(key) = keys.iter().find(is_its) else { return Some(ProblemKind::DigestOfUnknownKey) };
    let name = signed.file.file_name()?.to_str()?;
    let text = digest::signed_text(digest, name, &signed.hash);
    (!is_signed(key, &text, &signed.signature)).then_some(ProblemKind::DigestAltered)
}

/// Those keys that are what they say and that lead back to the one that is trusted, which is the first
/// if nobody says.
fn trusted(keys: Vec<DigestKey>, trust: Option<&str>) -> Vec<DigestKey> {
    let mut trusted: Vec<DigestKey> = Vec::new();
    for key in keys {
        let public = unhex(&key.public_key).unwrap_or_default();
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &public);
        if hex(&hash.as_ref()[..16]) != key.fingerprint {
            continue;
        }
        let is_endorsed = match (trusted.last(), &key.endorsement) {
            (Some(before), Some(endorsement)) => is_signed(before, &key.endorsed(), endorsement),
            (None, _) => trust.is_none_or(|trust| trust == key.fingerprint),
            (Some(_), None) => false,
        };
        if is_endorsed {
            trusted.push(key);
        }
    }
    trusted
}

fn is_signed(key: &DigestKey, text: &[u8], signature: &str) -> bool {
    let (Some(public), Some(signature)) = (unhex(&key.public_key), unhex(signature)) else {
        return false;
    };
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
    key.verify(text, &signature).is_ok()
}

/// Digests that are remembered elsewhere and are not, or not the same, here.
fn rolled_back(folder: &Path, here: &Testimony, expected: &Expectations) -> Option<Problem> {
    let remembered = expected.digest.as_ref()?;
    let last = here.last.as_ref();
    let file = last.map_or_else(|| folder.to_path_buf(), |last| last.file.clone());
    let problem = |kind| Some(Problem { file, line: 0, sequence: None, kind });
    if here.digests < remembered.number {
        return problem(ProblemKind::RolledBack { from: here.digests + 1, to: remembered.number });
    }
    let is_same = |last: &Signed| {
        last.digest.digest_number != remembered.number || last.signature == remembered.signature
    };
    if last.is_none_or(is_same) { None } else { problem(ProblemKind::DigestAltered) }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| u8::try_from(digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?).ok();
    digits.chunks(2).map(byte).collect()
}
