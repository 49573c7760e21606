//! IAM Roles Anywhere: sessions of roles for those who hold an X.509 certificate.
//!
//! # The tour
//!
//! - A [trust anchor](trust_anchor) is a certificate authority that an account trusts, a [profile] says
//!   which roles its certificates may lead to, and a [crl] which of them are revoked. All three, and the
//!   [subjects](subject) that have come by, are [resources](resource).
//! - [`certificate`] reads what a sender shows and checks its signature; [`trust`] follows the chain to
//!   the anchor and [`revocation`] asks whether all of it still counts; [`attributes`] are what policies learn of a certificate.
//! - `CreateSession` puts it together. The session itself comes from the port [`sessions::Sessions`].

pub mod attributes;
pub mod certificate;
pub mod crl;
mod error;
mod find;
mod not_offered;
pub mod operations;
mod page;
mod paths;
pub mod profile;
pub mod resource;
pub mod revocation;
pub mod sessions;
mod shapes;
pub mod subject;
mod tag;
mod tagged;
pub mod trust;
pub mod trust_anchor;

use std::sync::Arc;

use strongroom_api::{Facts, Service};
use strongroom_records::Records;

pub use operations::OPERATIONS;

use sessions::Sessions;

/// The service.
pub struct RolesAnywhere {
    records: Arc<Records>,
    sessions: Arc<dyn Sessions>,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, RolesAnywhere>;

impl RolesAnywhere {
    /// The service over `records`, which gets its sessions from `sessions`.
    #[must_use]
    pub fn new(records: Arc<Records>, sessions: Arc<dyn Sessions>) -> Self {
        Self { records, sessions }
    }
}

impl Service for RolesAnywhere {
    const FACTS: Facts = Facts {
        name: "rolesanywhere",
        event_source: "rolesanywhere.amazonaws.com",
        target_prefix: None,
        query: None,
        echoes_values: true,
        capital_message: false,
        global: false,
        not_offered: not_offered::NOT_OFFERED,
    };
}
