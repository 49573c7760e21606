//! Whose certificates a server may show.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::engine::{Reason, Refused};

/// Where systems keep the authorities they trust; AWS's templates read the first.
const USUAL: &[&str] =
    &["/etc/pki/tls/cert.pem", "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem"];

/// A file with the certificates of the authorities to trust.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    file: Option<PathBuf>,
}

impl Trust {
    /// The file in `SSL_CERT_FILE`, else the system's.
    pub fn find(variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = variable("SSL_CERT_FILE").map(PathBuf::from);
        let usual = || USUAL.iter().map(PathBuf::from).find(|path| path.exists());
        Self { file: named.or_else(usual) }
    }

    /// The file, if there is one.
    ///
    /// # Errors
    /// Without one, nobody can be trusted.
    pub fn file(&self) -> Result<&Path, Refused> {
        let nobody = || Refused::new(Reason::Tls, "no file of trusted authorities, SSL_CERT_FILE");
        self.file.as_deref().ok_or_else(nobody)
    }

    /// The file's content.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn pem(&self) -> Result<Vec<u8>, Refused> {
        let file = self.file()?;
        std::fs::read(file).map_err(|cause| {
            Refused::new(Reason::Tls, format!("cannot read {}: {cause}", file.display()))
        })
    }

    /// TLS with these authorities.
    ///
    /// # Errors
    /// The file holds no usable certificate.
    pub fn tls(&self) -> Result<ClientConfig, Refused> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|cause| Refused::new(Reason::Tls, cause.to_string()))?;
        Ok(config.with_root_certificates(self.roots()?).with_no_client_auth())
    }

    /// The authorities of the file.
    ///
    /// # Errors
    /// It holds no usable certificate.
    pub fn roots(&self) -> Result<RootCertStore, Refused> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&self.pem()?).flatten() {
            // One odd certificate among a system's hundred is no reason to trust none of them.
            let _left_out = roots.add(certificate);
        }
        if roots.is_empty() {
            let text = "the file of trusted authorities holds none";
            return Err(Refused::new(Reason::Tls, text));
        }
        Ok(roots)
    }
}
