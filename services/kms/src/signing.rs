//! Signing and verifying.

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256K1_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, UnparsedPublicKey,
    VerificationAlgorithm,
};
use strongroom_wire::{Result, Sensitive};

use crate::asymmetric::{AsymmetricKey, Pair};
use crate::error;
use crate::spec::{KeySpec, SigningAlgorithm, texts};

texts! {
    /// What a message is.
    MessageType { Raw = "RAW", Digest = "DIGEST", ExternalMu = "EXTERNAL_MU" }
}

/// What is signed, once it has been looked at.
pub enum Message {
    /// The message itself.
    Raw(Sensitive<Vec<u8>>),
    /// Its digest.
    Digest(Digest),
}

impl Message {
    /// Reads a message for `algorithm`.
    ///
    /// # Errors
    /// ValidationException for a digest of the wrong length, or a kind that the algorithm does not take.
    pub fn read(kind: MessageType, bytes: &[u8], algorithm: SigningAlgorithm) -> Result<Self> {
        match kind {
            MessageType::Raw => Ok(Self::Raw(Sensitive::new(bytes.to_vec()))),
            MessageType::Digest => {
                let of = digest_of(algorithm).ok_or_else(|| unsuited(kind, algorithm))?;
                let digest = Digest::import_less_safe(bytes, of);
                digest.map(Self::Digest).map_err(|_| error::digest_length(algorithm.text()))
            }
            // AWS-LC signs no message representative that was computed elsewhere.
            MessageType::ExternalMu => Err(unsuited(kind, algorithm)),
        }
    }
}

fn unsuited(kind: MessageType, algorithm: SigningAlgorithm) -> strongroom_wire::Error {
    error::validation(format!(
        "MessageType {} is not supported for algorithm {}.",
        kind.text(),
        algorithm.text()
    ))
}

/// Signs `message`. The key must be for signing and have `algorithm`.
///
/// # Errors
/// Internal only.
pub fn sign(
    key: &AsymmetricKey,
    algorithm: SigningAlgorithm,
    message: &Message,
) -> Result<Vec<u8>> {
    let signed = match (&key.pair, message) {
        (Pair::Rsa(pair), message) => {
            let encoding = rsa_encoding(algorithm).ok_or_else(unfit)?;
            let mut signature = vec![0; pair.public_modulus_len()];
            match message {
                Message::Raw(raw) => {
                    pair.sign(encoding, &SystemRandom::new(), raw.reveal(), &mut signature)
                }
                Message::Digest(digest) => pair.sign_digest(encoding, digest, &mut signature),
            }
            .map(|()| signature)
        }
        (Pair::Ecdsa(pair), Message::Raw(raw)) => {
            pair.sign(&SystemRandom::new(), raw.reveal()).map(|made| made.as_ref().to_vec())
        }
        (Pair::Ecdsa(pair), Message::Digest(digest)) => {
            pair.sign_digest(digest).map(|made| made.as_ref().to_vec())
        }
        (Pair::Ed25519(pair), Message::Raw(raw)) => {
            pair.try_sign(raw.reveal()).map(|made| made.as_ref().to_vec())
        }
        (Pair::MlDsa(pair), Message::Raw(raw)) => {
            let mut signature = vec![0; pair.algorithm().signature_len()];
            pair.sign(raw.reveal(), &mut signature).map(|length| {
                signature.truncate(length);
                signature
            })
        }
        _ => return Err(unfit()),
    };
    signed.map_err(|_| error::internal("the message could not be signed"))
}

/// Whether `signature` is one of `message` by the key.
///
/// # Errors
/// Internal only.
pub fn verifies(
    key: &AsymmetricKey,
    (spec, algorithm): (KeySpec, SigningAlgorithm),
    message: &Message,
    signature: &[u8],
) -> Result<bool> {
    let how = verification(spec, algorithm).ok_or_else(unfit)?;
    let public = UnparsedPublicKey::new(how, &key.public_raw);
    Ok(match message {
        Message::Raw(raw) => public.verify(raw.reveal(), signature),
        Message::Digest(digest) => public.verify_digest(digest, signature),
    }
    .is_ok())
}

fn unfit() -> strongroom_wire::Error {
    error::internal("the key does not fit its algorithm")
}

/// The digest that an algorithm signs, where it can be computed elsewhere.
fn digest_of(algorithm: SigningAlgorithm) -> Option<&'static digest::Algorithm> {
    use SigningAlgorithm as Signing;
    Some(match algorithm {
        Signing::RsassaPssSha256 | Signing::RsassaPkcs1V15Sha256 | Signing::EcdsaSha256 => {
            &digest::SHA256
        }
        Signing::RsassaPssSha384 | Signing::RsassaPkcs1V15Sha384 | Signing::EcdsaSha384 => {
            &digest::SHA384
        }
        Signing::RsassaPssSha512 | Signing::RsassaPkcs1V15Sha512 | Signing::EcdsaSha512 => {
            &digest::SHA512
        }
        _ => return None,
    })
}

fn rsa_encoding(algorithm: SigningAlgorithm) -> Option<&'static dyn RsaEncoding> {
    use SigningAlgorithm as Signing;
    Some(match algorithm {
        Signing::RsassaPssSha256 => &RSA_PSS_SHA256,
        Signing::RsassaPssSha384 => &RSA_PSS_SHA384,
        Signing::RsassaPssSha512 => &RSA_PSS_SHA512,
        Signing::RsassaPkcs1V15Sha256 => &RSA_PKCS1_SHA256,
        Signing::RsassaPkcs1V15Sha384 => &RSA_PKCS1_SHA384,
        Signing::RsassaPkcs1V15Sha512 => &RSA_PKCS1_SHA512,
        _ => return None,
    })
}

fn verification(
    spec: KeySpec,
    algorithm: SigningAlgorithm,
) -> Option<&'static dyn VerificationAlgorithm> {
    use SigningAlgorithm as Signing;
    Some(match (algorithm, spec) {
        (Signing::RsassaPssSha256, _) => &RSA_PSS_2048_8192_SHA256,
        (Signing::RsassaPssSha384, _) => &RSA_PSS_2048_8192_SHA384,
        (Signing::RsassaPssSha512, _) => &RSA_PSS_2048_8192_SHA512,
        (Signing::RsassaPkcs1V15Sha256, _) => &RSA_PKCS1_2048_8192_SHA256,
        (Signing::RsassaPkcs1V15Sha384, _) => &RSA_PKCS1_2048_8192_SHA384,
        (Signing::RsassaPkcs1V15Sha512, _) => &RSA_PKCS1_2048_8192_SHA512,
        (Signing::EcdsaSha256, KeySpec::EccNistP256) => &ECDSA_P256_SHA256_ASN1,
        (Signing::EcdsaSha256, KeySpec::EccSecgP256k1) => &ECDSA_P256K1_SHA256_ASN1,
        (Signing::EcdsaSha384, KeySpec::EccNistP384) => &ECDSA_P384_SHA384_ASN1,
        (Signing::EcdsaSha512, KeySpec::EccNistP521) => &ECDSA_P521_SHA512_ASN1,
        (Signing::Ed25519Sha512, _) => &ED25519,
        (Signing::MlDsaShake256, KeySpec::MlDsa44) => &ML_DSA_44,
        (Signing::MlDsaShake256, KeySpec::MlDsa65) => &ML_DSA_65,
        (Signing::MlDsaShake256, KeySpec::MlDsa87) => &ML_DSA_87,
        _ => return None,
    })
}
