//! A certificate that somebody shows, and whether its key made a signature.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P521_SHA256_ASN1,
    RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use rustls_pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{AttributeTypeAndValue, FromDer, X509Name};

/// What is read of a certificate. That it can be read says nothing of whether it is to be trusted.
#[derive(Clone, Debug)]
pub struct Certificate {
    der: CertificateDer<'static>,
    /// The serial number, in decimal digits.
    pub serial: String,
    /// The same in hexadecimal digits, two for each byte.
    pub serial_hex: String,
    /// Whom it is about.
    pub subject: Vec<Attribute>,
    /// Who issued it.
    pub issuer: Vec<Attribute>,
    /// Its other names.
    pub names: Vec<Name>,
    /// Whether it says that its key may sign.
    pub may_sign: bool,
    /// Whether it is an authority's.
    pub is_authority: bool,
    /// Whether its key may sign certificates; `None` if it does not say.
    pub may_certify: Option<bool>,
    /// Whether its key may sign revocation lists; `None` if it does not say.
    pub may_revoke: Option<bool>,
    /// Whether it is signed over SHA-1 or MD5.
    pub is_weakly_signed: bool,
    /// The first moment at which it counts, in seconds.
    pub begins: i64,
    /// The last one, in seconds.
    pub ends: i64,
    subject_name: Vec<u8>,
    issuer_name: Vec<u8>,
    raw_serial: Vec<u8>,
    key: Key,
}

/// One part of a distinguished name: `CN` and its value.
pub type Attribute = (&'static str, String);

/// Another name of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A host.
    Dns(String),
    /// An address: a SPIFFE id, for one.
    Uri(String),
    /// A distinguished name.
    Directory(Vec<Attribute>),
}

#[derive(Clone, Debug)]
struct Key {
    kind: KeyKind,
    bytes: Vec<u8>,
}

/// A kind of key that can sign requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA.
    Rsa,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// Something else.
    Other,
}

/// No certificate of a client is larger.
const MOST_BYTES: usize = 16_384;
/// Parts of a name that are looked at.
const MOST_PARTS: usize = 64;

impl Certificate {
    /// Reads the base64 of a certificate.
    #[must_use]
    pub fn of_base64(text: &str) -> Option<Self> {
        if text.len() > MOST_BYTES * 4 / 3 + 4 {
            return None;
        }
        Self::of_der(&STANDARD.decode(text.trim_ascii()).ok()?)
    }

    /// Reads a certificate.
    #[must_use]
    pub fn of_der(der: &[u8]) -> Option<Self> {
        if der.len() > MOST_BYTES {
            return None;
        }
        let (rest, read) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let usage = read.key_usage().ok()?.map(|usage| *usage.value);
        let constraints = read.basic_constraints().ok()?;
        let alternatives = read.subject_alternative_name().ok()?;
        let names = alternatives.map(|names| names.value.general_names.iter().filter_map(name));
        Some(Self {
            der: CertificateDer::from(der.to_vec()),
            serial: read.tbs_certificate.serial.to_str_radix(10),
            serial_hex: HEXLOWER
                .encode(read.raw_serial().strip_prefix(&[0]).unwrap_or(read.raw_serial())),
            subject: attributes(read.subject()),
            issuer: attributes(read.issuer()),
            names: names.into_iter().flatten().take(MOST_PARTS).collect(),
            may_sign: usage.is_some_and(|usage| usage.digital_signature()),
            may_certify: usage.map(|usage| usage.key_cert_sign()),
            may_revoke: usage.map(|usage| usage.crl_sign()),
            is_authority: constraints.is_some_and(|constraints| constraints.value.ca),
            is_weakly_signed: WEAK.contains(&&*read.signature_algorithm.algorithm.to_id_string()),
            begins: read.validity().not_before.timestamp(),
            ends: read.validity().not_after.timestamp(),
            subject_name: read.subject().as_raw().to_vec(),
            issuer_name: read.issuer().as_raw().to_vec(),
            raw_serial: read.raw_serial().to_vec(),
            key: Key::of(&read)?,
        })
    }

    /// The certificate as it was read.
    #[must_use]
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// Whether this (DER) is its subject's name.
    pub(crate) fn is_called(&self, name: &[u8]) -> bool {
        self.subject_name == name
    }

    /// The name (DER) of its issuer.
    pub(crate) fn issuer_name(&self) -> &[u8] {
        &self.issuer_name
    }

