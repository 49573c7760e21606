//! AWS Organizations: many accounts, in a tree, under service control policies.
//!
//! # The tour
//!
//! An [`Organization`](organization::Organization) belongs to the account that created it and stands
//! there, with a record for each [`Node`](node::Node) of its tree (root, units, accounts) and each
//! [`Policy`](policy::Policy). Every change replaces the organization's own record as well ([`edit`]):
//! writers take turns, and its revision tells everybody else that something changed. In each member
//! account stands a [`Membership`](organization::Membership), which leads to the organization.
//!
//! [`Organizations::control`] compiles what limits an account: one list of policies for each level
//! from the root down. [`Organizations::generation`] is asked on every request, and says whether that
//! is still true.
//!
//! What an account is outside organizations, IAM knows: the port [`Accounts`].

mod accounts;
mod attachment;
mod control;
mod creation;
mod edit;
mod error;
mod find;
mod id;
mod join;
mod listing;
mod node;
mod not_offered;
pub mod operations;
mod organization;
mod page;
mod paths;
mod policy;
mod shapes;
mod tag;
mod tagged;
mod views;

use std::sync::Arc;

use strongroom_api::{Facts, Service};
use strongroom_records::Records;

pub use accounts::{Accounts, DEFAULT_ROLE, NewAccount};
pub use control::Control;
pub use operations::OPERATIONS;

/// The service.
pub struct Organizations {
    records: Arc<Records>,
    accounts: Arc<dyn Accounts>,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Organizations>;

impl Organizations {
    /// The service over `records`, which makes accounts through `accounts`.
    #[must_use]
    pub fn new(records: Arc<Records>, accounts: Arc<dyn Accounts>) -> Self {
        Self { records, accounts }
    }
}

impl Service for Organizations {
    const FACTS: Facts = Facts {
        name: "organizations",
        event_source: "organizations.amazonaws.com",
        target_prefix: Some("AWSOrganizationsV20161128"),
        query: None,
        echoes_values: true,
        capital_message: true,
        global: true,
        not_offered: not_offered::NOT_OFFERED,
    };
}
