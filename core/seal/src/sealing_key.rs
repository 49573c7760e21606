//! A 256-bit key that seals any number of messages.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::{Damaged, Entropy};

const SALT_LEN: usize = 24;
const TAG_LEN: usize = 16;
/// With the salt 49 bytes, so that the inner hash of the derivation is a single block of SHA-256.
const LABEL: &[u8; 25] = b"strongroom message key 1\0";

/// A 256-bit key that seals any number of messages with AES-256-GCM.
///
/// One AES-GCM key with random 96-bit nonces may seal 2³² messages, then a repeated nonce, which
/// gives the authentication key away, becomes likely enough to matter. A store outlives that. So
/// each message has a key of its own, as in XAES-256-GCM:
///
/// ```text
/// message key = HMAC-SHA-256(key, "strongroom message key 1\0" ‖ salt)      salt: 24 random bytes
/// sealed      = salt ‖ AES-256-GCM(message key, nonce = 0, associated, plaintext) ‖ 16-byte tag
/// ```
///
/// The nonce can be constant because a message key is used once: all 192 random bits go into the
/// derivation, and after 2⁸⁰ messages two have met the same salt with a chance of about 2⁻³³. All
/// of the randomness in the derivation and none in the nonce leaves a single thing that must not
/// repeat, and needs no stored nonce beside the salt. HMAC-SHA-256 is a pseudo-random function, so the message keys of one key tell
/// nothing about each other or about it; its key schedule is prepared once and cached.
///
/// AES-GCM does not commit to its key: who knows two keys can make a message that opens under both.
/// Nothing here tries more than one key on a sealed value whose author chose it freely: a value
/// names its generation, and the wraps of a root key are told apart by their associated data.
pub struct SealingKey {
    prepared: hmac::Key,
}

impl SealingKey {
    /// How many bytes longer a sealed message is than its plaintext.
    pub const OVERHEAD: usize = SALT_LEN + TAG_LEN;

    /// The key with these bytes, which must be random or derived by a key derivation function.
    pub fn new(key: &[u8; 32]) -> Self {
        Self { prepared: hmac::Key::new(hmac::HMAC_SHA256, key) }
    }

    /// Seals `plaintext`, of less than 64 GiB, so that it opens only with the same `associated`.
    pub fn seal(&self, associated: &[u8], plaintext: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(plaintext.len() + Self::OVERHEAD);
        self.seal_onto(&mut sealed, associated, plaintext, entropy);
        sealed
    }

    /// As [`seal`](Self::seal), appending to what `out` holds.
    pub fn seal_onto(
        &self,
        out: &mut Vec<u8>,
        associated: &[u8],
        plaintext: &[u8],
        entropy: &dyn Entropy,
    ) {
        let mut salt = [0; SALT_LEN];
        entropy.fill(&mut salt);
        out.reserve(plaintext.len() + Self::OVERHEAD);
        out.extend_from_slice(&salt);
        let start = out.len();
        out.extend_from_slice(plaintext);
        let sealed = self.message_key(&salt).and_then(|key| {
            key.seal_in_place_separate_tag(nonce(), Aad::from(associated), &mut out[start..]).ok()
        });
        let Some(tag) = sealed else {
            // Only a plaintext of 64 GiB, or no memory for a key schedule, leads here. `out` holds
            // a plaintext that must not be taken for a sealed one.
            std::process::abort();
        };
        out.extend_from_slice(tag.as_ref());
    }

    /// Opens what [`seal`](Self::seal) made into a buffer that is wiped when dropped.
    pub fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Damaged> {
        let (salt, body) = sealed.split_first_chunk::<SALT_LEN>().ok_or(Damaged::Foreign)?;
        let (ciphertext, tag) = body.split_last_chunk::<TAG_LEN>().ok_or(Damaged::Foreign)?;
        let key = self.message_key(salt).ok_or(Damaged::Altered)?;
        let mut plaintext = Zeroizing::new(vec![0; ciphertext.len()]);
        key.open_separate_gather(nonce(), Aad::from(associated), ciphertext, tag, &mut plaintext)
            .map_err(|_| Damaged::Altered)?;
        Ok(plaintext)
    }

