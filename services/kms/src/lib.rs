//! AWS KMS: keys, aliases, and what is done with them.
//!
//! # The tour
//!
//! A [`Key`](key::Key) is one record under `<account>/<region>/kms/key/<id>`. It holds everything that
//! decides what may be done with it (policy, state, tags, the names of its aliases) and every version of
//! its material, so that one cached read is all that Decrypt needs. What follows from the record by
//! computing (the compiled policy, the prepared keys) is kept beside it and lives as long as it does.
//!
//! An operation finds a [`Subject`](subject::Subject), the framework authorizes the caller for it by
//! the key policy and the grants, and the operation checks the key's [state](state) before it acts.
//!
//! Ciphertexts name their key and the version of its material and are bound to both, and to their
//! encryption context: [`ciphertext`].

mod alias;
mod asymmetric;
mod ciphertext;
mod conditions;
mod data_key;
mod data_key_pair;
mod directory;
mod encryption;
mod encryption_context;
mod error;
mod find;
mod grant;
mod import;
pub mod jobs;
mod key;
mod key_id;
mod key_policy;
mod last_use;
mod mac;
mod managed_key;
mod material;
mod metadata;
mod ml_kem;
mod multi_region;
pub mod operations;
mod page;
mod paths;
mod rotation;
mod shapes;
mod signing;
mod spec;
mod state;
mod subject;
mod tag;
mod workers;

use std::sync::Arc;

use strongroom_api::{Facts, NotOffered, Service};
use strongroom_records::Records;

pub use directory::{AsWritten, Directory};
pub use encryption_context::EncryptionContext;
use key::Key;
pub use key_id::KeyId;
pub use metadata::KeyMetadata;
pub use operations::OPERATIONS;
pub use spec::{EncryptionAlgorithm, KeySpec, KeyUsage};
pub use workers::{InPlace, Work, Workers};

/// The service.
pub struct Kms {
    records: Arc<Records>,
    workers: Arc<dyn Workers>,
    directory: Arc<dyn Directory>,
    uses: last_use::Uses,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Kms>;

impl Kms {
    /// The service over `records`; what takes long is done by `workers`, and `directory` knows the
    /// principals that key policies name.
    #[must_use]
    pub fn new(
        records: Arc<Records>,
        workers: Arc<dyn Workers>,
        directory: Arc<dyn Directory>,
    ) -> Self {
        Self { records, workers, directory, uses: last_use::Uses::default() }
    }
}

impl Service for Kms {
    const FACTS: Facts = Facts {
        name: "kms",
        event_source: "kms.amazonaws.com",
        target_prefix: Some("TrentService"),
        query: None,
        echoes_values: true,
        capital_message: false,
        global: false,
        not_offered: NOT_OFFERED,
    };
}

const NO_KEY_STORES: &str =
    "keys live in this server; there are no CloudHSM clusters or external key stores to connect";

const NOT_OFFERED: &[NotOffered] = &[
    NotOffered { name: "ConnectCustomKeyStore", reason: NO_KEY_STORES },
    NotOffered { name: "CreateCustomKeyStore", reason: NO_KEY_STORES },
    NotOffered { name: "DeleteCustomKeyStore", reason: NO_KEY_STORES },
    NotOffered { name: "DescribeCustomKeyStores", reason: NO_KEY_STORES },
    NotOffered { name: "DisconnectCustomKeyStore", reason: NO_KEY_STORES },
    NotOffered { name: "UpdateCustomKeyStore", reason: NO_KEY_STORES },
];
