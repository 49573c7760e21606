//! Imported key material: how it travels, and what it becomes.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrapPadded};
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    PrivateDecryptingKey,
};
use serde::{Deserialize, Serialize};
use strongroom_records::Record;
use strongroom_wire::{Result, Timestamp};
use zeroize::Zeroizing;

use crate::asymmetric::AsymmetricKey;
use crate::error;
use crate::key::Key;
use crate::material::Secret;
use crate::spec::texts;

texts! {
    /// How material is wrapped on its way here.
    WrappingAlgorithm {
        RsaesPkcs1V15 = "RSAES_PKCS1_V1_5",
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        RsaAesKeyWrapSha1 = "RSA_AES_KEY_WRAP_SHA_1",
        RsaAesKeyWrapSha256 = "RSA_AES_KEY_WRAP_SHA_256",
        Sm2Pke = "SM2PKE",
    }
}

texts! {
    /// What it is wrapped with.
    WrappingKeySpec { Rsa2048 = "RSA_2048", Rsa3072 = "RSA_3072", Rsa4096 = "RSA_4096", Sm2 = "SM2" }
}

texts! {
    /// Whether imported material has an end.
    ExpirationModel {
        Expires = "KEY_MATERIAL_EXPIRES",
        DoesNotExpire = "KEY_MATERIAL_DOES_NOT_EXPIRE",
    }
}

/// The wrapping key that was last given out for a key. An older one ends with it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ticket {
    /// What the import must present, beside material that is wrapped with the key.
    pub token: Vec<u8>,
    /// How the material is wrapped.
    pub algorithm: WrappingAlgorithm,
    /// From then on it counts no more.
    pub valid_to: Timestamp,
    /// The private half, PKCS #8.
    private: Secret,
}

impl Record for Ticket {
    const KIND: &'static str = "import ticket";
}

/// A wrapping key: both halves.
pub struct WrappingKey {
    private: Secret,
    /// The public half as SubjectPublicKeyInfo (DER).
    pub public: Vec<u8>,
}

impl WrappingKey {
    /// Makes one; `None` if AWS-LC did not, or the spec is SM2.
    pub fn generate(spec: WrappingKeySpec) -> Option<Self> {
        let size = match spec {
            WrappingKeySpec::Rsa2048 => KeySize::Rsa2048,
            WrappingKeySpec::Rsa3072 => KeySize::Rsa3072,
            WrappingKeySpec::Rsa4096 => KeySize::Rsa4096,
            WrappingKeySpec::Sm2 => return None,
        };
        let pair = PrivateDecryptingKey::generate(size).ok()?;
        let private: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
        let private = Secret::new(private.as_ref().to_vec());
        Some(Self { private, public: public.as_ref().to_vec() })
    }
}

impl Ticket {
    /// A ticket for material that is wrapped with `key`.
    pub fn new(
        token: Vec<u8>,
        algorithm: WrappingAlgorithm,
        valid_to: Timestamp,
        key: WrappingKey,
    ) -> Self {
        Self { token, algorithm, valid_to, private: key.private }
    }

    /// Unwraps material; `None` if it was not wrapped for this ticket.
    pub fn unwrap(&self, wrapped: &[u8]) -> Option<Secret> {
        let private = PrivateDecryptingKey::from_pkcs8(self.private.bytes()).ok()?;
        let rsa_bytes = private.key_size_bytes();
        let (oaep, with_aes) = self.algorithm.parts()?;
        if !with_aes {
            return Some(Secret::new(std::mem::take(&mut *decrypt(private, oaep, wrapped)?)));
        }
        let (wrapped_key, wrapped_material) = wrapped.split_at_checked(rsa_bytes)?;
        let wrapping = decrypt(private, oaep, wrapped_key)?;
        let kek = AesKek::new(&AES_256, &wrapping).ok()?;
        let mut material = Zeroizing::new(vec![0; wrapped_material.len()]);
        let length = kek.unwrap_with_padding(wrapped_material, &mut material).ok()?.len();
        material.truncate(length);
        Some(Secret::new(std::mem::take(&mut *material)))
    }
}

impl WrappingAlgorithm {
    /// The padding of RSA, and whether the material is wrapped with an AES key in between; `None` for
    /// what is not offered. AWS itself takes PKCS #1 padding no more.
    pub fn parts(self) -> Option<(&'static OaepAlgorithm, bool)> {
        match self {
            Self::RsaesOaepSha1 => Some((&OAEP_SHA1_MGF1SHA1, false)),
            Self::RsaesOaepSha256 => Some((&OAEP_SHA256_MGF1SHA256, false)),
            Self::RsaAesKeyWrapSha1 => Some((&OAEP_SHA1_MGF1SHA1, true)),
            Self::RsaAesKeyWrapSha256 => Some((&OAEP_SHA256_MGF1SHA256, true)),
            Self::RsaesPkcs1V15 | Self::Sm2Pke => None,
        }
    }
}

fn decrypt(
    private: PrivateDecryptingKey,
    oaep: &'static OaepAlgorithm,
    wrapped: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let private = OaepPrivateDecryptingKey::new(private).ok()?;
    let mut out = Zeroizing::new(vec![0; private.min_output_size()]);
    let length = private.decrypt(oaep, wrapped, &mut out, None).ok()?.len();
    out.truncate(length);
    Some(out)
}

/// # Errors
/// IncorrectKeyMaterialException for material that cannot be that of `key`.
pub fn check_fits(key: &Key, secret: &Secret) -> Result<()> {
    let fits = match key.spec.random_bytes() {
        Some(length) => secret.bytes().len() == length,
        None => AsymmetricKey::read(key.spec, key.usage, secret).is_some(),
    };
    if fits { Ok(()) } else { Err(error::incorrect_material()) }
}
