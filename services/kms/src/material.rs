//! Key material: the secrets behind a key, one for each rotation.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strongroom_api::Entropy;
use strongroom_seal::SealingKey;
use strongroom_wire::{Result, Timestamp};
use zeroize::Zeroizing;

use crate::asymmetric::AsymmetricKey;
use crate::error;
use crate::key::Key;

/// One version of a key's material.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Material {
    /// 64 hexadecimal digits that follow from the secret and the key's id.
    pub id: String,
    /// The secret; `None` once imported material was deleted or has expired.
    pub secret: Option<Secret>,
    /// When it became the key's.
    pub since: Timestamp,
    /// How it came to be.
    pub source: Source,
    /// Whether it encrypts.
    pub role: Role,
    /// When imported material ends.
    #[serde(default)]
    pub valid_to: Option<Timestamp>,
    /// What people say about imported material.
    #[serde(default)]
    pub description: Option<String>,
    /// What follows from the secret by computing.
    #[serde(skip)]
    pub(crate) prepared: Prepared,
}

/// How a version of material came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// With the key.
    Created,
    /// By the yearly (or otherwise set) rotation.
    Automatic,
    /// By RotateKeyOnDemand.
    OnDemand,
    /// It was imported.
    Imported,
}

/// What a version of material does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// It encrypts and decrypts.
    Current,
    /// It decrypts what it once encrypted.
    Former,
    /// It was imported and waits for RotateKeyOnDemand.
    Pending,
}

impl Material {
    /// Material of a key with this id.
    pub fn new(key_id: &str, secret: Secret, since: Timestamp, source: Source) -> Self {
        let id = material_id(key_id, &secret);
        Self {
            id,
            secret: Some(secret),
            since,
            source,
            role: Role::Current,
            valid_to: None,
            description: None,
            prepared: Prepared::default(),
        }
    }

    /// Whether its secret is there at `now`.
    pub fn is_at_hand(&self, now: Timestamp) -> bool {
        self.secret.is_some() && self.valid_to.is_none_or(|end| end > now)
    }

    /// The first half of the id as bytes, which ciphertexts carry.
    pub fn short_id(&self) -> Option<[u8; 16]> {
        HEXLOWER.decode(self.id.get(..32)?.as_bytes()).ok()?.try_into().ok()
    }

    /// The symmetric key, prepared on first use; `None` if there is no such secret.
    pub fn sealing_key(&self) -> Option<&SealingKey> {
        if let Some(key) = self.prepared.sealing.get() {
            return Some(key);
        }
        let bytes = self.secret.as_ref()?.bytes().try_into().ok()?;
        Some(self.prepared.sealing.get_or_init(|| SealingKey::new(bytes)))
    }

    /// The key pair of `key`, whose material this is, prepared on first use.
    ///
    /// # Errors
    /// Internal only: the secret is no such key pair.
    pub fn asymmetric_key(&self, key: &Key) -> Result<Arc<AsymmetricKey>> {
        if let Some(pair) = self.prepared.asymmetric.get() {
            return Ok(Arc::clone(pair));
        }
        let secret = self.secret.as_ref();
        let pair = secret.and_then(|secret| AsymmetricKey::read(key.spec, key.usage, secret));
        let pair = pair.ok_or_else(|| error::internal(format!("{} is no key pair", key.arn())))?;
        Ok(Arc::clone(self.prepared.asymmetric.get_or_init(|| Arc::new(pair))))
    }
}

/// An id that commits to the secret without telling anything about it.
pub fn material_id(key_id: &str, secret: &Secret) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(b"strongroom key material id\0");
    context.update(key_id.as_bytes());
    HEXLOWER.encode(context.sign().as_ref())
}

/// The prepared form of a secret, made when it is first needed. A changed record starts anew.
#[derive(Default)]
pub(crate) struct Prepared {
    sealing: OnceLock<SealingKey>,
    asymmetric: OnceLock<Arc<AsymmetricKey>>,
}

impl Clone for Prepared {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The bytes of a secret; they are wiped when dropped and cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// These bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// `length` random bytes.
    pub fn random(length: usize, entropy: &dyn Entropy) -> Self {
        let mut bytes = vec![0; length];
        entropy.fill(&mut bytes);
        Self::new(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of a secret")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> std::result::Result<Secret, E> {
        Ok(Secret::new(bytes.to_vec()))
    }

    fn visit_byte_buf<E: serde::de::Error>(self, bytes: Vec<u8>) -> std::result::Result<Secret, E> {
        Ok(Secret::new(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Secret, A::Error> {
        let mut bytes =
            Zeroizing::new(Vec::with_capacity(items.size_hint().unwrap_or(0).min(8_192)));
        while let Some(byte) = items.next_element()? {
            bytes.push(byte);
        }
        Ok(Secret(bytes))
    }
}
