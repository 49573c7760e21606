//! AWS Secrets Manager.
//!
//! # The tour
//!
//! - [`operations`] is the table of contents: one file for each operation.
//! - The rules are pure and have no I/O: [`id`] (names and ARNs), [`staging`] (labels), [`secret`] and
//!   [`version`] (what a secret is), [`filter`] (which secrets a list shows), [`password`].
//! - [`records`] knows where things are stored, finds a secret by any of its ids and saves it.
//! - [`rotation`] and [`schedule`] say when a secret is rotated and how far that is; [`functions`] is the
//!   port to Lambda.
//! - [`value`] seals a version's value under a data key of its own; [`keys`] is the port to KMS.
//! - [`jobs`] lists what time starts.
//!
//! The service knows neither HTTP nor the store's engine nor any other service: what it needs from
//! outside are the traits [`keys::Keys`], [`policy::Directory`] and [`functions::Functions`].

pub mod access;
pub mod announcement;
pub mod census;
pub mod description;
pub mod error;
pub mod events;
pub mod filter;
pub mod functions;
pub mod id;
pub mod jobs;
pub mod keys;
pub mod listing;
pub mod operations;
pub mod operator;
pub mod page;
pub mod password;
pub mod paths;
pub mod policy;
pub mod records;
mod rekey;
mod replica;
pub mod replicate;
pub mod replication;
pub mod rotate;
pub mod rotation;
pub mod schedule;
pub mod secret;
mod seen;
pub mod staging;
pub mod tag;
#[cfg(test)]
mod testing;
mod time;
pub mod value;
pub mod version;
pub mod write;

use std::sync::Arc;

use strongroom_api::service::{Facts, NotOffered, Service};
use strongroom_records::Records;

pub use operations::OPERATIONS;

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, SecretsManager>;

/// The service: secrets in `records`, data keys from `keys`, rotation by `functions`.
pub struct SecretsManager {
    /// Where secrets are stored.
    pub(crate) records: Arc<Records>,
    /// Where data keys come from.
    pub(crate) keys: Arc<dyn keys::Keys>,
    /// Functions that rotate.
    pub(crate) functions: Arc<dyn functions::Functions>,
    /// Which principals exist.
    pub(crate) directory: Arc<dyn policy::Directory>,
    /// Reads of today that are not in the records yet.
    pub(crate) access: access::Access,
}

impl SecretsManager {
    /// The service over `records`, with data keys from `keys`, functions that rotate from `functions` and
    /// principals from `directory`.
    #[must_use]
    pub fn new(
        records: Arc<Records>,
        keys: Arc<dyn keys::Keys>,
        functions: Arc<dyn functions::Functions>,
        directory: Arc<dyn policy::Directory>,
    ) -> Self {
        Self { records, keys, functions, directory, access: access::Access::default() }
    }
}

impl Service for SecretsManager {
    const FACTS: Facts = Facts {
        name: "secretsmanager",
        event_source: "secretsmanager.amazonaws.com",
        target_prefix: Some("secretsmanager"),
        query: None,
        echoes_values: true,
        capital_message: true,
        global: false,
        not_offered: &[
            NotOffered {
                name: "AssociateCrossAccountReplica",
                reason: "replicas in another account are not offered yet",
            },
            NotOffered {
                name: "DisassociateCrossAccountReplica",
                reason: "replicas in another account are not offered yet",
            },
        ],
    };
}
