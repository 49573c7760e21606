//! The value of a version, as it is stored.
//!
//! A SecureString of a standard parameter is KMS's ciphertext of it. One of an advanced parameter may be
//! longer than KMS takes, so it is sealed under a data key, which stands wrapped in front of it. The data
//! key seals exactly one message in its life, so AES-256-GCM with a random nonce is safe with it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use strongroom_api::{Circumstances, Entropy, Sensitive};
use strongroom_records::Record;
use strongroom_wire::{Error, Result};
use zeroize::Zeroizing;

use crate::error;
use crate::keys::{DataKey, KeyChoice, KeyFault, Keys, Plain};
use crate::shapes::{ParameterType, Tier};

/// A value as it is stored.
#[derive(Clone, Serialize, Deserialize)]
pub enum Value {
    /// A String or StringList.
    Text(Zeroizing<String>),
    /// A SecureString under a KMS key; base64, as it is shown to who does not decrypt.
    Direct(String),
    /// A SecureString under a data key: base64 of length and bytes of the wrapped key, nonce,
    /// ciphertext, tag.
    Envelope(String),
}

impl Record for Value {
    const KIND: &'static str = "value of a parameter";
}

/// What is needed to seal or open a value.
pub struct Sealing<'a> {
    /// KMS.
    pub keys: &'a dyn Keys,
    /// On whose behalf.
    pub on_behalf: &'a Circumstances<'a>,
    /// The parameter, to whose ARN the value is bound.
    pub arn: &'a str,
}

impl Sealing<'_> {
    /// Seals `text` as a value of this type and tier needs it.
    ///
    /// # Errors
    /// InvalidKeyId.
    pub async fn seal(
        &self,
        text: &Sensitive<String>,
        (kind, tier): (ParameterType, Tier),
        key: KeyChoice<'_>,
    ) -> Result<Value> {
        if kind != ParameterType::SecureString {
            return Ok(Value::Text(Zeroizing::new(text.reveal().clone())));
        }
        let plain = Plain::new(text.reveal().as_bytes().to_vec());
        if tier == Tier::Advanced {
            let data_key = self.keys.generate(self.on_behalf, key, self.arn).await.map_err(told)?;
            let sealed = seal(&plain, &data_key, self.arn, self.on_behalf.entropy)?;
            return Ok(Value::Envelope(BASE64.encode(&sealed)));
        }
        let blob = self.keys.encrypt(self.on_behalf, key, &plain, self.arn).await.map_err(told)?;
        Ok(Value::Direct(BASE64.encode(&blob)))
    }

    /// The value as it is shown: a SecureString as ciphertext unless `decrypt`.
    ///
    /// # Errors
    /// InvalidKeyId.
    pub async fn show(&self, value: &Value, decrypt: bool) -> Result<Sensitive<String>> {
        let (plain, sealed) = match value {
            Value::Text(text) => return Ok(Sensitive::new(text.to_string())),
            Value::Direct(text) | Value::Envelope(text) if !decrypt => {
                return Ok(Sensitive::new(text.clone()));
            }
            Value::Direct(text) => {
                let blob = BASE64.decode(text.as_bytes()).map_err(error::internal)?;
                (self.decrypt(&blob).await?, None)
            }
            Value::Envelope(text) => {
                let bytes = BASE64.decode(text.as_bytes()).map_err(error::internal)?;
                let (wrapped, sealed) = split(&bytes).ok_or_else(damaged)?;
                (self.decrypt(wrapped).await?, Some(sealed.to_vec()))
            }
        };
        let opened = match sealed {
            None => plain,
            Some(sealed) => open(&sealed, &plain, self.arn)?,
        };
        let text = std::str::from_utf8(opened.reveal()).map_err(|_| damaged())?;
        Ok(Sensitive::new(text.to_owned()))
    }

    async fn decrypt(&self, blob: &[u8]) -> Result<Plain> {
        self.keys.decrypt(self.on_behalf, blob, self.arn).await.map_err(told)
    }
}

fn told(fault: KeyFault) -> Error {
    match fault {
        KeyFault::Unusable(message) => error::invalid_key(message),
        KeyFault::Other(error) => error,
    }
}

fn damaged() -> Error {
    error::internal("a sealed value is damaged")
}

fn seal(plain: &Plain, key: &DataKey, arn: &str, entropy: &dyn Entropy) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    entropy.fill(&mut nonce);
    let length = u16::try_from(key.wrapped.len()).map_err(error::internal)?;
    let room = 2 + key.wrapped.len() + NONCE_LEN + plain.reveal().len() + 16;
    let mut out = Vec::with_capacity(room);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&key.wrapped);
    out.extend_from_slice(&nonce);
    let start = out.len();
    // The room is there, so no copy of the text is left behind.
    out.extend_from_slice(plain.reveal());
    let tag = cipher(&key.plain)?
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(arn.as_bytes()),
            &mut out[start..],
        )
        .map_err(|_| error::internal("a value could not be sealed"))?;
    out.extend_from_slice(tag.as_ref());
    Ok(out)
}

/// The wrapped data key, and nonce, ciphertext and tag.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

fn open(sealed: &[u8], key: &Plain, arn: &str) -> Result<Plain> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
    let mut buffer = Zeroizing::new(body.to_vec());
    let opened = cipher(key)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(arn.as_bytes()), &mut buffer)
        .map_err(|_| damaged())?
        .len();
    buffer.truncate(opened);
    Ok(Plain::new(std::mem::take(&mut *buffer)))
}

fn cipher(key: &Plain) -> Result<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key.reveal())
        .map(LessSafeKey::new)
        .map_err(|_| error::internal("a data key does not have 256 bits"))
}
