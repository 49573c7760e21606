//! A subject: somebody who has shown a certificate, and which.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use strongroom_api::{Reply, Timestamp, Uuid};
use strongroom_records::Record;
use strongroom_wire::Result;

use crate::certificate::Certificate;
use crate::find::Place;
use crate::resource::{Facts, Resource};
use crate::{Call, error, paths};

/// A subject.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subject {
    /// What all resources have; the name is the distinguished name.
    pub facts: Facts,
    /// When it was seen last, in milliseconds.
    pub seen: i64,
    /// Its certificates, the last one first.
    pub credentials: Vec<Seen>,
    /// What its requests told of their instance, the last first.
    pub instances: Vec<Instance>,
}

/// A certificate that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    seen: i64,
    serial: String,
    issuer: String,
    der: Vec<u8>,
}

/// What a request told of its instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    seen: i64,
    properties: BTreeMap<String, String>,
}

/// Certificates and instances that are remembered of each subject.
const REMEMBERED: usize = 10;

impl Record for Subject {
    const KIND: &'static str = "subject";
}

impl Resource for Subject {
    const NOUN: &'static str = "subject";
    const TITLE: &'static str = "Subject";

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

/// Remembers that the subject of a certificate has got a session from an account; answers with the
/// subject's ARN.
///
/// # Errors
/// Conflict when another writer was faster.
pub async fn remember(
    call: &Call<'_>,
    (account, region): (&str, &str),
    certificate: &Certificate,
    properties: Option<&BTreeMap<String, String>>,
) -> Result<String> {
    let (line, now) = (certificate.subject_line(), call.now.millis());
    let id = id_of(&line);
    let place = Place { account, region, id: &id };
    let known = call.service.read::<Subject>(place).await?;
    let mut subject = match &known {
        Some(known) => known.value.clone(),
        None => {
            let facts = Facts::new((account, region), &line, Some(true), call.now, call.entropy);
            let facts = Facts { id: id.clone(), ..facts };
            Subject { facts, seen: now, credentials: Vec::new(), instances: Vec::new() }
        }
    };
    subject.seen = now;
    subject.facts.updated = now;
    let issuer = certificate.issuer.iter().rev().map(|(name, value)| format!("{name}={value}"));
    let shown = Seen {
        seen: now,
        serial: certificate.serial.clone(),
        issuer: issuer.collect::<Vec<_>>().join(","),
        der: certificate.der().to_vec(),
    };
    subject.credentials.retain(|one| one.der != shown.der);
    subject.credentials.insert(0, shown);
    subject.credentials.truncate(REMEMBERED);
    if let Some(properties) = properties.filter(|properties| !properties.is_empty()) {
        subject.instances.retain(|one| one.properties != *properties);
        subject.instances.insert(0, Instance { seen: now, properties: properties.clone() });
        subject.instances.truncate(REMEMBERED);
    }
    let mut changes = call.service.records.changes();
    match &known {
        Some(known) => changes.replace(known, &subject),
        None => changes.create(&paths::one(account, region, Subject::NOUN, &id), &subject),
    }
    .map_err(error::storage)?;
    call.service.records.commit(changes).await.map_err(error::storage)?;
    Ok(subject.facts.arn(Subject::NOUN))
}

/// The id of the subject of this distinguished name.
fn id_of(line: &str) -> String {
    let hash = digest(&SHA256, line.as_bytes());
    let half = |range: std::ops::Range<usize>| {
        let bytes = hash.as_ref().get(range).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u64::from_be_bytes)
    };
    Uuid::of([half(0..8), half(8..16)]).to_string()
}

/// A subject in a list.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct SubjectSummary {
    subject_arn: String,
    subject_id: String,
    enabled: bool,
    x509_subject: String,
    last_seen_at: String,
    created_at: String,
    updated_at: String,
}

/// A subject by itself.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct SubjectDetail {
    subject_arn: String,
    subject_id: String,
    enabled: bool,
    x509_subject: String,
    last_seen_at: String,
    created_at: String,
    updated_at: String,
    credentials: Vec<CredentialSummary>,
    instance_properties: Vec<InstanceProperty>,
}

#[derive(Debug, Reply)]
#[shape(camel)]
struct CredentialSummary {
    seen_at: String,
    serial_number: String,
    issuer: String,
    enabled: bool,
    x509_certificate_data: String,
    failed: bool,
}

#[derive(Debug, Reply)]
#[shape(camel)]
struct InstanceProperty {
    seen_at: String,
    properties: BTreeMap<String, String>,
    failed: bool,
}

fn at(millis: i64) -> String {
    Timestamp::from_millis(millis).iso8601()
}

impl From<&Subject> for SubjectSummary {
    fn from(subject: &Subject) -> Self {
        let facts = &subject.facts;
        Self {
            subject_arn: facts.arn(Subject::NOUN),
            subject_id: facts.id.clone(),
            enabled: facts.enabled,
            x509_subject: facts.name.clone(),
            last_seen_at: at(subject.seen),
            created_at: facts.created_at(),
            updated_at: facts.updated_at(),
        }
    }
}

impl From<&Subject> for SubjectDetail {
    fn from(subject: &Subject) -> Self {
        let summary = SubjectSummary::from(subject);
        let credential = |one: &Seen| CredentialSummary {
            seen_at: at(one.seen),
            serial_number: one.serial.clone(),
            issuer: one.issuer.clone(),
            enabled: true,
            x509_certificate_data: pem(&one.der),
            failed: false,
        };
        let instance = |one: &Instance| InstanceProperty {
            seen_at: at(one.seen),
            properties: one.properties.clone(),
            failed: false,
        };
        Self {
            subject_arn: summary.subject_arn,
            subject_id: summary.subject_id,
            enabled: summary.enabled,
            x509_subject: summary.x509_subject,
            last_seen_at: summary.last_seen_at,
            created_at: summary.created_at,
            updated_at: summary.updated_at,
            credentials: subject.credentials.iter().map(credential).collect(),
            instance_properties: subject.instances.iter().map(instance).collect(),
        }
    }
}

fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = behind;
    }
    pem + "-----END CERTIFICATE-----\n"
}
