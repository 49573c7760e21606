//! What is stored of a function.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;
use strongroom_records::Record;

use crate::code::Code;
use crate::event_invoke::EventInvoke;
use crate::id::{LATEST, function_arn};
use crate::policy::ResourcePolicy;

/// A function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Function {
    /// The 12 digits of its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Its name.
    pub name: String,
    /// The version that is being worked on.
    pub latest: Configuration,
    /// The highest number given to a version so far; numbers are never given twice.
    pub last_number: u64,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// How many invocations it may have at once, if that was said.
    pub reserved_concurrency: Option<u32>,
    /// Its aliases, by name.
    pub aliases: BTreeMap<String, Alias>,
    /// Who may call it: the function itself (under the empty name), its versions and aliases.
    pub policies: BTreeMap<String, ResourcePolicy>,
    /// What is asked of events, by version (`$LATEST` is one) or alias.
    #[serde(default)]
    pub event_invokes: BTreeMap<String, EventInvoke>,
}

/// One version of a function: code and how it is run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Configuration {
    /// `$LATEST`, or the number of a published version.
    pub version: String,
    /// Its runtime, as AWS names it.
    pub runtime: String,
    /// The ARN of its execution role.
    pub role: String,
    /// What of the code is called.
    pub handler: String,
    /// What it is for, in words.
    pub description: String,
    /// Seconds that one invocation may take.
    pub timeout_seconds: u32,
    /// Memory in mebibytes.
    pub memory_mib: u32,
    /// The size of `/tmp` in mebibytes.
    pub ephemeral_mib: u32,
    /// Variables of its environment.
    pub environment: Option<BTreeMap<String, String>>,
    /// ARNs of the layers under it, in the order of merging.
    pub layers: Vec<String>,
    /// Its code.
    pub code: Code,
    /// The processor asked for.
    pub architecture: String,
    /// Where failed events go.
    pub dead_letter_target: Option<String>,
    /// `Active` or `PassThrough`.
    pub tracing: String,
    /// The KMS key named for its environment.
    pub kms_key_arn: Option<String>,
    /// `PublishedVersions` or `None`.
    pub snap_start: String,
    /// Where output goes, and how.
    pub logging: Logging,
    /// When it was changed last.
    pub modified: Timestamp,
    /// Changes with every change.
    pub revision_id: String,
}

/// Where a function's output goes, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logging {
    /// `Text` or `JSON`.
    pub format: String,
    /// The least that the function's messages must weigh; JSON only.
    pub application_level: Option<String>,
    /// The least that Lambda's messages must weigh; JSON only.
    pub system_level: Option<String>,
    /// The log group.
    pub group: String,
}

/// A name for a version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// The version that it leads to.
    pub version: String,
    /// What it is for, in words.
    pub description: String,
    /// Another version, and the share of calls that it gets.
    pub additional: Option<(String, f64)>,
    /// Changes with every change.
    pub revision_id: String,
}

impl Record for Function {
    const KIND: &'static str = "function";
}

/// A published version.
impl Record for Configuration {
    const KIND: &'static str = "function version";
}

impl Function {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        function_arn(&self.region, &self.account, &self.name)
    }

    /// Whether a published version has the same code and settings as `$LATEST`.
    #[must_use]
    pub fn is_published_as(&self, published: &Configuration) -> bool {
        let mut same = self.latest.clone();
        same.version.clone_from(&published.version);
        same.modified = published.modified;
        same.revision_id.clone_from(&published.revision_id);
        same.description.clone_from(&published.description);
        same.same_as(published)
    }
}

impl Configuration {
    /// Whether it is `$LATEST`.
    #[must_use]
    pub fn is_latest(&self) -> bool {
        self.version == LATEST
    }

    fn same_as(&self, other: &Self) -> bool {
        self.code.sha256 == other.code.sha256
            && self.runtime == other.runtime
            && self.role == other.role
            && self.handler == other.handler
            && self.timeout_seconds == other.timeout_seconds
            && self.memory_mib == other.memory_mib
            && self.ephemeral_mib == other.ephemeral_mib
            && self.environment == other.environment
            && self.layers == other.layers
            && self.architecture == other.architecture
            && self.logging == other.logging
            && self.tracing == other.tracing
            && self.snap_start == other.snap_start
    }
}
