//! What policies learn of a certificate: tags of principal and session, and the source identity.

use serde::{Deserialize, Serialize};
use strongroom_api::{Reply, Shape};
use strongroom_wire::Result;

use crate::certificate::{Attribute, Certificate, Name};
use crate::error;

/// Which part of a certificate a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape, Deserialize)]
pub enum CertificateField {
    /// Whom it is about.
    #[shape(name = "x509Subject")]
    #[serde(rename = "x509Subject")]
    Subject,
    /// Who issued it.
    #[shape(name = "x509Issuer")]
    #[serde(rename = "x509Issuer")]
    Issuer,
    /// Its other names.
    #[shape(name = "x509SAN")]
    #[serde(rename = "x509SAN")]
    AlternativeName,
}

impl CertificateField {
    const ALL: [Self; 3] = [Self::Subject, Self::Issuer, Self::AlternativeName];

    /// As it is written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Subject => "x509Subject",
            Self::Issuer => "x509Issuer",
            Self::AlternativeName => "x509SAN",
        }
    }
}

/// The rules of one field of certificates: which of its attributes become tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The field.
    pub field: CertificateField,
    /// Its specifiers: `CN`, `DNS`, `Name/CN`, or with a `*` all that begins so.
    pub specifiers: Vec<String>,
}

/// A rule as requests and replies have it.
#[derive(Clone, Debug, Shape)]
#[shape(camel)]
pub struct MappingRule {
    #[shape(length = 0..=60)]
    specifier: String,
}

/// A mapping as replies show it.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct MappingView {
    certificate_field: &'static str,
    mapping_rules: Vec<RuleView>,
}

#[derive(Debug, Reply)]
#[shape(camel)]
struct RuleView {
    specifier: String,
}

/// What a new profile maps.
#[must_use]
pub fn default_mappings() -> Vec<Mapping> {
    let all = |field, specifiers: &[&str]| Mapping {
        field,
        specifiers: specifiers.iter().map(|&one| one.to_owned()).collect(),
    };
    vec![
        all(CertificateField::Issuer, &["*"]),
        all(CertificateField::AlternativeName, &["DNS", "URI", "Name/*"]),
        all(CertificateField::Subject, &["*"]),
    ]
}

/// Mappings as replies show them.
#[must_use]
pub fn views(mappings: &[Mapping]) -> Vec<MappingView> {
    let rule = |specifier: &String| RuleView { specifier: specifier.clone() };
    let view = |mapping: &Mapping| MappingView {
        certificate_field: mapping.field.text(),
        mapping_rules: mapping.specifiers.iter().map(rule).collect(),
    };
    mappings.iter().map(view).collect()
}

/// Replaces the rules of a field.
///
/// # Errors
/// ValidationException for a rule that nothing can meet.
pub fn put(
    mappings: &mut Vec<Mapping>,
    field: CertificateField,
    rules: &[MappingRule],
) -> Result<()> {
    let mut specifiers: Vec<String> = Vec::new();
    for MappingRule { specifier } in rules {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'*');
        if specifier.is_empty() || !specifier.bytes().all(is_plain) {
            return Err(error::bad_mapping());
        }
        if !specifiers.contains(specifier) {
            specifiers.push(specifier.clone());
        }
    }
    mappings.retain(|mapping| mapping.field != field);
    mappings.push(Mapping { field, specifiers });
    Ok(())
}

/// Removes rules of a field, all of them if none is named.
///
/// # Errors
/// ResourceNotFoundException if nothing is mapped of that field.
pub fn remove(
    mappings: &mut Vec<Mapping>,
    field: CertificateField,
    specifiers: &[String],
) -> Result<()> {
    let Some(position) = mappings.iter().position(|mapping| mapping.field == field) else {
        return Err(error::no_such_mapping());
    };
    if let Some(mapping) = mappings.get_mut(position) {
        mapping.specifiers.retain(|one| !specifiers.is_empty() && !specifiers.contains(one));
        if mapping.specifiers.is_empty() {
            mappings.remove(position);
        }
    }
    Ok(())
}

/// The tags of sessions of this certificate. A value that no tag can have is left out rather than
/// changed into something that another certificate might say.
#[must_use]
pub fn tags(certificate: &Certificate, mappings: &[Mapping]) -> Vec<(String, String)> {
    let mut tags = Vec::new();
    for field in CertificateField::ALL {
        let mapped = |name: &str| {
            let of_field = mappings.iter().filter(|mapping| mapping.field == field);
            of_field.flat_map(|mapping| &mapping.specifiers).any(|rule| matches(rule, name))
        };
        let found = match field {
            CertificateField::Subject => joined(&certificate.subject),
            CertificateField::Issuer => joined(&certificate.issuer),
            CertificateField::AlternativeName => first_names(&certificate.names),
        };
        let found = found.into_iter().filter(|(name, value)| mapped(name) && is_tag_value(value));
        tags.extend(found.map(|(name, value)| (format!("{}/{name}", field.text()), value)));
    }
    tags.truncate(MOST_TAGS);
    tags
}

/// A session has no more.
const MOST_TAGS: usize = 50;
const LONGEST_VALUE: usize = 256;
const LONGEST_IDENTITY: usize = 64;

