//! Signing keys, and a bounded cache of them.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use quick_cache::sync::Cache;
use zeroize::Zeroizing;

use crate::{Head, Refusal, Rules, Signed, check, hex, verify};

/// The key of one access key, day, Region and service, ready for use.
pub struct SigningKey(Key);

impl SigningKey {
    /// Derives the key; four HMACs, some 2 µs.
    pub fn derive(secret: &[u8], date: &str, region: &str, service: &str) -> Self {
        let mut start = Zeroizing::new(Vec::with_capacity(4 + secret.len()));
        start.extend_from_slice(b"AWS4");
        start.extend_from_slice(secret);
        let mut key = Key::new(HMAC_SHA256, &start);
        for part in [date, region, service, "aws4_request"] {
            key = Key::new(HMAC_SHA256, sign(&key, part.as_bytes()).as_ref());
        }
        Self(key)
    }

    /// The signature of a string to sign, as a client writes it: lower case hex.
    #[must_use]
    pub fn signature(&self, text: &[u8]) -> String {
        String::from_utf8_lossy(&self.sign(text)).into_owned()
    }

    /// The signature of a string to sign.
    pub(crate) fn sign(&self, text: &[u8]) -> hex::Hex {
        hex::encode(sign(&self.0, text).as_ref())
    }
}

/// A bounded cache of signing keys, safe to share between threads.
///
/// Each key is remembered with a fingerprint of the secret it came from, so that a replaced secret
/// never verifies with the old key, whatever the order of events.
pub struct SigningKeys {
    /// By the text of the credential, which names all four parts: a hit allocates nothing.
    keys: Cache<Box<str>, (u64, Arc<SigningKey>)>,
    hasher: RandomState,
}

impl SigningKeys {
    /// A cache of at most `capacity` keys.
    pub fn new(capacity: usize) -> Self {
        Self { keys: Cache::new(capacity), hasher: RandomState::new() }
    }

    /// [`verify`] with the secret instead of a derived key.
    ///
    /// Returns the key, for [`crate::decode_chunked`]. Only a key that has verified a request is
    /// kept: who knows an access key id but not its secret cannot push other keys out.
    ///
    /// # Errors
    /// Those of [`verify`].
    pub fn verify(
        &self,
        signed: &Signed<'_>,
        head: &Head<'_>,
        body: &[u8],
        secret: &[u8],
        now_epoch_seconds: i64,
        rules: &Rules<'_>,
    ) -> Result<Arc<SigningKey>, Refusal> {
        let fingerprint = self.hasher.hash_one(secret);
        if let Some((known, key)) = self.keys.get(signed.credential())
            && known == fingerprint
        {
            verify(signed, head, body, &key, now_epoch_seconds, rules)?;
            return Ok(key);
        }
        // A wrong scope must not cost a derivation.
        check(signed, now_epoch_seconds, rules)?;
        let key = SigningKey::derive(secret, signed.date(), signed.region(), signed.service());
        verify(signed, head, body, &key, now_epoch_seconds, rules)?;
        let key = Arc::new(key);
        self.keys.insert(signed.credential().into(), (fingerprint, Arc::clone(&key)));
        Ok(key)
    }

    /// Drops every key of an access key, so that nothing of a deleted one stays in memory.
    pub fn forget(&self, access_key_id: &str) {
        self.keys.retain(|credential, _| credential.split('/').next() != Some(access_key_id));
    }

    /// How many keys are held.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
