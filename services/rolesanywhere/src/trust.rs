//! Whether a certificate leads to a trust anchor now, and is not revoked.

use std::time::Duration;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use strongroom_api::Timestamp;
use strongroom_wire::{Error, Result};
use webpki::aws_lc_rs as algorithms;
use webpki::{EndEntityCert, KeyUsage};

use crate::certificate::Certificate;
use crate::{error, revocation};

/// Certificates beside the leaf that a sender may show.
pub const LONGEST_CHAIN: usize = 5;
/// Certificates that one anchor may consist of.
const MOST_ANCHORS: usize = 10;

/// SHA-256 and better, as AWS demands.
pub(crate) static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    algorithms::ECDSA_P256_SHA256,
    algorithms::ECDSA_P256_SHA384,
    algorithms::ECDSA_P256_SHA512,
    algorithms::ECDSA_P384_SHA256,
    algorithms::ECDSA_P384_SHA384,
    algorithms::ECDSA_P384_SHA512,
    algorithms::ECDSA_P521_SHA256,
    algorithms::ECDSA_P521_SHA384,
    algorithms::ECDSA_P521_SHA512,
    algorithms::ED25519,
    algorithms::RSA_PKCS1_2048_8192_SHA256,
    algorithms::RSA_PKCS1_2048_8192_SHA384,
    algorithms::RSA_PKCS1_2048_8192_SHA512,
    algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];

/// The certificates of a bundle that is to be an anchor.
///
/// # Errors
/// `ValidationException` for a bundle without certificates, and for one of what is no authority.
pub fn read_anchors(pem: &str) -> Result<Vec<Certificate>> {
    let sections = CertificateDer::pem_slice_iter(pem.as_bytes());
    let ders: Vec<_> =
        sections.collect::<Result<_, _>>().map_err(|_| error::bad_certificate_data())?;
    if ders.is_empty() || ders.len() > MOST_ANCHORS {
        return Err(error::bad_certificate_data());
    }
    let read = |der: &CertificateDer<'_>| {
        let certificate = Certificate::of_der(der).ok_or_else(error::bad_certificate_data)?;
        webpki::anchor_from_trusted_cert(der).map_err(|_| error::bad_certificate_data())?;
        match &certificate {
            one if !one.is_authority => Err(error::not_an_authority()),
            one if one.may_certify == Some(false) => Err(error::may_not_sign_certificates()),
            one if one.is_weakly_signed => Err(error::weak_signature()),
            _ => Ok(certificate),
        }
    };
    ders.iter().map(read).collect()
}

/// Follows `leaf` over `chain` to one of the `anchors`, and asks the `crls` (DER) about each step.
///
/// # Errors
/// `AccessDeniedException` with AWS's words, as far as they are known.
pub fn check(
    leaf: &Certificate,
    chain: &[CertificateDer<'_>],
    anchors: &[Certificate],
    crls: &[Vec<u8>],
    now: Timestamp,
) -> Result<()> {
    let is_now = |one: &&Certificate| (one.begins..=one.ends).contains(&now.seconds());
    if !leaf.may_sign || leaf.is_authority {
        return Err(error::insufficient());
    }
    let valid: Vec<TrustAnchor<'_>> = anchors
        .iter()
        .filter(is_now)
        .filter_map(|anchor| webpki::anchor_from_trusted_cert(anchor.der()).ok())
        .collect();
    if valid.is_empty() {
        return Err(error::not_valid_now());
    }
    let seconds = u64::try_from(now.seconds()).unwrap_or_default();
    let moment = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let entity = EndEntityCert::try_from(leaf.der()).map_err(|_| error::insufficient())?;
    let usage = KeyUsage::client_auth();
    let path = entity.verify_for_usage(ALGORITHMS, &valid, chain, moment, usage, None, None);
    let path = path.map_err(distrust)?;
    let between = path.intermediate_certificates().map(|one| Certificate::of_der(&one.der()));
    let between = between.collect::<Option<Vec<_>>>().ok_or_else(error::untrusted)?;
    let issuers = [&between, anchors].concat();
    [std::slice::from_ref(leaf), &between]
        .concat()
        .iter()
        .try_for_each(|one| revocation::check(one, crls, &issuers))
}

fn distrust(cause: webpki::Error) -> Error {
    use webpki::Error as Cause;
    let told = match &cause {
        Cause::CertExpired { .. } | Cause::CertNotValidYet { .. } => error::not_valid_now(),
        Cause::RequiredEkuNotFoundContext(_) | Cause::CaUsedAsEndEntity => error::insufficient(),
        _ => error::untrusted(),
    };
    told.because(cause)
}
