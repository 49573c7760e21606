//! A revocation list: which certificates of an anchor's authorities no longer count.

use serde::{Deserialize, Serialize};
use strongroom_api::{Blob, Reply};
use strongroom_records::{Record, Stored};
use strongroom_store::{Direction, Range};
use strongroom_wire::Result;

use crate::certificate::Certificate;
use crate::find::Place;
use crate::resource::{Facts, Resource};
use crate::trust_anchor::TrustAnchor;
use crate::{RolesAnywhere, error, paths, trust};

/// A revocation list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Crl {
    /// What all resources have.
    pub facts: Facts,
    /// The anchor.
    pub trust_anchor_arn: String,
    /// The list as it was imported.
    pub data: Vec<u8>,
    /// The same as DER.
    pub der: Vec<u8>,
}

impl Record for Crl {
    const KIND: &'static str = "certificate revocation list";
}

impl Resource for Crl {
    const NOUN: &'static str = "crl";
    const TITLE: &'static str = "CRL";

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

/// Lists that are read at once.
const PAGE: usize = 50;

impl RolesAnywhere {
    /// The revocation lists (DER) that count for an anchor.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn crls_of(&self, anchor: &Facts, anchor_arn: &str) -> Result<Vec<Vec<u8>>> {
        let prefix = paths::all(&anchor.account, &anchor.region, Crl::NOUN);
        let (mut range, mut found) = (Range::prefix(prefix), Vec::new());
        loop {
            let page = self.records.scan::<Crl>(range.clone(), Direction::Forward, PAGE).await;
            let page = page.map_err(error::storage)?;
            let counts =
                |one: &Stored<Crl>| one.facts.enabled && one.trust_anchor_arn == anchor_arn;
            found.extend(page.records.iter().filter(|one| counts(one)).map(|one| one.der.clone()));
            match page.records.last().filter(|_| page.more) {
                Some(last) => range = range.after(&last.key),
                None => return Ok(found),
            }
        }
    }
}

impl RolesAnywhere {
    /// The authorities of the anchor of this ARN; none if it is gone.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn authorities(&self, anchor_arn: &str) -> Result<Vec<Certificate>> {
        let Some(place) = Place::of_arn(anchor_arn, TrustAnchor::NOUN) else {
            return Ok(Vec::new());
        };
        match self.read::<TrustAnchor>(place).await? {
            Some(anchor) => trust::read_anchors(&anchor.certificates),
            None => Ok(Vec::new()),
        }
    }
}

/// A revocation list as replies show it.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct CrlDetail {
    crl_id: String,
    crl_arn: String,
    name: String,
    enabled: bool,
    crl_data: Blob,
    trust_anchor_arn: String,
    created_at: String,
    updated_at: String,
}

/// The usual reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct CrlReply {
    crl: CrlDetail,
}

impl From<&Crl> for CrlDetail {
    fn from(crl: &Crl) -> Self {
        let facts = &crl.facts;
        Self {
            crl_id: facts.id.clone(),
            crl_arn: facts.arn(Crl::NOUN),
            name: facts.name.clone(),
            enabled: facts.enabled,
            crl_data: Blob(crl.data.clone()),
            trust_anchor_arn: crl.trust_anchor_arn.clone(),
            created_at: facts.created_at(),
            updated_at: facts.updated_at(),
        }
    }
}

impl From<&Crl> for CrlReply {
    fn from(crl: &Crl) -> Self {
        Self { crl: crl.into() }
    }
}
