//! Members that many requests share.

use strongroom_wire::{Blob, Sensitive, Shape};

use crate::spec::texts;

/// An alias with its prefix: `alias/payments`.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=256, pattern = "^[a-zA-Z0-9:/_-]+$")]
pub struct AliasName(pub String);

/// A grant token.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=8192)]
pub struct GrantToken(pub Sensitive<String>);

/// A ciphertext as requests carry it. It is sensitive only in that CloudTrail does not repeat it.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=6144)]
pub struct Ciphertext(pub Sensitive<Blob>);

/// A plaintext as requests carry it.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=4096)]
pub struct Plaintext(pub Sensitive<Blob>);

/// A key policy's text.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=131072, pattern = "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+")]
pub struct PolicyText(pub String);

/// The name of a key policy; the only one there is is `default`.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128, pattern = "[\\w]+")]
pub struct PolicyName(pub String);

/// Where a list goes on.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=1024, pattern = "[\\u0020-\\u00FF]*")]
pub struct Marker(pub String);

/// How many entries a page may have.
#[derive(Clone, Copy, Debug, Shape)]
#[shape(range = 1..=1000)]
pub struct Limit(pub i32);

/// A Nitro enclave as the reader of the reply; refused.
#[derive(Clone, Debug, Shape)]
pub struct RecipientInfo {
    /// How the reply would be encrypted.
    pub key_encryption_algorithm: Option<KeyEncryptionMechanism>,
    /// The enclave's statement about itself.
    #[shape(length = 1..=262144)]
    pub attestation_document: Option<Blob>,
}

texts! {
    /// How a reply for an enclave would be encrypted.
    KeyEncryptionMechanism { RsaesOaepSha256 = "RSAES_OAEP_SHA_256" }
}

texts! {
    /// What a dry run leaves out.
    DryRunModifier { IgnoreCiphertext = "IGNORE_CIPHERTEXT" }
}

texts! {
    /// The length of a data key.
    DataKeySpec { Aes256 = "AES_256", Aes128 = "AES_128" }
}

impl Ciphertext {
    /// Wraps the bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Sensitive::new(Blob(bytes)))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0.reveal().0
    }
}

impl Plaintext {
    /// Wraps the bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Sensitive::new(Blob(bytes)))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0.reveal().0
    }
}
