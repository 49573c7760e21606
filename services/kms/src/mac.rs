//! Message authentication codes.

use aws_lc_rs::hmac;
use strongroom_wire::Result;

use crate::error;
use crate::key::Key;
use crate::spec::{KeyUsage, MacAlgorithm};

/// # Errors
/// InvalidKeyUsageException unless the key is for MACs and has `algorithm`.
pub fn check(key: &Key, algorithm: MacAlgorithm, operation: &str) -> Result<()> {
    key.check_usage(KeyUsage::GenerateVerifyMac, operation)?;
    if key.spec.mac_algorithms().contains(&algorithm) {
        return Ok(());
    }
    Err(error::incompatible_algorithm(algorithm.text(), key.spec))
}

/// The MAC of `message`.
///
/// # Errors
/// Internal only.
pub fn make(key: &Key, algorithm: MacAlgorithm, message: &[u8]) -> Result<Vec<u8>> {
    Ok(hmac::sign(&prepared(key, algorithm)?, message).as_ref().to_vec())
}

/// Whether `mac` is the one of `message`; takes as long either way.
///
/// # Errors
/// Internal only.
pub fn verifies(key: &Key, algorithm: MacAlgorithm, message: &[u8], mac: &[u8]) -> Result<bool> {
    Ok(hmac::verify(&prepared(key, algorithm)?, message, mac).is_ok())
}

fn prepared(key: &Key, algorithm: MacAlgorithm) -> Result<hmac::Key> {
    let algorithm = match algorithm {
        MacAlgorithm::HmacSha224 => hmac::HMAC_SHA224,
        MacAlgorithm::HmacSha256 => hmac::HMAC_SHA256,
        MacAlgorithm::HmacSha384 => hmac::HMAC_SHA384,
        MacAlgorithm::HmacSha512 => hmac::HMAC_SHA512,
    };
    let material = key.usable_material()?;
    let secret = material.secret.as_ref().ok_or_else(|| error::internal("no secret"))?;
    Ok(hmac::Key::new(algorithm, secret.bytes()))
}
