//! What all that is kept here has in common.

use serde::{Deserialize, Serialize};
use strongroom_api::{Entropy, Timestamp, random_uuid};
use strongroom_records::Record;

use crate::tag::Tags;

/// Something that is kept: a trust anchor, a profile, a revocation list, a subject.
pub trait Resource: Record + Clone {
    /// How ARNs and keys name its kind: `trust-anchor`.
    const NOUN: &'static str;
    /// How messages name it: `Trust anchor`.
    const TITLE: &'static str;

    /// What it has in common with others.
    fn facts(&self) -> &Facts;

    /// The same, to be changed.
    fn facts_mut(&mut self) -> &mut Facts;
}

/// What all resources have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Facts {
    /// The account that owns it.
    pub account: String,
    /// Where it is.
    pub region: String,
    /// Its id, a UUID.
    pub id: String,
    /// Its name; a subject's distinguished name.
    pub name: String,
    /// Whether it counts.
    pub enabled: bool,
    /// When it was created, in milliseconds.
    pub created: i64,
    /// When it was changed last, in milliseconds.
    pub updated: i64,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

impl Facts {
    /// Those of a new resource.
    #[must_use]
    pub fn new(
        (account, region): (&str, &str),
        name: &str,
        enabled: Option<bool>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Self {
        Self {
            account: account.to_owned(),
            region: region.to_owned(),
            id: random_uuid(entropy).to_string(),
            name: name.to_owned(),
            enabled: enabled.unwrap_or(false),
            created: now.millis(),
            updated: now.millis(),
            tags: Tags::new(),
        }
    }

    /// The ARN of a resource of this kind.
    #[must_use]
    pub fn arn(&self, noun: &str) -> String {
        arn(&self.account, &self.region, noun, &self.id)
    }

    /// When it was created, as replies have it.
    #[must_use]
    pub fn created_at(&self) -> String {
        Timestamp::from_millis(self.created).iso8601()
    }

    /// When it was changed last, as replies have it.
    #[must_use]
    pub fn updated_at(&self) -> String {
        Timestamp::from_millis(self.updated).iso8601()
    }
}

/// The ARN of a resource.
#[must_use]
pub fn arn(account: &str, region: &str, noun: &str, id: &str) -> String {
    format!("arn:aws:rolesanywhere:{region}:{account}:{noun}/{id}")
}
