//! Whose certificates are trusted.

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

/// The authorities that are trusted.
#[derive(Clone, Debug)]
pub struct Roots {
    pub(crate) store: RootCertStore,
}

/// A file of authorities that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("no certificate of an authority can be read: {0}")]
pub struct UnusableRoots(String);

impl From<RootCertStore> for Roots {
    fn from(store: RootCertStore) -> Self {
        Self { store }
    }
}

impl Roots {
    /// Those that this machine trusts. One without any trusts nobody.
    #[must_use]
    pub fn of_system() -> Self {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self { store }
    }

    /// Nobody.
    #[must_use]
    pub fn none() -> Self {
        Self { store: RootCertStore::empty() }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.store.is_empty()
    }

    /// These and the authorities of a PEM text.
    ///
    /// # Errors
    /// [`UnusableRoots`] for a text without a certificate of an authority.
    pub fn and_pem(mut self, pem: &[u8]) -> Result<Self, UnusableRoots> {
        let mut found = 0;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|cause| UnusableRoots(cause.to_string()))?;
            self.store.add(certificate).map_err(|cause| UnusableRoots(cause.to_string()))?;
            found += 1;
        }
        if found == 0 {
            return Err(UnusableRoots("the file has no PEM certificate".to_owned()));
        }
        Ok(self)
    }
}
