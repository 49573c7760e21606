//! Whether certificates lead to an anchor.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use strongroom_api::Timestamp;
use strongroom_rolesanywhere::certificate::Certificate;
use strongroom_rolesanywhere::{revocation, trust};
use strongroom_wire::Family;

const NOW: Timestamp = Timestamp::from_seconds(1_769_854_830);

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2026, 12, 31);
    params
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, Certificate) {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate().unwrap();
    let made = Certificate::of_der(params.self_signed(&key).unwrap().der()).unwrap();
    (Issuer::new(params, key), made)
}

fn leaf(
    issuer: &Issuer<'static, KeyPair>,
    edit: impl FnOnce(&mut CertificateParams),
) -> Certificate {
    let mut params = params("host");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    edit(&mut params);
    let made = params.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap();
    Certificate::of_der(made.der()).unwrap()
}

fn verdict(
    leaf: &Certificate,
    anchors: &[Certificate],
    crls: &[Vec<u8>],
    now: Timestamp,
) -> String {
    match trust::check(leaf, &[], anchors, crls, now) {
        Ok(()) => "trusted".to_owned(),
        Err(error) => format!("{}: {}", error.code(Family::Rest), error.message()),
    }
}

#[test]
fn a_certificate_of_the_anchor_is_trusted_while_both_are_valid() {
    let (issuer, anchor) = authority("CA");
    let leaf = leaf(&issuer, |_| {});
    let anchors = [anchor];
    assert_eq!(verdict(&leaf, &anchors, &[], NOW), "trusted");
    let year = 365 * 86_400;
    for then in [NOW.seconds() - year, NOW.seconds() + year] {
        let then = Timestamp::from_seconds(then);
        assert!(verdict(&leaf, &anchors, &[], then).contains("expired"));
    }
}

#[test]
fn another_authority_of_the_same_name_is_another_one() {
    let (issuer, _) = authority("CA");
    let (_, other) = authority("CA");
    let told = verdict(&leaf(&issuer, |_| {}), &[other], &[], NOW);
    assert_eq!(told, "AccessDeniedException: Untrusted signing certificate");
}

#[test]
fn what_may_not_sign_is_insufficient() {
    let (issuer, anchor) = authority("CA");
    let anchors = [anchor];
    for edit in [
        (|params| params.key_usages = vec![KeyUsagePurpose::KeyEncipherment])
            as fn(&mut CertificateParams),
        |params| params.key_usages.clear(),
        |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
        |params| params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth],
    ] {
        let told = verdict(&leaf(&issuer, edit), &anchors, &[], NOW);
        assert!(told.contains("Insufficient"), "{told}");
    }
}

#[test]
fn a_list_that_is_out_of_date_still_revokes() {
    let (issuer, anchor) = authority("CA");
    let (good, bad) = (leaf(&issuer, |_| {}), leaf(&issuer, |_| {}));
    let revoked = rcgen::RevokedCertParams {
        serial_number: rcgen::SerialNumber::from_slice(&number(&bad)),
        revocation_time: rcgen::date_time_ymd(2026, 1, 2),
        reason_code: None,
        invalidity_date: None,
    };
    let list = rcgen::CertificateRevocationListParams {
        this_update: rcgen::date_time_ymd(2026, 1, 3),
        next_update: rcgen::date_time_ymd(2026, 1, 4),
        crl_number: rcgen::SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![revoked],
        key_identifier_method: rcgen::KeyIdMethod::Sha256,
    };
    let der = list.signed_by(&issuer).unwrap().der().to_vec();
    let anchors = [anchor];
    let lists = [revocation::read(&der, &anchors).unwrap()];
    assert_eq!(verdict(&good, &anchors, &lists, NOW), "trusted");
    assert!(verdict(&bad, &anchors, &lists, NOW).contains("revoked"));
    for length in 0..der.len() {
        assert!(revocation::read(&der[..length], &anchors).is_err());
    }
}

fn number(certificate: &Certificate) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(certificate.serial_hex.as_bytes()).unwrap()
}
