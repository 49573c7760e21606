//! Whom TLS trusts: the system's certificates, or those of `AWS_CA_BUNDLE`.

use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::Error;

/// Where Linux distributions and the BSDs keep them.
const SYSTEM: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// TLS for a client; `bundle` replaces the system's certificates, as in AWS's SDKs.
///
/// # Errors
/// For files that cannot be read or hold no certificate.
pub(crate) fn tls(bundle: Option<&Path>) -> Result<Arc<ClientConfig>, Error> {
    let roots = match bundle {
        Some(path) => read(path)?,
        None => match SYSTEM.iter().map(Path::new).find(|path| path.exists()) {
            Some(path) => read(path)?,
            None => {
                return Err(Error::settings(
                    "this system has no certificates to trust: set AWS_CA_BUNDLE",
                ));
            }
        },
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| Error::settings(format!("TLS cannot be used: {cause}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn read(path: &Path) -> Result<RootCertStore, Error> {
    let complain = |cause: &dyn std::fmt::Display| {
        Error::settings(format!("cannot use the certificates of {}: {cause}", path.display()))
    };
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|cause| complain(&cause))?;
    let mut roots = RootCertStore::empty();
    // Systems carry a few that are malformed by today's rules; the others are good nevertheless.
    let (added, _) = roots.add_parsable_certificates(found);
    if added == 0 { Err(complain(&"it holds none")) } else { Ok(roots) }
}
