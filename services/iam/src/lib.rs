//! AWS Identity and Access Management.
//!
//! # The tour
//!
//! - [`credential`] answers the question of every request: who calls with this access key? Behind it
//!   stand [`grants`], which finds and compiles a principal's policies, and the account's [`ledger`],
//!   whose revision tells whether what was compiled is still so.
//! - [`account`] is what the server needs at its start: accounts and the keys of their root users.
//! - [`entity`] is what is kept, [`path`] under which keys, [`edit`] how it is changed.
//! - [`service_control`] is the port to Organizations.

#![allow(rustdoc::private_intra_doc_links)]

pub mod account;
mod attach;
mod aws_managed;
pub mod credential;
mod edit;
mod entity;
pub mod error;
mod found;
mod grants;
mod holder;
mod ledger;
pub mod operations;
mod page;
mod path;
mod provider;
mod role;
pub mod service_control;
pub mod shape;
mod shown;
pub mod tag;
mod trust;
mod usage;

use std::sync::Arc;

pub use strongroom_api::Credential;
use strongroom_api::service::{Facts, Query, Service};
use strongroom_records::Records;

pub use account::{AccountPage, NewAccessKey};
pub use operations::OPERATIONS;
use service_control::ServiceControl;

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Iam>;

/// Users, groups, roles and policies in `records`.
pub struct Iam {
    pub(crate) records: Arc<Records>,
    pub(crate) service_control: Option<Arc<dyn ServiceControl>>,
    pub(crate) credentials: credential::Credentials,
    pub(crate) compiled: grants::Compiled,
}

/// Credentials kept ready: one for each access key in use.
const CREDENTIALS: usize = 16_384;
/// Managed policies kept compiled.
const COMPILED: usize = 4_096;

impl Iam {
    /// IAM over `records`, without an organization above its accounts.
    #[must_use]
    pub fn new(records: Arc<Records>) -> Self {
        Self {
            records,
            service_control: None,
            credentials: credential::Credentials::new(CREDENTIALS),
            compiled: grants::Compiled::new(COMPILED),
        }
    }

    /// The same with service control policies from `port`.
    #[must_use]
    pub fn under(mut self, port: Arc<dyn ServiceControl>) -> Self {
        self.service_control = Some(port);
        self
    }
}

impl Service for Iam {
    const FACTS: Facts = Facts {
        name: "iam",
        event_source: "iam.amazonaws.com",
        target_prefix: None,
        query: Some(Query {
            version: "2010-05-08",
            namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
        }),
        echoes_values: false,
        capital_message: false,
        global: true,
        not_offered: &[],
    };
}
