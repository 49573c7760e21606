//! A version of a secret: everything about it but its value.

use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;

/// A version of a secret. Its value is immutable and stands apart, see [`crate::value`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Version {
    /// The `ClientRequestToken` of the call that made it.
    pub id: String,
    /// Its staging labels, in the order they were attached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<String>,
    /// When it was made.
    #[serde(with = "crate::time")]
    pub created: Timestamp,
    /// The day it was last read.
    #[serde(default, with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub last_accessed: Option<Timestamp>,
    /// The keys that can decrypt it, as `ListSecretVersionIds` shows them; empty for the default key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kms_keys: Vec<String>,
    /// Whether it has a value; a version that a rotation prepares has none at first.
    pub has_value: bool,
}

impl Version {
    /// A version without labels and value.
    #[must_use]
    pub fn new(id: String, created: Timestamp) -> Self {
        Self {
            id,
            stages: Vec::new(),
            created,
            last_accessed: None,
            kms_keys: Vec::new(),
            has_value: false,
        }
    }

    /// Whether it has `label`.
    #[must_use]
    pub fn has(&self, label: &str) -> bool {
        self.stages.iter().any(|stage| stage == label)
    }

    /// Whether it has no label, which is what AWS calls deprecated.
    #[must_use]
    pub fn is_deprecated(&self) -> bool {
        self.stages.is_empty()
    }
}
