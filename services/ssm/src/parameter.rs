//! A parameter with its versions, as it is stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strongroom_records::Record;

use crate::shapes::{ParameterType, Tier};

/// Versions that are kept.
const MOST_VERSIONS: usize = 100;
/// Bytes of texts of all versions that fit into a record. Only descriptions and patterns in many scripts,
/// each as long as it may be, come to more; then fewer versions are kept.
const MOST_BYTES: usize = 800_000;
/// Labels that a version may have.
pub const MOST_LABELS: usize = 10;

/// A parameter. Values stand apart, see [`crate::value`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parameter {
    /// The name, with the slash in front if it was made with one.
    pub name: String,
    /// What tells it from one of the same name that was deleted; its values stand under it.
    pub id: String,
    /// The type, which never changes.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The versions that are kept, the oldest first; never empty.
    pub versions: Vec<Version>,
}

/// A version of a parameter: everything about it but its value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Version {
    /// Its number, from 1.
    pub number: i64,
    /// When it was made, in milliseconds since the epoch.
    pub modified: i64,
    /// The ARN of who made it.
    pub user: String,
    /// What people say about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The key of a SecureString as the caller named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// What its value and later ones have to match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_pattern: Option<String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Its tier.
    pub tier: Tier,
    /// `text`, or what the value stands for.
    pub data_type: String,
}

impl Record for Parameter {
    const KIND: &'static str = "parameter";
}

impl Parameter {
    /// Whether there are more versions than are kept.
    pub fn is_overfull(&self) -> bool {
        let bytes: usize = self.versions.iter().map(Version::bytes).sum();
        self.versions.len() > MOST_VERSIONS || bytes > MOST_BYTES
    }

    /// The version that is read when nobody says which.
    ///
    /// There always is one; a record without would be damaged.
    pub fn latest(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// The version of this number.
    pub fn version(&self, number: i64) -> Option<&Version> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The version with this label.
    pub fn labelled(&self, label: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.labels.iter().any(|had| had == label))
    }

    /// The value of its tag `key`, whose case does not matter.
    pub fn tag(&self, key: &str) -> Option<&str> {
        let found = self.tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str())
    }
}

impl Version {
    fn bytes(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let labels: usize = self.labels.iter().map(String::len).sum();
        length(&self.description)
            + length(&self.allowed_pattern)
            + length(&self.key_id)
            + self.user.len()
            + labels
    }

    /// The key as it is shown.
    pub fn shown_key(&self, kind: ParameterType) -> Option<&str> {
        if kind != ParameterType::SecureString {
            return None;
        }
        Some(self.key_id.as_deref().unwrap_or("alias/aws/ssm"))
    }
}
