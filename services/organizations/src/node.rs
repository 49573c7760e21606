//! The tree: root, organizational units, accounts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strongroom_records::Record;
use strongroom_wire::{Sensitive, Timestamp};

use crate::organization::Organization;
use crate::policy::FULL_ACCESS;

/// A node of an organization's tree: what policies are attached to and tags stand on.
#[derive(Clone, Serialize, Deserialize)]
pub struct Node {
    /// `r-…`, `ou-…`, or the 12 digits of an account.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it hangs; `None` for the root.
    pub parent: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// The service control policies attached to it.
    pub attached: Attached,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What a node is.
#[derive(Clone, Serialize, Deserialize)]
pub enum Kind {
    /// The root.
    Root,
    /// An organizational unit.
    Unit,
    /// An account.
    Account(Member),
}

/// What an organization knows of an account.
#[derive(Clone, Serialize, Deserialize)]
pub struct Member {
    /// The address of its root user.
    pub email: String,
    /// When it joined.
    pub joined: Timestamp,
    /// Whether it existed before it joined.
    pub invited: bool,
    /// When it was closed.
    pub closed: Option<Timestamp>,
}

/// Policies, and the era of service control in which they were attached.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Attached {
    /// The era; see [`crate::organization::ServiceControl`].
    pub era: u32,
    /// Their ids, in the order of attaching.
    pub policies: Vec<String>,
}

impl Record for Node {
    const KIND: &'static str = "node of an organization";
}

impl Node {
    /// A new node.
    pub fn new(id: &str, name: &str, parent: Option<&str>, kind: Kind) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            kind,
            attached: Attached::default(),
            tags: BTreeMap::new(),
        }
    }

    /// The ids of the policies attached to it now.
    pub fn policies(&self, organization: &Organization) -> Vec<String> {
        let control = organization.service_control;
        if !control.enabled {
            return Vec::new();
        }
        if self.attached.era == control.era {
            return self.attached.policies.clone();
        }
        // Nobody has changed it since the type was enabled.
        vec![FULL_ACCESS.to_owned()]
    }

    /// The account's facts, if it is one.
    pub fn member(&self) -> Option<&Member> {
        match &self.kind {
            Kind::Account(member) => Some(member),
            Kind::Root | Kind::Unit => None,
        }
    }

    /// Whether accounts and units can hang under it.
    pub fn is_parent(&self) -> bool {
        matches!(self.kind, Kind::Root | Kind::Unit)
    }

    /// AWS's text for what it is.
    pub fn type_text(&self) -> &'static str {
        match self.kind {
            Kind::Root => "ROOT",
            Kind::Unit => "ORGANIZATIONAL_UNIT",
            Kind::Account(_) => "ACCOUNT",
        }
    }

    /// Its name as replies carry it; the names of accounts are sensitive in AWS's model.
    pub fn sensitive_name(&self) -> Sensitive<String> {
        Sensitive::new(self.name.clone())
    }
}
