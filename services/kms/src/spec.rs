//! What a key is made of and made for: key specs, usages, origins, algorithms.

/// An enum of AWS's texts that can be read from requests and from records.
macro_rules! texts {
    ($(#[$outer:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, ::strongroom_wire::Shape, ::serde::Deserialize)]
        pub enum $name {
            $(#[doc = $text] #[shape(name = $text)] #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// AWS's text.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}
pub(crate) use texts;

texts! {
    /// The kind of key.
    KeySpec {
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        EccNistP256 = "ECC_NIST_P256",
        EccNistP384 = "ECC_NIST_P384",
        EccNistP521 = "ECC_NIST_P521",
        EccSecgP256k1 = "ECC_SECG_P256K1",
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        Hmac224 = "HMAC_224",
        Hmac256 = "HMAC_256",
        Hmac384 = "HMAC_384",
        Hmac512 = "HMAC_512",
        Sm2 = "SM2",
        MlDsa44 = "ML_DSA_44",
        MlDsa65 = "ML_DSA_65",
        MlDsa87 = "ML_DSA_87",
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519",
        MlKem512 = "ML_KEM_512",
        MlKem768 = "ML_KEM_768",
        MlKem1024 = "ML_KEM_1024",
    }
}

texts! {
    /// The kind of key as the deprecated member `CustomerMasterKeySpec` takes it.
    CustomerMasterKeySpec {
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        EccNistP256 = "ECC_NIST_P256",
        EccNistP384 = "ECC_NIST_P384",
        EccNistP521 = "ECC_NIST_P521",
        EccSecgP256k1 = "ECC_SECG_P256K1",
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        Hmac224 = "HMAC_224",
        Hmac256 = "HMAC_256",
        Hmac384 = "HMAC_384",
        Hmac512 = "HMAC_512",
        Sm2 = "SM2",
    }
}

texts! {
    /// What a key is for.
    KeyUsage {
        SignVerify = "SIGN_VERIFY",
        EncryptDecrypt = "ENCRYPT_DECRYPT",
        GenerateVerifyMac = "GENERATE_VERIFY_MAC",
        KeyAgreement = "KEY_AGREEMENT",
        EncapsulateDecapsulate = "ENCAPSULATE_DECAPSULATE",
    }
}

texts! {
    /// Where the material of a key comes from.
    Origin {
        AwsKms = "AWS_KMS",
        External = "EXTERNAL",
        AwsCloudHsm = "AWS_CLOUDHSM",
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }
}

texts! {
    /// Who manages a key.
    KeyManager { Aws = "AWS", Customer = "CUSTOMER" }
}

texts! {
    /// How to encrypt.
    EncryptionAlgorithm {
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        Sm2Pke = "SM2PKE",
    }
}

texts! {
    /// How to sign.
    SigningAlgorithm {
        RsassaPssSha256 = "RSASSA_PSS_SHA_256",
        RsassaPssSha384 = "RSASSA_PSS_SHA_384",
        RsassaPssSha512 = "RSASSA_PSS_SHA_512",
        RsassaPkcs1V15Sha256 = "RSASSA_PKCS1_V1_5_SHA_256",
        RsassaPkcs1V15Sha384 = "RSASSA_PKCS1_V1_5_SHA_384",
        RsassaPkcs1V15Sha512 = "RSASSA_PKCS1_V1_5_SHA_512",
        EcdsaSha256 = "ECDSA_SHA_256",
        EcdsaSha384 = "ECDSA_SHA_384",
        EcdsaSha512 = "ECDSA_SHA_512",
        Sm2Dsa = "SM2DSA",
        MlDsaShake256 = "ML_DSA_SHAKE_256",
        Ed25519Sha512 = "ED25519_SHA_512",
        Ed25519PhSha512 = "ED25519_PH_SHA_512",
    }
}

texts! {
    /// How to make a message authentication code.
    MacAlgorithm {
        HmacSha224 = "HMAC_SHA_224",
        HmacSha256 = "HMAC_SHA_256",
        HmacSha384 = "HMAC_SHA_384",
        HmacSha512 = "HMAC_SHA_512",
    }
}

texts! {
    /// How to agree on a secret.
    KeyAgreementAlgorithm { Ecdh = "ECDH" }
}

texts! {
    /// How to share a secret by encapsulating it.
    EncapsulationAlgorithm { MlKem = "ML_KEM" }
}

impl KeySpec {
    /// The spec in the words of the deprecated member, where it has words for it.
    pub(crate) fn legacy(self) -> Option<CustomerMasterKeySpec> {
        use CustomerMasterKeySpec as Old;
        Some(match self {
            Self::Rsa2048 => Old::Rsa2048,
            Self::Rsa3072 => Old::Rsa3072,
            Self::Rsa4096 => Old::Rsa4096,
            Self::EccNistP256 => Old::EccNistP256,
            Self::EccNistP384 => Old::EccNistP384,
            Self::EccNistP521 => Old::EccNistP521,
            Self::EccSecgP256k1 => Old::EccSecgP256k1,
            Self::SymmetricDefault => Old::SymmetricDefault,
            Self::Hmac224 => Old::Hmac224,
            Self::Hmac256 => Old::Hmac256,
            Self::Hmac384 => Old::Hmac384,
            Self::Hmac512 => Old::Hmac512,
            Self::Sm2 => Old::Sm2,
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 | Self::EccNistEdwards25519 => {
                return None;
            }
            Self::MlKem512 | Self::MlKem768 | Self::MlKem1024 => return None,
        })
    }

    /// Whether AWS lets a key of this spec have this usage.
    pub(crate) fn allows(self, usage: KeyUsage) -> bool {
        use KeyUsage::{
            EncapsulateDecapsulate, EncryptDecrypt, GenerateVerifyMac, KeyAgreement, SignVerify,
        };
        match self {
            Self::SymmetricDefault => usage == EncryptDecrypt,
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => {
                matches!(usage, EncryptDecrypt | SignVerify)
            }
            Self::EccNistP256 | Self::EccNistP384 | Self::EccNistP521 => {
                matches!(usage, SignVerify | KeyAgreement)
            }
            Self::Sm2 => matches!(usage, EncryptDecrypt | SignVerify | KeyAgreement),
            Self::MlKem512 | Self::MlKem768 | Self::MlKem1024 => usage == EncapsulateDecapsulate,
            Self::EccSecgP256k1
            | Self::EccNistEdwards25519
            | Self::MlDsa44
            | Self::MlDsa65
            | Self::MlDsa87 => usage == SignVerify,
            Self::Hmac224 | Self::Hmac256 | Self::Hmac384 | Self::Hmac512 => {
                usage == GenerateVerifyMac
            }
        }
    }

    /// The length in bytes of the secret, for keys that are nothing but random bytes.
    pub(crate) fn random_bytes(self) -> Option<usize> {
        match self {
            Self::SymmetricDefault | Self::Hmac256 => Some(32),
            Self::Hmac224 => Some(28),
            Self::Hmac384 => Some(48),
            Self::Hmac512 => Some(64),
            _ => None,
        }
    }

    /// The encryption algorithms of a key of this spec that is made for encryption.
    pub(crate) fn encryption_algorithms(self) -> &'static [EncryptionAlgorithm] {
        match self {
            Self::SymmetricDefault => &[EncryptionAlgorithm::SymmetricDefault],
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => {
                &[EncryptionAlgorithm::RsaesOaepSha1, EncryptionAlgorithm::RsaesOaepSha256]
            }
            _ => &[],
        }
    }

    /// The signing algorithms of a key of this spec that is made for signing.
    pub(crate) fn signing_algorithms(self) -> &'static [SigningAlgorithm] {
        use SigningAlgorithm as Signing;
        match self {
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &[
                Signing::RsassaPkcs1V15Sha256,
                Signing::RsassaPkcs1V15Sha384,
                Signing::RsassaPkcs1V15Sha512,
                Signing::RsassaPssSha256,
                Signing::RsassaPssSha384,
                Signing::RsassaPssSha512,
            ],
            Self::EccNistP256 | Self::EccSecgP256k1 => &[Signing::EcdsaSha256],
            Self::EccNistP384 => &[Signing::EcdsaSha384],
            Self::EccNistP521 => &[Signing::EcdsaSha512],
            Self::EccNistEdwards25519 => &[Signing::Ed25519Sha512],
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => &[Signing::MlDsaShake256],
            _ => &[],
        }
    }

    /// The MAC algorithms of a key of this spec.
    pub(crate) fn mac_algorithms(self) -> &'static [MacAlgorithm] {
        match self {
            Self::Hmac224 => &[MacAlgorithm::HmacSha224],
            Self::Hmac256 => &[MacAlgorithm::HmacSha256],
            Self::Hmac384 => &[MacAlgorithm::HmacSha384],
            Self::Hmac512 => &[MacAlgorithm::HmacSha512],
            _ => &[],
        }
    }
}

impl CustomerMasterKeySpec {
    /// The spec under its new name.
    pub(crate) fn modern(self) -> KeySpec {
        match self {
            Self::Rsa2048 => KeySpec::Rsa2048,
            Self::Rsa3072 => KeySpec::Rsa3072,
            Self::Rsa4096 => KeySpec::Rsa4096,
            Self::EccNistP256 => KeySpec::EccNistP256,
            Self::EccNistP384 => KeySpec::EccNistP384,
            Self::EccNistP521 => KeySpec::EccNistP521,
            Self::EccSecgP256k1 => KeySpec::EccSecgP256k1,
            Self::SymmetricDefault => KeySpec::SymmetricDefault,
            Self::Hmac224 => KeySpec::Hmac224,
            Self::Hmac256 => KeySpec::Hmac256,
            Self::Hmac384 => KeySpec::Hmac384,
            Self::Hmac512 => KeySpec::Hmac512,
            Self::Sm2 => KeySpec::Sm2,
        }
    }
}
