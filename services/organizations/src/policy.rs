//! Service control policies.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use serde::{Deserialize, Serialize};
use strongroom_policy::{Attachment, Kind, Malformed, Named};
use strongroom_records::{Record, RecordError, Stored};

use crate::error;
use crate::organization::Organization;

/// The id of the policy that AWS manages and attaches to everything.
pub const FULL_ACCESS: &str = "p-FullAWSAccess";

const FULL_ACCESS_ARN: &str =
    "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess";
const FULL_ACCESS_CONTENT: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}"#;

/// A policy as it is stored.
#[derive(Serialize, Deserialize)]
pub struct Policy {
    /// `p-…`
    pub id: String,
    /// Its name, which no other policy of the organization has.
    pub name: String,
    /// What people say about it.
    pub description: String,
    /// The document as it was given.
    pub content: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The document compiled; it lives as long as the record in the cache.
    #[serde(skip)]
    compiled: OnceLock<Arc<Named>>,
}

impl Record for Policy {
    const KIND: &'static str = "service control policy";
}

impl Policy {
    /// A policy without tags.
    pub fn new(id: String, name: String, description: String, content: String) -> Self {
        Self { id, name, description, content, tags: BTreeMap::new(), compiled: OnceLock::new() }
    }

    /// The same to be changed: a copy that is compiled anew.
    pub fn edited(&self) -> Self {
        let (id, name) = (self.id.clone(), self.name.clone());
        let mut copy = Self::new(id, name, self.description.clone(), self.content.clone());
        copy.tags = self.tags.clone();
        copy
    }
}

/// A policy that was found: one of the organization, or AWS's own.
#[derive(Clone)]
pub enum Held {
    /// `p-FullAWSAccess`.
    FullAccess,
    /// One that somebody wrote.
    Own(Arc<Stored<Policy>>),
}

impl Held {
    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::FullAccess => FULL_ACCESS,
            Self::Own(policy) => &policy.id,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::FullAccess => "FullAWSAccess",
            Self::Own(policy) => &policy.name,
        }
    }

    /// What is said about it.
    pub fn description(&self) -> &str {
        match self {
            Self::FullAccess => "Allows access to every operation",
            Self::Own(policy) => &policy.description,
        }
    }

    /// The document.
    pub fn content(&self) -> &str {
        match self {
            Self::FullAccess => FULL_ACCESS_CONTENT,
            Self::Own(policy) => &policy.content,
        }
    }

    /// Its ARN.
    pub fn arn(&self, organization: &Organization) -> String {
        match self {
            Self::FullAccess => FULL_ACCESS_ARN.to_owned(),
            Self::Own(policy) => organization.arn_of(&policy.id),
        }
    }

    /// The policy ready to be asked.
    ///
    /// # Errors
    /// [`RecordError::Damaged`] for a document that no longer parses: what it denied must not be
    /// allowed because of that.
    pub fn compiled(&self, organization: &Organization) -> Result<Arc<Named>, RecordError> {
        let policy = match self {
            Self::FullAccess => return FULL_ACCESS_COMPILED.clone().map_err(damaged(FULL_ACCESS)),
            Self::Own(policy) => policy,
        };
        if let Some(compiled) = policy.compiled.get() {
            return Ok(compiled.clone());
        }
        let arn = organization.arn_of(&policy.id);
        let compiled = compile(&policy.name, &arn, &policy.content);
        let compiled = compiled.map_err(damaged(&policy.key))?;
        Ok(policy.compiled.get_or_init(|| compiled).clone())
    }
}

static FULL_ACCESS_COMPILED: LazyLock<Result<Arc<Named>, Malformed>> =
    LazyLock::new(|| compile("FullAWSAccess", FULL_ACCESS_ARN, FULL_ACCESS_CONTENT));

/// Checks a document that is to be stored.
///
/// # Errors
/// ConstraintViolationException for one that is too long, MalformedPolicyDocumentException.
pub fn check(content: &str) -> strongroom_wire::Result<()> {
    // AWS counts what comes through its API as it is; only its console removes white space.
    if content.chars().count() > MOST_CHARACTERS {
        return Err(error::policy_too_long());
    }
    parse(content).map(drop).map_err(error::malformed_policy)
}

/// AWS's quota for the size of a service control policy.
const MOST_CHARACTERS: usize = 5_120;

fn parse(content: &str) -> Result<strongroom_policy::Policy, Malformed> {
    strongroom_policy::Policy::parse(content, Kind::ServiceControl)
}

fn compile(name: &str, arn: &str, content: &str) -> Result<Arc<Named>, Malformed> {
    Ok(Arc::new(Named {
        policy: parse(content)?,
        name: name.into(),
        arn: Some(arn.into()),
        attachment: Attachment::ServiceControl,
    }))
}

fn damaged(key: &str) -> impl FnOnce(Malformed) -> RecordError {
    move |cause| RecordError::Damaged { key: key.to_owned(), cause: cause.into() }
}
