//! TLS: certificates from files, and certificates of our own making.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use strongroom_api::Timestamp;
use tokio_rustls::TlsAcceptor;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use crate::failure::Failure;

/// A certificate with its key, in files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The certificate, followed by those between it and a root; PEM.
    pub certificate: PathBuf,
    /// Its private key; PEM.
    pub key: PathBuf,
}

/// A certificate with its key, as it was read.
#[derive(Clone)]
pub struct Pair {
    /// Speaks HTTP/2 and HTTP/1.1 with it.
    pub acceptor: TlsAcceptor,
    /// The certificate, followed by those between it and a root. No other key belongs to it, so two pairs
    /// with the same chain are the same.
    pub chain: Vec<CertificateDer<'static>>,
    /// From when on it is good.
    pub begins: Timestamp,
    /// Until when.
    pub ends: Timestamp,
    /// The names and addresses that it is for, in lower case, addresses of IPv6 in brackets.
    pub names: Vec<String>,
}

impl Files {
    /// Reads both files.
    ///
    /// # Errors
    /// For the operator: files that cannot be read or do not belong together.
    pub fn read(&self) -> Result<Pair, Failure> {
        let chain = self.read_chain()?;
        let Facts { begins, ends, names } = self.facts(&chain)?;
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|cause| unreadable(&self.key, "a private key", &cause))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain.clone(), key))
            .map_err(|cause| {
                Failure::new(format!(
                    "the certificate {} and the key {} cannot be used: {cause}",
                    self.certificate.display(),
                    self.key.display()
                ))
                .hint("check that they belong together")
            })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Pair { acceptor: TlsAcceptor::from(Arc::new(config)), chain, begins, ends, names })
    }

    fn facts(&self, chain: &[CertificateDer<'_>]) -> Result<Facts, Failure> {
        let first = chain.first().map(AsRef::as_ref).unwrap_or_default();
        let (_, certificate) = x509_parser::parse_x509_certificate(first)
            .map_err(|cause| unreadable(&self.certificate, "a certificate", &cause))?;
        let moment = |time: &x509_parser::time::ASN1Time| {
            Timestamp::from_millis(time.timestamp().saturating_mul(1_000))
        };
        let validity = certificate.validity();
        Ok(Facts {
            begins: moment(&validity.not_before),
            ends: moment(&validity.not_after),
            names: names_in(&certificate),
        })
    }

    fn read_chain(&self) -> Result<Vec<CertificateDer<'static>>, Failure> {
        let what = "a certificate";
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|cause| unreadable(&self.certificate, what, &cause))?;
        if chain.is_empty() {
            return Err(Failure::new(format!(
                "{} holds no certificate",
                self.certificate.display()
            )));
        }
        Ok(chain)
    }
}

/// What a certificate says that is of use here.
struct Facts {
    begins: Timestamp,
    ends: Timestamp,
    names: Vec<String>,
}

fn names_in(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(alternatives)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match *name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).to_string()),
            _ => Some(format!("[{}]", Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?))),
        },
        _ => None,
    };
    alternatives.value.general_names.iter().filter_map(name).collect()
}

fn unreadable(path: &Path, what: &str, cause: &dyn std::error::Error) -> Failure {
    Failure::new(format!("cannot read {what} from {}: {cause}", path.display()))
        .hint("the file has to be PEM and readable by this user")
}

/// Version and cipher of a session, in the words that CloudTrail uses.
#[must_use]
pub fn describe(session: &rustls::ServerConnection) -> (String, String) {
    let version = match session.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
        _ => "unknown",
    };
    let suite = session.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str());
    (version.to_owned(), cipher_name(suite.unwrap_or("unknown")))
}

/// IANA's name for TLS 1.3, OpenSSL's for TLS 1.2.
fn cipher_name(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("TLS13_") {
        return format!("TLS_{rest}");
    }
    let name = name.strip_prefix("TLS_").unwrap_or(name);
    name.replace("_WITH_", "-").replace('_', "-").replace("AES-", "AES")
}

