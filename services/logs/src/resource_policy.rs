//! The policies on an account's logs: documents that stand side by side and are read as one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use strongroom_api::{Reply, Result};
use strongroom_policy::{Kind, Policy};
use strongroom_records::{Record, Stored};

use crate::{Logs, error, paths};

/// Policies of one account and region; AWS's limit.
const MOST: usize = 10;

/// All policies of an account in a region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ResourcePolicies {
    /// By name.
    pub policies: Vec<ResourcePolicy>,
}

/// One of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResourcePolicy {
    /// Its name.
    pub name: String,
    /// The document as it was sent.
    pub document: String,
    /// When it was written, in milliseconds.
    pub updated: i64,
    /// What tells it from the one before.
    pub revision: String,
}

impl Record for ResourcePolicies {
    const KIND: &'static str = "log resource policies";
}

/// A policy in a reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct ResourcePolicyView {
    policy_name: String,
    policy_document: String,
    last_updated_time: i64,
    policy_scope: &'static str,
    revision_id: String,
}

impl From<&ResourcePolicy> for ResourcePolicyView {
    fn from(policy: &ResourcePolicy) -> Self {
        Self {
            policy_name: policy.name.clone(),
            policy_document: policy.document.clone(),
            last_updated_time: policy.updated,
            policy_scope: "ACCOUNT",
            revision_id: policy.revision.clone(),
        }
    }
}

/// The policies as read, or none yet.
pub type ReadPolicies = Option<Arc<Stored<ResourcePolicies>>>;

impl ResourcePolicies {
    /// Adds `policy`, or puts it in the place of the one with its name.
    ///
    /// # Errors
    /// The limit on policies; a document that is none.
    pub fn put(&mut self, policy: ResourcePolicy) -> Result<()> {
        Policy::parse(&policy.document, Kind::Resource).map_err(error::malformed_policy)?;
        match self.policies.iter_mut().find(|other| other.name == policy.name) {
            Some(other) => *other = policy,
            None => self.policies.push(policy),
        }
        self.policies.sort_by(|a, b| a.name.cmp(&b.name));
        if self.policies.len() > MOST {
            return Err(error::limit_exceeded());
        }
        // Each by itself is sound, so together they are only ever too long.
        self.compiled().map(|_| ()).map_err(|_| error::limit_exceeded())
    }

    /// Checks that the policy of this name has the revision that a request expects, if it does.
    ///
    /// # Errors
    /// It has another one.
    pub fn expect(&self, name: &str, revision: Option<&str>) -> Result<()> {
        let found = self.policies.iter().find(|policy| policy.name == name);
        match (revision, found) {
            (Some(expected), Some(found)) if found.revision != expected => {
                Err(error::stale_revision())
            }
            _ => Ok(()),
        }
    }

    /// All of them as one policy.
    ///
    /// # Errors
    /// Internal only, once they have been [`put`](Self::put).
    pub fn compiled(&self) -> Result<Policy> {
        let mut statements: Vec<Box<RawValue>> = Vec::new();
        for policy in &self.policies {
            let document: Document =
                serde_json::from_str(&policy.document).map_err(error::internal)?;
            match document.statement {
                OneOrMany::Many(many) => statements.extend(many),
                OneOrMany::One(one) => statements.push(one),
            }
        }
        let merged = Merged { version: "2012-10-17", statement: statements };
        let text = serde_json::to_string(&merged).map_err(error::internal)?;
        Policy::parse(&text, Kind::Resource).map_err(error::internal)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    statement: OneOrMany,
}

enum OneOrMany {
    One(Box<RawValue>),
    Many(Vec<Box<RawValue>>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        match raw.get().trim_start().starts_with('[') {
            true => {
                serde_json::from_str(raw.get()).map(Self::Many).map_err(serde::de::Error::custom)
            }
            false => Ok(Self::One(raw)),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Merged {
    version: &'static str,
    statement: Vec<Box<RawValue>>,
}

impl Logs {
    /// The policies of an account in a region.
    ///
    /// # Errors
    /// Internal only.
    pub async fn policies(&self, account: &str, region: &str) -> Result<ReadPolicies> {
        let key = paths::resource_policies(account, region);
        self.records.get_or_absent(&key).await.map_err(error::storage)
    }

    /// The same, compiled; `None` if there are none.
    pub(crate) async fn policy(&self, account: &str, region: &str) -> Result<Option<Arc<Policy>>> {
        let Some(read) = self.policies(account, region).await? else { return Ok(None) };
        if read.policies.is_empty() {
            return Ok(None);
        }
        if let Some(compiled) = self.compiled_policies.get(&read.key)
            && compiled.0 == read.revision
        {
            return Ok(Some(compiled.1));
        }
        let compiled = Arc::new(read.compiled()?);
        self.compiled_policies.insert(read.key.clone(), (read.revision, Arc::clone(&compiled)));
        Ok(Some(compiled))
    }

    /// Stores changed policies.
    ///
    /// # Errors
    /// A conflict when they are no longer what was read.
    pub async fn save_policies(
        &self,
        account: &str,
        region: &str,
        read: &ReadPolicies,
        policies: &ResourcePolicies,
    ) -> Result<()> {
        let mut changes = self.records.changes();
        match read {
            Some(read) => changes.replace(read, policies),
            None => changes.create(&paths::resource_policies(account, region), policies),
        }
        .map_err(error::storage)?;
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}
