//! ML-KEM: secrets that one side encapsulates and the other takes out.
//!
//! AWS-LC gives and takes such keys as bare bytes. They are kept as PKCS #8 with the expanded key
//! (RFC 9935), in which the public half stands behind the first part of the private one (FIPS 203, 7.1).

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::kem::{
    Algorithm, Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_512, ML_KEM_768, ML_KEM_1024,
};
use zeroize::Zeroizing;

use crate::material::Secret;
use crate::spec::KeySpec;

/// One of the parameter sets.
pub struct Form {
    /// As AWS-LC knows it.
    pub algorithm: &'static Algorithm,
    /// The last part of its object identifier, 2.16.840.1.101.3.4.4.n.
    oid: u8,
    /// The rank of the module: what everything's length follows from.
    rank: usize,
}

static FORM_512: Form = Form { algorithm: &ML_KEM_512, oid: 1, rank: 2 };
static FORM_768: Form = Form { algorithm: &ML_KEM_768, oid: 2, rank: 3 };
static FORM_1024: Form = Form { algorithm: &ML_KEM_1024, oid: 3, rank: 4 };

/// The parameter set of a spec.
pub fn form(spec: KeySpec) -> Option<&'static Form> {
    match spec {
        KeySpec::MlKem512 => Some(&FORM_512),
        KeySpec::MlKem768 => Some(&FORM_768),
        KeySpec::MlKem1024 => Some(&FORM_1024),
        _ => None,
    }
}

impl Form {
    fn private_bytes(&self) -> usize {
        768 * self.rank + 96
    }

    fn public_bytes(&self) -> usize {
        384 * self.rank + 32
    }

    /// `AlgorithmIdentifier`.
    fn identifier(&self) -> Vec<u8> {
        let oid = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x04, self.oid];
        tlv(SEQUENCE, &tlv(0x06, &oid))
    }

    /// What stands in front of the expanded key in its PKCS #8 document.
    fn private_prefix(&self) -> Vec<u8> {
        let key = vec![0; self.private_bytes()];
        let mut document = pkcs8(self, &key);
        document.truncate(document.len() - key.len());
        document
    }
}

/// A new private key, PKCS #8.
pub fn generate(form: &Form) -> Result<Secret, Unspecified> {
    let key = DecapsulationKey::generate(form.algorithm)?;
    let bytes = key.key_bytes()?;
    Ok(Secret::new(pkcs8(form, bytes.as_ref())))
}

/// The public half of a private key, as SubjectPublicKeyInfo and bare; `None` if it is none.
pub fn public(form: &Form, document: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let key = private(form, document)?;
    let start = 384 * form.rank;
    let public = key.get(start..start + form.public_bytes())?;
    // Unused bits of a bit string: none.
    let bits = [&[0], public].concat();
    let der = tlv(SEQUENCE, &[form.identifier(), tlv(0x03, &bits)].concat());
    Some((der, public.to_vec()))
}

/// A fresh secret, and its capsule for the holder of the private half of `public`.
pub fn encapsulate(
    algorithm: &'static Algorithm,
    public: &[u8],
) -> Option<(Zeroizing<Vec<u8>>, Vec<u8>)> {
    let key = EncapsulationKey::new(algorithm, public).ok()?;
    let (capsule, secret) = key.encapsulate().ok()?;
    Some((Zeroizing::new(secret.as_ref().to_vec()), capsule.as_ref().to_vec()))
}

/// The secret in a capsule. One that was altered gives another secret, as ML-KEM has it; one of the wrong
/// length gives none.
pub fn decapsulate(spec: KeySpec, secret: &Secret, capsule: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let form = form(spec)?;
    let key = DecapsulationKey::new(form.algorithm, private(form, secret.bytes())?).ok()?;
    let shared = key.decapsulate(Ciphertext::from(capsule)).ok()?;
    Some(Zeroizing::new(shared.as_ref().to_vec()))
}

fn private<'d>(form: &Form, document: &'d [u8]) -> Option<&'d [u8]> {
    let key = document.strip_prefix(form.private_prefix().as_slice())?;
    (key.len() == form.private_bytes()).then_some(key)
}

const SEQUENCE: u8 = 0x30;
const OCTETS: u8 = 0x04;

fn pkcs8(form: &Form, key: &[u8]) -> Vec<u8> {
    let version = tlv(0x02, &[0]);
    // The private key is an octet string that holds the choice "expandedKey", an octet string too.
    let key = Zeroizing::new(tlv(OCTETS, &Zeroizing::new(tlv(OCTETS, key))));
    tlv(SEQUENCE, &Zeroizing::new([version.as_slice(), &form.identifier(), &key].concat()))
}

/// One DER element of less than 64 KiB.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=127 => out.push(length as u8),
        128..=255 => out.extend_from_slice(&[0x81, length as u8]),
        _ => out.extend_from_slice(&[0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(content);
    out
}