/// The files that [`init`] makes.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The certificate that clients have to trust.
    pub authority: PathBuf,
    /// What the server shows.
    pub server: Files,
}

impl Generated {
    /// Where they are in `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            authority: folder.join("ca.pem"),
            server: Files {
                certificate: folder.join("server.pem"),
                key: folder.join("server-key.pem"),
            },
        }
    }
}

/// Days that a generated certificate is good for: as many as Apple's clients accept.
const SERVER_DAYS: i64 = 820;
const AUTHORITY_DAYS: i64 = 3_650;

/// Makes a certificate authority and a server certificate for `names` in `folder`.
///
/// The authority's key is thrown away: nobody can sign another certificate with it. For a new one,
/// make both anew.
///
/// # Errors
/// For the operator: names that cannot be in a certificate, files that exist or cannot be written.
pub fn init(
    folder: &Path,
    names: &[String],
    today: jiff::civil::Date,
) -> Result<Generated, Failure> {
    let files = Generated::in_folder(folder);
    if files.server.key.exists() {
        return Err(Failure::new(format!("{} exists already", files.server.key.display()))
            .hint("move the folder aside to make new certificates"));
    }
    let (authority, server) = sign(names, today).map_err(|cause| {
        Failure::new(format!("no certificate for {}: {cause}", names.join(", ")))
    })?;
    let private = |path: &Path, text: &str| crate::files::write_private(path, text.as_bytes());
    crate::files::private_folder(folder)?;
    private(&files.authority, &authority)?;
    private(&files.server.certificate, &server.certificate)?;
    private(&files.server.key, &server.key)?;
    Ok(files)
}

/// The names that a generated certificate is for: this machine's, the address that is listened on, and
/// `more`.
#[must_use]
pub fn names(config: &crate::config::Config, more: &[String]) -> Vec<String> {
    let mut names: Vec<String> = more.to_vec();
    names.extend(["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()]);
    if !config.listen.ip().is_unspecified() && !config.listen.ip().is_loopback() {
        names.push(config.listen.ip().to_string());
    }
    if let Ok(host) = std::fs::read_to_string("/proc/sys/kernel/hostname") {
        names.push(host.trim().to_owned());
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The day that it is.
#[must_use]
pub fn today(clock: &dyn crate::clock::Clock) -> jiff::civil::Date {
    let now = jiff::Timestamp::from_second(clock.now().seconds()).unwrap_or_default();
    jiff::tz::Offset::UTC.to_datetime(now).date()
}

struct Pem {
    certificate: String,
    key: zeroize::Zeroizing<String>,
}

fn sign(names: &[String], today: jiff::civil::Date) -> Result<(String, Pem), rcgen::Error> {
    use rcgen::{
        BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    };

    let on = |date: jiff::civil::Date| {
        rcgen::date_time_ymd(i32::from(date.year()), date.month() as u8, date.day() as u8)
    };
    let after = |days| today.saturating_add(jiff::Span::new().days(days));
    // Clocks a little behind ours shall accept it, too.
    let yesterday = after(-1);

    let mut authority = CertificateParams::new(Vec::new())?;
    authority.distinguished_name.push(DnType::CommonName, "Strongroom local authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.not_before = on(yesterday);
    authority.not_after = on(after(AUTHORITY_DAYS));
    let authority_key = KeyPair::generate()?;
    let authority_certificate = authority.self_signed(&authority_key)?;

    let mut server = CertificateParams::new(names.to_vec())?;
    let name = names.first().map_or("localhost", String::as_str);
    server.distinguished_name.push(DnType::CommonName, name);
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    server.not_before = on(yesterday);
    server.not_after = on(after(SERVER_DAYS));
    let server_key = KeyPair::generate()?;
    let issuer = Issuer::new(authority, authority_key);
    let certificate = server.signed_by(&server_key, &issuer)?;
    let key = zeroize::Zeroizing::new(server_key.serialize_pem());
    Ok((authority_certificate.pem(), Pem { certificate: certificate.pem(), key }))
}
