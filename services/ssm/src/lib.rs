//! AWS Systems Manager Parameter Store: named values with versions and labels, in a hierarchy.
//!
//! # The tour
//!
//! A [`Parameter`](parameter::Parameter) is one record with everything about all of its versions but
//! their values; each value stands by itself ([`value`]). Names are told apart as their ARNs are, without
//! the slash in front ([`name`]), so that every path is one range of keys ([`listing`]).
//!
//! A SecureString is only ever stored as KMS's ciphertext, bound to the parameter's ARN; the port
//! [`keys::Keys`] encrypts and decrypts as the caller. Names below `/aws/reference/secretsmanager/` are
//! secrets, read as the caller through the port [`secrets::Secrets`].

mod census;
mod error;
mod filter;
mod find;
pub mod keys;
mod listing;
mod name;
mod not_offered;
pub mod operations;
mod page;
mod parameter;
mod paths;
mod reading;
mod rules;
pub mod secrets;
mod shapes;
mod tag;
mod value;
mod views;

use std::sync::Arc;

use strongroom_api::{Facts, Service};
use strongroom_records::Records;

use keys::Keys;
pub use operations::OPERATIONS;
use secrets::Secrets;

/// The service.
pub struct Ssm {
    records: Arc<Records>,
    keys: Arc<dyn Keys>,
    secrets: Arc<dyn Secrets>,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Ssm>;

impl Ssm {
    /// The service over `records`.
    #[must_use]
    pub fn new(records: Arc<Records>, keys: Arc<dyn Keys>, secrets: Arc<dyn Secrets>) -> Self {
        Self { records, keys, secrets }
    }
}

impl Service for Ssm {
    const FACTS: Facts = Facts {
        name: "ssm",
        event_source: "ssm.amazonaws.com",
        target_prefix: Some("AmazonSSM"),
        query: None,
        echoes_values: true,
        capital_message: false,
        global: false,
        not_offered: not_offered::NOT_OFFERED,
    };
}
