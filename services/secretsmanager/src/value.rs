//! A version's value, sealed under a data key of its own.
//!
//! The data key comes from KMS, wrapped with the encryption context `SecretARN`, `SecretVersionId`.
//! It seals exactly one message in its life, so AES-256-GCM with a random nonce is safe with it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use strongroom_api::{Blob, Entropy, Error, Sensitive};
use strongroom_records::Record;

use crate::error;
use crate::keys::{Context, PlainKey, Wrapped};

/// Bytes that a value may have.
pub const MOST_BYTES: usize = 65_536;

/// A value in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `SecretString`.
    Text(Sensitive<String>),
    /// `SecretBinary`.
    Binary(Sensitive<Blob>),
}

/// A sealed value with every wrapping of its data key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope {
    /// Whether the value is `SecretBinary`.
    binary: bool,
    /// The data key, under each KMS key that can open it; the first is the one in use.
    keys: Vec<Key>,
    /// Nonce, ciphertext, tag.
    #[serde(with = "bytes")]
    sealed: Vec<u8>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Key {
    arn: String,
    #[serde(with = "bytes")]
    blob: Vec<u8>,
}

impl Record for Envelope {
    const KIND: &'static str = "value";
}

impl Value {
    /// The value of a request that may carry either kind.
    ///
    /// # Errors
    /// AWS's error for both kinds at once, and for a text of more bytes than the quota.
    pub fn of(
        text: Option<&Sensitive<String>>,
        binary: Option<&Sensitive<Blob>>,
    ) -> Result<Option<Self>, Error> {
        match (text, binary) {
            (Some(_), Some(_)) => Err(error::both_values()),
            (Some(text), None) if text.reveal().len() > MOST_BYTES => Err(error::value_too_long()),
            (Some(text), None) => Ok(Some(Self::Text(text.clone()))),
            (None, Some(binary)) => Ok(Some(Self::Binary(binary.clone()))),
            (None, None) => Ok(None),
        }
    }

    /// Whether this is the same value of the same kind. The same bytes once as text and once as binary
    /// count as different.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let same_kind = std::mem::discriminant(self) == std::mem::discriminant(other);
        same_kind
            && aws_lc_rs::constant_time::verify_slices_are_equal(self.bytes(), other.bytes())
                .is_ok()
    }

    /// The value as the two members of a reply.
    #[must_use]
    pub fn split(self) -> (Option<Sensitive<String>>, Option<Sensitive<Blob>>) {
        match self {
            Self::Text(text) => (Some(text), None),
            Self::Binary(binary) => (None, Some(binary)),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.reveal().as_bytes(),
            Self::Binary(binary) => &binary.reveal().0,
        }
    }
}

impl Envelope {
    /// Seals `value` for `context` with a data key that seals nothing else.
    ///
    /// # Errors
    /// Internal only: a data key that is none.
    pub fn seal(
        value: &Value,
        context: Context<'_>,
        plain: &PlainKey,
        wrapped: Wrapped,
        entropy: &dyn Entropy,
    ) -> Result<Self, Error> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let binary = matches!(value, Value::Binary(_));
        let mut sealed = Vec::with_capacity(NONCE_LEN + value.bytes().len() + 16);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(value.bytes());
        let tag = cipher(plain)?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated(context, binary)),
                &mut sealed[NONCE_LEN..],
            )
            .map_err(|_| Error::internal("a value could not be sealed"))?;
        sealed.extend_from_slice(tag.as_ref());
        let keys = vec![Key { arn: wrapped.key_arn, blob: wrapped.blob }];
        Ok(Self { binary, keys, sealed })
    }

    /// Opens the value.
    ///
    /// # Errors
    /// Internal only: the record is damaged.
    pub fn open(&self, context: Context<'_>, plain: &PlainKey) -> Result<Value, Error> {
        let damaged = || Error::internal("a sealed value is damaged");
        let (nonce, body) = self.sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
        let mut buffer = zeroize::Zeroizing::new(body.to_vec());
        let opened = cipher(plain)?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(associated(context, self.binary)),
                &mut buffer,
            )
            .map_err(|_| damaged())?
            .len();
        buffer.truncate(opened);
        let bytes = std::mem::take(&mut *buffer);
        if self.binary {
            return Ok(Value::Binary(Sensitive::new(Blob(bytes))));
        }
        let text = String::from_utf8(bytes).map_err(|_| damaged())?;
        Ok(Value::Text(Sensitive::new(text)))
    }

    /// The ARNs of the KMS keys that can open it, and their wrappings.
    pub fn wrappings(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.keys.iter().map(|key| (key.arn.as_str(), key.blob.as_slice()))
    }

    /// Adds a wrapping under a new key, which becomes the one in use.
    pub fn add_wrapping(&mut self, wrapped: Wrapped) {
        self.keys.retain(|key| key.arn != wrapped.key_arn);
        self.keys.insert(0, Key { arn: wrapped.key_arn, blob: wrapped.blob });
    }

    /// Bytes of the sealed value.
    #[must_use]
    pub fn size(&self) -> usize {
        self.sealed.len()
    }
}

fn cipher(plain: &PlainKey) -> Result<LessSafeKey, Error> {
    UnboundKey::new(&AES_256_GCM, plain.reveal())
        .map(LessSafeKey::new)
        .map_err(|_| Error::internal("a data key does not have 256 bits"))
}

/// What the ciphertext is bound to beside its key.
fn associated(context: Context<'_>, binary: bool) -> Vec<u8> {
    let mut associated =
        Vec::with_capacity(context.secret_arn.len() + context.version_id.len() + 2);
    associated.push(u8::from(binary));
    associated.extend_from_slice(context.secret_arn.as_bytes());
    associated.push(0);
    associated.extend_from_slice(context.version_id.as_bytes());
    associated
}

mod bytes {
    //! Bytes as MessagePack's own kind of bytes, rather than a list of numbers.

    use serde::de::{Deserializer, Visitor};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}
