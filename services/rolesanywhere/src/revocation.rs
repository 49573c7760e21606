//! Revocation lists: reading them, and whether one of them names a certificate.
//!
//! Lists of version 1 count as well: they are what `openssl ca -gencrl` makes if nothing else is said.

use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject;
use strongroom_wire::{Error, Result};
use webpki::EndEntityCert;
use x509_parser::prelude::{CertificateRevocationList, FromDer};

use crate::certificate::Certificate;
use crate::error;
use crate::trust::ALGORITHMS;

/// The revocation list in `bytes`, which are PEM or DER, as DER.
///
/// A list of one of the anchor's own `authorities` must be signed by it.
///
/// # Errors
/// `ValidationException` for anything else.
pub fn read(bytes: &[u8], authorities: &[Certificate]) -> Result<Vec<u8>> {
    let der = match CertificateRevocationListDer::from_pem_slice(bytes) {
        Ok(der) => der.to_vec(),
        Err(_) => bytes.to_vec(),
    };
    let list = parse(&der).ok_or_else(error::bad_crl)?;
    let mut issuers = authorities.iter().filter(|one| one.is_called(list.issuer().as_raw()));
    let is_others = !authorities.iter().any(|one| one.is_called(list.issuer().as_raw()));
    match is_others || issuers.any(|issuer| has_signed(issuer, &list)) {
        true => Ok(der),
        false => Err(error::bad_crl()),
    }
}

/// Checks that none of the `lists` (DER) names `certificate`. `issuers` are the authorities that it and
/// its like may come from.
///
/// A list that is out of date still revokes what it names; a certificate that no list speaks of is good.
///
/// # Errors
/// `AccessDeniedException` for what is revoked, and for what a list speaks of that its authority has not
/// signed: who is in doubt is refused.
pub fn check(certificate: &Certificate, lists: &[Vec<u8>], issuers: &[Certificate]) -> Result<()> {
    for der in lists {
        let list = parse(der).ok_or_else(|| Error::internal("a list that was checked is odd"))?;
        let name = list.issuer().as_raw();
        if name != certificate.issuer_name() {
            continue;
        }
        let is_genuine =
            issuers.iter().any(|issuer| issuer.is_called(name) && has_signed(issuer, &list));
        if !is_genuine {
            return Err(error::untrusted());
        }
        let mut revoked = list.iter_revoked_certificates();
        if revoked.any(|one| one.raw_serial() == certificate.raw_serial()) {
            return Err(error::revoked());
        }
    }
    Ok(())
}

fn parse(der: &[u8]) -> Option<CertificateRevocationList<'_>> {
    let (rest, list) = CertificateRevocationList::from_der(der).ok()?;
    rest.is_empty().then_some(list)
}

fn has_signed(issuer: &Certificate, list: &CertificateRevocationList<'_>) -> bool {
    let Ok(key) = EndEntityCert::try_from(issuer.der()) else { return false };
    let (message, signature) = (list.tbs_cert_list.as_ref(), &*list.signature_value.data);
    issuer.may_revoke != Some(false)
        && ALGORITHMS.iter().any(|one| key.verify_signature(*one, message, signature).is_ok())
}