    /// Opens `sealed` within its own buffer and returns the part that holds the plaintext.
    ///
    /// Wiping the buffer is up to the caller. After an error it holds no plaintext.
    pub fn open_in_place<'a>(
        &self,
        associated: &[u8],
        sealed: &'a mut [u8],
    ) -> Result<&'a mut [u8], Damaged> {
        if sealed.len() < Self::OVERHEAD {
            return Err(Damaged::Foreign);
        }
        let (salt, body) = sealed.split_first_chunk_mut::<SALT_LEN>().ok_or(Damaged::Foreign)?;
        let key = self.message_key(salt).ok_or(Damaged::Altered)?;
        key.open_in_place(nonce(), Aad::from(associated), body).map_err(|_| Damaged::Altered)
    }

    fn message_key(&self, salt: &[u8; SALT_LEN]) -> Option<LessSafeKey> {
        let mut input = [0; LABEL.len() + SALT_LEN];
        input[..LABEL.len()].copy_from_slice(LABEL);
        input[LABEL.len()..].copy_from_slice(salt);
        let mut key = Zeroizing::new([0; 32]);
        hmac::sign_to_buffer(&self.prepared, &input, &mut *key).ok()?;
        UnboundKey::new(&AES_256_GCM, &*key).ok().map(LessSafeKey::new)
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::{Damaged, SealingKey};
    use crate::SystemEntropy;

    #[test]
    fn a_message_opens_with_its_key_and_associated_data_only() {
        let key = SealingKey::new(&[1; 32]);
        let sealed = key.seal(b"about", b"message", &SystemEntropy);
        assert_eq!(sealed.len(), 7 + SealingKey::OVERHEAD);
        assert_eq!(**key.open(b"about", &sealed).unwrap(), *b"message");
        assert_eq!(key.open(b"other", &sealed), Err(Damaged::Altered));
        assert_eq!(SealingKey::new(&[2; 32]).open(b"about", &sealed), Err(Damaged::Altered));
    }

    #[test]
    fn opening_in_place_gives_the_same_plaintext() {
        let key = SealingKey::new(&[1; 32]);
        for message in [&b""[..], b"x", &[9; 5000]] {
            let mut sealed = key.seal(b"about", message, &SystemEntropy);
            assert_eq!(key.open_in_place(b"about", &mut sealed).unwrap(), message);
        }
    }

    #[test]
    fn a_failed_opening_in_place_releases_no_plaintext() {
        let key = SealingKey::new(&[1; 32]);
        let mut sealed = key.seal(b"about", &[b'P'; 64], &SystemEntropy);
        *sealed.last_mut().unwrap() ^= 1;
        assert!(key.open_in_place(b"about", &mut sealed).is_err());
        assert!(!sealed.windows(8).any(|window| window == [b'P'; 8]));
    }

    #[test]
    fn the_same_message_is_never_sealed_the_same_way() {
        let key = SealingKey::new(&[1; 32]);
        let first = key.seal(b"", b"message", &SystemEntropy);
        let second = key.seal(b"", b"message", &SystemEntropy);
        assert_ne!(first, second);
        // Different message keys, not merely different nonces: the ciphertexts differ too.
        assert_ne!(first[24..31], second[24..31]);
    }

    #[test]
    fn anything_too_short_is_foreign() {
        let key = SealingKey::new(&[1; 32]);
        for length in 0..SealingKey::OVERHEAD {
            assert_eq!(key.open(b"", &vec![0; length]), Err(Damaged::Foreign));
            assert_eq!(key.open_in_place(b"", &mut vec![0; length]), Err(Damaged::Foreign));
        }
    }
}
