//! RSA signatures over SHA-1 (PKCS #1 v1.5): what `SignatureVersion` 1 of SNS is made of.
//!
//! aws-lc-rs verifies such signatures and does not make them, for good reason: SHA-1 is broken where
//! somebody else chooses what is signed. AWS signs the messages of SNS so unless a topic asks for
//! SHA-256, and receivers check it. Nothing else may use this crate.

#![allow(unsafe_code)]

use std::ptr::NonNull;

use aws_lc_rs::digest;
use aws_lc_sys::{
    CBS, CBS_init, EVP_PKEY_free, EVP_PKEY_get1_RSA, EVP_parse_private_key, NID_sha1, RSA,
    RSA_free, RSA_sign, RSA_size,
};

/// A private RSA key.
pub struct LegacyKey(NonNull<RSA>);

// SAFETY: the key belongs to this value alone and is never changed after it was read; AWS-LC allows
// any number of threads to sign with one key at a time.
unsafe impl Send for LegacyKey {}
// SAFETY: as above.
unsafe impl Sync for LegacyKey {}

impl LegacyKey {
    /// Reads a private RSA key in PKCS #8; `None` if it is not one.
    #[must_use]
    pub fn from_pkcs8(der: &[u8]) -> Option<Self> {
        // SAFETY: a CBS is two plain words; `CBS_init` makes it a view of `der`, which outlives it.
        let mut view: CBS = unsafe { std::mem::zeroed() };
        // SAFETY: `der` is readable for its length.
        unsafe { CBS_init(&raw mut view, der.as_ptr(), der.len()) };
        // SAFETY: the view is valid. What comes back is ours, or null.
        let parsed = NonNull::new(unsafe { EVP_parse_private_key(&raw mut view) })?;
        // SAFETY: `parsed` is a key. What comes back is a reference of our own, or null if it is no
        // RSA key; `parsed` is not used after it is freed.
        let key = unsafe {
            let key = EVP_PKEY_get1_RSA(parsed.as_ptr());
            EVP_PKEY_free(parsed.as_ptr());
            key
        };
        NonNull::new(key).map(Self)
    }

    /// Signs `message`; `None` if the key is too short for that.
    #[must_use]
    pub fn sign_sha1(&self, message: &[u8]) -> Option<Vec<u8>> {
        let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, message);
        let digest = digest.as_ref();
        // SAFETY: the key is valid for as long as `self`.
        let size = unsafe { RSA_size(self.0.as_ptr()) };
        let mut signature = vec![0; usize::try_from(size).ok()?];
        let mut length = 0;
        // SAFETY: `RSA_sign` reads the digest and writes at most `RSA_size` bytes, which are there.
        let signed = unsafe {
            RSA_sign(
                NID_sha1,
                digest.as_ptr(),
                digest.len(),
                signature.as_mut_ptr(),
                &raw mut length,
                self.0.as_ptr(),
            )
        };
        signature.truncate(usize::try_from(length).ok()?);
        (signed == 1).then_some(signature)
    }
}

impl Drop for LegacyKey {
    fn drop(&mut self) {
        // SAFETY: the reference is ours and is not used again. AWS-LC wipes the numbers.
        unsafe { RSA_free(self.0.as_ptr()) };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::{
        KeyPair as _, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey,
    };

    use super::*;

    #[test]
    fn what_is_signed_verifies_and_nothing_else_does() {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let key = LegacyKey::from_pkcs8(der.as_ref()).unwrap();
        let signature = key.sign_sha1(b"a message").unwrap();
        let public = UnparsedPublicKey::new(
            &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            pair.public_key().as_ref(),
        );
        public.verify(b"a message", &signature).unwrap();
        assert!(public.verify(b"another", &signature).is_err());
    }

    #[test]
    fn what_is_no_rsa_key_is_none() {
        assert!(LegacyKey::from_pkcs8(b"").is_none());
        assert!(LegacyKey::from_pkcs8(b"\x30\x03\x02\x01\x00").is_none());
    }
}
