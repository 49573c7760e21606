//! A trust anchor: certificate authorities that an account trusts.

use serde::{Deserialize, Serialize};
use strongroom_api::Reply;
use strongroom_records::Record;
use strongroom_wire::Result;

use crate::resource::{Facts, Resource};
use crate::shapes::{NotificationSettingView, Source, TrustAnchorType, no_notices};
use crate::{error, trust};

/// A trust anchor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrustAnchor {
    /// What all resources have.
    pub facts: Facts,
    /// Its certificates, as a PEM bundle.
    pub certificates: String,
}

impl Record for TrustAnchor {
    const KIND: &'static str = "trust anchor";
}

impl Resource for TrustAnchor {
    const NOUN: &'static str = "trust-anchor";
    const TITLE: &'static str = "Trust anchor";

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

/// The bundle that a request brings.
///
/// # Errors
/// ValidationException for other sources, and for what is no bundle of authorities.
pub fn bundle(source: &Source) -> Result<String> {
    if source.source_type != Some(TrustAnchorType::CertificateBundle) {
        return Err(error::unsupported_source());
    }
    let data = source.source_data.as_ref().and_then(|data| data.x509_certificate_data.clone());
    let pem = data.ok_or_else(error::bad_certificate_data)?;
    trust::read_anchors(&pem)?;
    Ok(pem)
}

/// Revocation lists come from ImportCrl alone: the server fetches none from where certificates say.
///
/// # Errors
/// ValidationException for who relies on the latter.
pub fn check_revocation(by_distribution_point: Option<bool>) -> Result<()> {
    match by_distribution_point {
        Some(true) => Err(error::no_distribution_points()),
        _ => Ok(()),
    }
}

/// A trust anchor as replies show it.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct TrustAnchorDetail {
    trust_anchor_id: String,
    trust_anchor_arn: String,
    name: String,
    source: SourceView,
    enabled: bool,
    crl_dp_revocation_enabled: bool,
    created_at: String,
    updated_at: String,
    notification_settings: Vec<NotificationSettingView>,
}

#[derive(Debug, Reply)]
#[shape(camel)]
struct SourceView {
    source_type: &'static str,
    source_data: SourceDataView,
}

#[derive(Debug, Reply)]
#[shape(camel)]
struct SourceDataView {
    x509_certificate_data: String,
}

/// The usual reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct TrustAnchorReply {
    trust_anchor: TrustAnchorDetail,
}

impl From<&TrustAnchor> for TrustAnchorDetail {
    fn from(anchor: &TrustAnchor) -> Self {
        let facts = &anchor.facts;
        let source_data = SourceDataView { x509_certificate_data: anchor.certificates.clone() };
        Self {
            trust_anchor_id: facts.id.clone(),
            trust_anchor_arn: facts.arn(TrustAnchor::NOUN),
            name: facts.name.clone(),
            source: SourceView { source_type: "CERTIFICATE_BUNDLE", source_data },
            enabled: facts.enabled,
            crl_dp_revocation_enabled: false,
            created_at: facts.created_at(),
            updated_at: facts.updated_at(),
            notification_settings: no_notices(),
        }
    }
}

impl From<&TrustAnchor> for TrustAnchorReply {
    fn from(anchor: &TrustAnchor) -> Self {
        Self { trust_anchor: anchor.into() }
    }
}
