//! Asymmetric keys: how they are made, kept and read.
//!
//! The secret of such a key is its PKCS #8 document. Their randomness is AWS-LC's own: it offers no way
//! to hand in another source.

use aws_lc_rs::{agreement, kem};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;

use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize, PrivateDecryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1_SIGNING,
    ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING,
    ML_DSA_87_SIGNING, PqdsaKeyPair, PqdsaSigningAlgorithm,
};

use crate::material::Secret;
use crate::ml_kem;
use crate::spec::{KeySpec, KeyUsage};

/// A key pair, ready to be used.
pub struct AsymmetricKey {
    /// What it does.
    pub pair: Pair,
    /// The public half as SubjectPublicKeyInfo (DER).
    pub public_der: Vec<u8>,
    /// The public half as verification takes it.
    pub public_raw: Vec<u8>,
}

/// The private half.
pub enum Pair {
    /// Signs with RSA.
    Rsa(RsaKeyPair),
    /// Decrypts with RSA.
    RsaDecrypting(PrivateDecryptingKey),
    /// Signs with ECDSA.
    Ecdsa(EcdsaKeyPair),
    /// Signs with Ed25519.
    Ed25519(Ed25519KeyPair),
    /// Signs with ML-DSA.
    MlDsa(PqdsaKeyPair),
    /// Takes encapsulated secrets.
    MlKem(&'static kem::Algorithm),
    /// Agrees on secrets.
    Agreement(agreement::PrivateKey),
}

/// Makes a key pair of `spec`; `None` for specs that are no key pairs or not offered.
pub fn generate(spec: KeySpec) -> Option<Result<Secret, Unspecified>> {
    if let Some(size) = rsa_size(spec) {
        let made = RsaKeyPair::generate(size);
        return Some(made.and_then(|pair| {
            let der: Pkcs8V1Der<'_> = pair.as_der()?;
            Ok(secret(der.as_ref()))
        }));
    }
    if let Some(algorithm) = ecdsa(spec) {
        let made = EcdsaKeyPair::generate(algorithm);
        return Some(made.and_then(|pair| Ok(secret(pair.to_pkcs8v1()?.as_ref()))));
    }
    if let Some(algorithm) = ml_dsa(spec) {
        let made = PqdsaKeyPair::generate(algorithm);
        return Some(made.and_then(|pair| Ok(secret(pair.to_pkcs8v1()?.as_ref()))));
    }
    if let Some(form) = ml_kem::form(spec) {
        return Some(ml_kem::generate(form));
    }
    (spec == KeySpec::EccNistEdwards25519)
        .then(|| Ok(secret(Ed25519KeyPair::generate()?.to_pkcs8v1()?.as_ref())))
}

fn secret(pkcs8: &[u8]) -> Secret {
    Secret::new(pkcs8.to_vec())
}

impl AsymmetricKey {
    /// Reads the PKCS #8 document of a key; `None` if it is not one of `spec`.
    pub fn read(spec: KeySpec, usage: KeyUsage, secret: &Secret) -> Option<Self> {
        let der = secret.bytes();
        if rsa_size(spec).is_some() {
            return if usage == KeyUsage::EncryptDecrypt {
                Self::rsa_decrypting(spec, der)
            } else {
                Self::rsa(spec, der)
            };
        }
        if usage == KeyUsage::KeyAgreement {
            return Self::agreement(spec, der);
        }
        if let Some(algorithm) = ecdsa(spec) {
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, der).ok()?;
            let public = pair.public_key();
            let (public_der, public_raw) = (spki(public)?, public.as_ref().to_vec());
            return Some(Self { public_der, public_raw, pair: Pair::Ecdsa(pair) });
        }
        if let Some(algorithm) = ml_dsa(spec) {
            let pair = PqdsaKeyPair::from_pkcs8(algorithm, der).ok()?;
            let public = pair.public_key();
            let (public_der, public_raw) = (spki(public)?, public.as_ref().to_vec());
            return Some(Self { public_der, public_raw, pair: Pair::MlDsa(pair) });
        }
        if let Some(form) = ml_kem::form(spec) {
            let (public_der, public_raw) = ml_kem::public(form, der)?;
            return Some(Self { public_der, public_raw, pair: Pair::MlKem(form.algorithm) });
        }
        if spec != KeySpec::EccNistEdwards25519 {
            return None;
        }
        let pair = Ed25519KeyPair::from_pkcs8(der).ok()?;
        let public = pair.public_key();
        let (public_der, public_raw) = (spki(public)?, public.as_ref().to_vec());
        Some(Self { public_der, public_raw, pair: Pair::Ed25519(pair) })
    }

