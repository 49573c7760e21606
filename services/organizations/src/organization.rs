//! An organization, and an account's membership in one, as they are stored.

use serde::{Deserialize, Serialize};
use strongroom_records::Record;
use strongroom_wire::Timestamp;

use crate::id::Named;
use crate::shapes::FeatureSet;

/// An organization.
///
/// Every change of anything in it replaces this record. That makes writers of one organization take
/// turns, and makes the record's revision the number by which everybody else notices a change.
#[derive(Clone, Serialize, Deserialize)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// The account that created it and manages it.
    pub management: String,
    /// The address of that account's root user.
    pub management_email: String,
    /// The id of its root.
    pub root: String,
    /// What it is for.
    pub features: FeatureSet,
    /// When it was created.
    pub created: Timestamp,
    /// Whether service control policies are in force.
    pub service_control: ServiceControl,
    /// How many organizational units it has.
    pub units: u32,
    /// How many policies it has beside AWS's own.
    pub policies: u32,
    /// How many accounts it has, the management account included.
    pub accounts: u32,
}

/// Whether service control policies are in force.
///
/// Disabling the type detaches every policy everywhere, and enabling it attaches AWS's own to
/// everything. Neither visits all nodes: what is attached belongs to the era in which it was attached.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct ServiceControl {
    /// Whether the type is enabled.
    pub enabled: bool,
    /// How often it has been enabled.
    pub era: u32,
}

impl Record for Organization {
    const KIND: &'static str = "organization";
}

impl Organization {
    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:organizations::{}:organization/{}", self.management, self.id)
    }

    /// The ARN of one of its accounts.
    pub fn account_arn(&self, account: &str) -> String {
        self.arn_within("account", account)
    }

    /// The ARN of what `id` names in it, whether that exists or not.
    pub fn arn_of(&self, id: &str) -> String {
        match Named::by(id) {
            Named::Root => self.arn_within("root", id),
            Named::Unit => self.arn_within("ou", id),
            Named::Account => self.account_arn(id),
            Named::Policy => self.arn_within("policy", &format!("service_control_policy/{id}")),
            Named::Other => self.arn_within("resource", id),
        }
    }

    fn arn_within(&self, kind: &str, name: &str) -> String {
        format!("arn:aws:organizations::{}:{kind}/{}/{name}", self.management, self.id)
    }

    /// Whether service control policies can be had at all.
    pub fn has_policies(&self) -> bool {
        self.features == FeatureSet::All
    }
}

/// The organization of an account, kept with the account.
///
/// An account that leaves keeps the record with nothing in it, so that its revision only ever rises.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Membership {
    /// The account that manages the organization it belongs to.
    pub management: Option<String>,
    /// When it was closed. Nobody gets anything from a closed account, inside or outside an
    /// organization.
    pub closed: Option<Timestamp>,
}

impl Record for Membership {
    const KIND: &'static str = "membership";
}
