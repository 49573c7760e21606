//! The ledger of an account: what there is of everything, and the epoch.
//!
//! Every write to an account's IAM replaces its ledger under compare-and-swap in the same transaction.
//! So the writes of an account happen one after the other, quotas hold, and the ledger's revision is an
//! epoch: as long as it stands still, nothing that was compiled from the account's policies is stale.

use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;
use strongroom_records::Record;

/// What an account has.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ledger {
    pub(crate) created: Timestamp,
    #[serde(default)]
    pub(crate) users: u32,
    #[serde(default)]
    pub(crate) groups: u32,
    #[serde(default)]
    pub(crate) roles: u32,
    #[serde(default)]
    pub(crate) policies: u32,
    #[serde(default)]
    pub(crate) policy_versions: u32,
    #[serde(default)]
    pub(crate) instance_profiles: u32,
    #[serde(default)]
    pub(crate) providers: u32,
    /// The access keys of the root user.
    #[serde(default)]
    pub(crate) root_access_keys: Vec<String>,
    #[serde(default)]
    pub(crate) alias: Option<String>,
    #[serde(default)]
    pub(crate) password_policy: Option<PasswordPolicy>,
    /// When the credential report was made.
    #[serde(default)]
    pub(crate) report: Option<Timestamp>,
}

/// The rules for passwords of console users.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PasswordPolicy {
    pub(crate) minimum_length: i32,
    pub(crate) symbols: bool,
    pub(crate) numbers: bool,
    pub(crate) uppercase: bool,
    pub(crate) lowercase: bool,
    pub(crate) users_may_change: bool,
    pub(crate) max_age: Option<i32>,
    pub(crate) reuse_prevention: Option<i32>,
    pub(crate) hard_expiry: Option<bool>,
}

impl Record for Ledger {
    const KIND: &'static str = "iam ledger";
}