    /// The serial number as it stands in the certificate.
    pub(crate) fn raw_serial(&self) -> &[u8] {
        &self.raw_serial
    }

    /// What tells it from every other certificate.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        HEXLOWER.encode(digest(&SHA256, &self.der).as_ref())
    }

    /// The kind of its key.
    #[must_use]
    pub fn key_kind(&self) -> KeyKind {
        self.key.kind
    }

    /// Whether its key has signed `message`, over SHA-256.
    #[must_use]
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &'static dyn VerificationAlgorithm = match self.key.kind {
            KeyKind::Rsa => &RSA_PKCS1_2048_8192_SHA256,
            KeyKind::P256 => &ECDSA_P256_SHA256_ASN1,
            KeyKind::P384 => &ECDSA_P384_SHA256_ASN1,
            KeyKind::P521 => &ECDSA_P521_SHA256_ASN1,
            KeyKind::Other => return false,
        };
        UnparsedPublicKey::new(algorithm, &self.key.bytes).verify(message, signature).is_ok()
    }

    /// The subject as one line, its last part first: `CN=web,O=Acme`.
    #[must_use]
    pub fn subject_line(&self) -> String {
        let parts = self.subject.iter().rev().map(|(name, value)| format!("{name}={value}"));
        parts.collect::<Vec<_>>().join(",")
    }
}

/// `sha1WithRSAEncryption`, `md5WithRSAEncryption`, `ecdsa-with-SHA1`.
const WEAK: [&str; 3] = ["1.2.840.113549.1.1.5", "1.2.840.113549.1.1.4", "1.2.840.10045.4.1"];

impl Key {
    fn of(read: &X509Certificate<'_>) -> Option<Self> {
        let info = read.public_key();
        let curve = || {
            let parameters = info.algorithm.parameters.as_ref()?;
            parameters.as_oid().ok().map(|oid| oid.to_id_string())
        };
        let kind = match &*info.algorithm.algorithm.to_id_string() {
            "1.2.840.113549.1.1.1" => KeyKind::Rsa,
            "1.2.840.10045.2.1" => match curve().as_deref() {
                Some("1.2.840.10045.3.1.7") => KeyKind::P256,
                Some("1.3.132.0.34") => KeyKind::P384,
                Some("1.3.132.0.35") => KeyKind::P521,
                _ => KeyKind::Other,
            },
            _ => KeyKind::Other,
        };
        Some(Self { kind, bytes: info.subject_public_key.data.to_vec() })
    }
}

fn name(general: &GeneralName<'_>) -> Option<Name> {
    match general {
        GeneralName::DNSName(name) => Some(Name::Dns((*name).to_owned())),
        GeneralName::URI(uri) => Some(Name::Uri((*uri).to_owned())),
        GeneralName::DirectoryName(name) => Some(Name::Directory(attributes(name))),
        _ => None,
    }
}

fn attributes(name: &X509Name<'_>) -> Vec<Attribute> {
    name.iter_attributes().filter_map(attribute).take(MOST_PARTS).collect()
}

fn attribute(part: &AttributeTypeAndValue<'_>) -> Option<Attribute> {
    let id = part.attr_type().to_id_string();
    let (_, short) = SHORT_NAMES.iter().find(|(oid, _)| *oid == id)?;
    Some((short, part.as_str().ok()?.to_owned()))
}

/// The parts of names that policies can speak of, as RFC 4519 and AWS abbreviate them.
const SHORT_NAMES: [(&str, &str); 18] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "T"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "I"),
    ("2.5.4.44", "GENERATION"),
    ("2.5.4.46", "DNQ"),
    ("2.5.4.65", "PSEUDONYM"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_no_certificate_is_nothing() {
        for text in ["", "AAAA", "not base64", &"A".repeat(100_000)] {
            assert!(Certificate::of_base64(text).is_none());
        }
    }

    #[test]
    fn what_stands_behind_a_certificate_spoils_it() {
        let key = rcgen::KeyPair::generate().unwrap();
        let made = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        let mut der = made.der().to_vec();
        assert!(Certificate::of_der(&der).is_some());
        for length in 0..der.len() {
            assert!(Certificate::of_der(&der[..length]).is_none());
        }
        der.push(0);
        assert!(Certificate::of_der(&der).is_none());
    }
}