    fn rsa(spec: KeySpec, der: &[u8]) -> Option<Self> {
        let pair = RsaKeyPair::from_pkcs8(der).ok()?;
        if pair.public_modulus_len() != rsa_size(spec)?.len() {
            return None;
        }
        let public = pair.public_key();
        let (public_der, public_raw) = (spki(public)?, public.as_ref().to_vec());
        Some(Self { public_der, public_raw, pair: Pair::Rsa(pair) })
    }

    fn rsa_decrypting(spec: KeySpec, der: &[u8]) -> Option<Self> {
        let pair = PrivateDecryptingKey::from_pkcs8(der).ok()?;
        if pair.key_size_bytes() != rsa_size(spec)?.len() {
            return None;
        }
        let public_der = spki(&pair.public_key())?;
        Some(Self { public_der, public_raw: Vec::new(), pair: Pair::RsaDecrypting(pair) })
    }

    fn agreement(spec: KeySpec, der: &[u8]) -> Option<Self> {
        let pair = agreement::PrivateKey::from_private_key_der(ecdh(spec)?, der).ok()?;
        let public = pair.compute_public_key().ok()?;
        let (public_der, public_raw) = (spki(&public)?, public.as_ref().to_vec());
        Some(Self { public_der, public_raw, pair: Pair::Agreement(pair) })
    }
}

fn spki(public: &impl AsDer<PublicKeyX509Der<'static>>) -> Option<Vec<u8>> {
    Some(public.as_der().ok()?.as_ref().to_vec())
}

fn rsa_size(spec: KeySpec) -> Option<KeySize> {
    match spec {
        KeySpec::Rsa2048 => Some(KeySize::Rsa2048),
        KeySpec::Rsa3072 => Some(KeySize::Rsa3072),
        KeySpec::Rsa4096 => Some(KeySize::Rsa4096),
        _ => None,
    }
}

fn ecdsa(spec: KeySpec) -> Option<&'static EcdsaSigningAlgorithm> {
    match spec {
        KeySpec::EccNistP256 => Some(&ECDSA_P256_SHA256_ASN1_SIGNING),
        KeySpec::EccNistP384 => Some(&ECDSA_P384_SHA384_ASN1_SIGNING),
        KeySpec::EccNistP521 => Some(&ECDSA_P521_SHA512_ASN1_SIGNING),
        KeySpec::EccSecgP256k1 => Some(&ECDSA_P256K1_SHA256_ASN1_SIGNING),
        _ => None,
    }
}

fn ml_dsa(spec: KeySpec) -> Option<&'static PqdsaSigningAlgorithm> {
    match spec {
        KeySpec::MlDsa44 => Some(&ML_DSA_44_SIGNING),
        KeySpec::MlDsa65 => Some(&ML_DSA_65_SIGNING),
        KeySpec::MlDsa87 => Some(&ML_DSA_87_SIGNING),
        _ => None,
    }
}

/// How keys of `spec` agree on a secret.
pub fn ecdh(spec: KeySpec) -> Option<&'static agreement::Algorithm> {
    match spec {
        KeySpec::EccNistP256 => Some(&agreement::ECDH_P256),
        KeySpec::EccNistP384 => Some(&agreement::ECDH_P384),
        KeySpec::EccNistP521 => Some(&agreement::ECDH_P521),
        _ => None,
    }
}