/// `CN=web-1`; where the subject has no common name, the first other name, and at last the serial
/// number. What no source identity can have becomes an underscore.
#[must_use]
pub fn source_identity(certificate: &Certificate) -> String {
    let common = |parts: &[Attribute]| {
        parts.iter().find(|(name, _)| *name == "CN").map(|(_, value)| format!("CN={value}"))
    };
    let other = |name: &Name| match name {
        Name::Dns(name) | Name::Uri(name) => Some(name.clone()),
        Name::Directory(parts) => common(parts),
    };
    let whole = common(&certificate.subject)
        .or_else(|| certificate.names.iter().find_map(other))
        .filter(|text| text.len() > 1)
        .unwrap_or_else(|| format!("serial={}", certificate.serial_hex));
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let fitted = whole.chars().map(|c| if fits(c) { c } else { '_' });
    fitted.take(LONGEST_IDENTITY).collect()
}

/// The parts of a distinguished name; what stands more than once is joined by slashes.
fn joined(parts: &[Attribute]) -> Vec<(String, String)> {
    let mut joined: Vec<(String, String)> = Vec::new();
    for (name, value) in parts {
        match joined.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => *values = format!("{values}/{value}"),
            None => joined.push(((*name).to_owned(), value.clone())),
        }
    }
    joined
}

/// The first of each kind of name.
fn first_names(names: &[Name]) -> Vec<(String, String)> {
    let mut first: Vec<(String, String)> = Vec::new();
    let mut directory = None;
    for name in names {
        let (kind, value) = match name {
            Name::Dns(name) => ("DNS", name),
            Name::Uri(uri) => ("URI", uri),
            Name::Directory(parts) => {
                directory.get_or_insert(parts);
                continue;
            }
        };
        if !first.iter().any(|(known, _)| known == kind) {
            first.push((kind.to_owned(), value.clone()));
        }
    }
    let parts = directory.map(|parts| joined(parts)).unwrap_or_default();
    first.extend(parts.into_iter().map(|(name, value)| (format!("Name/{name}"), value)));
    first
}

fn matches(rule: &str, name: &str) -> bool {
    match rule.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => rule == name,
    }
}

fn is_tag_value(value: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    value.chars().count() <= LONGEST_VALUE && value.chars().all(fits)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn made(subject: &[(rcgen::DnType, &str)], names: Vec<rcgen::SanType>) -> Certificate {
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        for (kind, value) in subject {
            params.distinguished_name.push(kind.clone(), *value);
        }
        params.subject_alt_names = names;
        let key = rcgen::KeyPair::generate().unwrap();
        Certificate::of_der(params.self_signed(&key).unwrap().der()).unwrap()
    }

    #[test]
    fn names_become_tags_by_the_rules_of_the_profile() {
        let names = vec![
            rcgen::SanType::DnsName("a.example.com".try_into().unwrap()),
            rcgen::SanType::DnsName("b.example.com".try_into().unwrap()),
            rcgen::SanType::URI("spiffe://example.com/web".try_into().unwrap()),
        ];
        let subject = [
            (rcgen::DnType::CommonName, "web-1"),
            (rcgen::DnType::OrganizationName, "Acme, Inc."),
            (rcgen::DnType::OrganizationalUnitName, "Data"),
        ];
        let certificate = made(&subject, names);
        let mut mappings = default_mappings();
        let told = tags(&certificate, &mappings);
        let of = |key: &str| told.iter().find(|(name, _)| name == key).map(|(_, value)| &**value);
        assert_eq!(of("x509Subject/CN"), Some("web-1"));
        assert_eq!(of("x509Subject/OU"), Some("Data"));
        assert_eq!(of("x509Subject/O"), None, "no tag may have a comma");
        assert_eq!(of("x509SAN/DNS"), Some("a.example.com"));
        assert_eq!(of("x509SAN/URI"), Some("spiffe://example.com/web"));
        assert_eq!(of("x509Issuer/CN"), Some("web-1"));
        remove(&mut mappings, CertificateField::Issuer, &[]).unwrap();
        let rules = [MappingRule { specifier: "CN".to_owned() }];
        put(&mut mappings, CertificateField::Subject, &rules).unwrap();
        let keys: Vec<_> = tags(&certificate, &mappings).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["x509Subject/CN", "x509SAN/DNS", "x509SAN/URI"]);
        assert!(remove(&mut mappings, CertificateField::Issuer, &[]).is_err());
    }

    #[test]
    fn the_source_identity_is_the_common_name_and_always_one_that_sts_takes() {
        let named = made(&[(rcgen::DnType::CommonName, "web 1*")], Vec::new());
        assert_eq!(source_identity(&named), "CN=web_1_");
        let host = vec![rcgen::SanType::DnsName("a.example.com".try_into().unwrap())];
        assert_eq!(source_identity(&made(&[], host)), "a.example.com");
        assert!(source_identity(&made(&[], Vec::new())).starts_with("serial="));
        let long = made(&[(rcgen::DnType::CommonName, &"x".repeat(64))], Vec::new());
        assert_eq!(source_identity(&long).len(), 64);
    }
}
