//! What is committed: compares that must hold, then writes that happen together.

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::{Revision, StoreError};

/// The most compares and writes of a transaction, together.
pub const MAX_OPERATIONS: usize = 128;

/// The most bytes of keys and values in a transaction, together.
pub const MAX_TRANSACTION_BYTES: usize = 1536 << 10;

/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 2 << 10;

/// The longest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 1 << 20;

/// A key must be at a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compare {
    /// The key.
    pub key: String,
    /// The revision of its last change; 0 if the key must be absent.
    pub revision: Revision,
}

/// One change that a transaction makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Stores a value, replacing what is there.
    Put {
        /// Under which key.
        key: String,
        /// What to store.
        value: Bytes,
    },
    /// Removes a key; fine if it is absent.
    Delete {
        /// Which key.
        key: String,
    },
}

impl Write {
    /// The key it changes.
    pub fn key(&self) -> &str {
        match self {
            Self::Put { key, .. } | Self::Delete { key } => key,
        }
    }
}

/// Compares, all of which must hold, and writes, which then all happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// What must hold.
    pub compare: Vec<Compare>,
    /// What happens then. No key may occur twice.
    pub writes: Vec<Write>,
}

impl Transaction {
    /// A transaction that does nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires `key` to be at `revision`; 0 requires it to be absent.
    #[must_use]
    pub fn expect(mut self, key: impl Into<String>, revision: Revision) -> Self {
        self.compare.push(Compare { key: key.into(), revision });
        self
    }

    /// Stores `value` under `key`.
    #[must_use]
    pub fn put(mut self, key: impl Into<String>, value: impl Into<Bytes>) -> Self {
        self.writes.push(Write::Put { key: key.into(), value: value.into() });
        self
    }

    /// Removes `key`.
    #[must_use]
    pub fn delete(mut self, key: impl Into<String>) -> Self {
        self.writes.push(Write::Delete { key: key.into() });
        self
    }

    /// Bytes of all keys and values.
    pub fn size_bytes(&self) -> usize {
        let compares: usize = self.compare.iter().map(|compare| compare.key.len()).sum();
        let writes = self.writes.iter().map(|write| match write {
            Write::Put { key, value } => key.len() + value.len(),
            Write::Delete { key } => key.len(),
        });
        compares + writes.sum::<usize>()
    }

    /// Whether every engine would take it. Engines ask this before anything else.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] beyond a bound, [`StoreError::Refused`] for an empty key or one that
    /// is written twice (which etcd refuses, too).
    pub fn check(&self) -> Result<(), StoreError> {
        if self.compare.len() + self.writes.len() > MAX_OPERATIONS
            || self.size_bytes() > MAX_TRANSACTION_BYTES
            || self.keys().any(|key| key.len() > MAX_KEY_BYTES)
            || self.writes.iter().any(value_is_too_large)
        {
            return Err(StoreError::TooLarge);
        }
        if self.keys().any(str::is_empty) {
            return Err(StoreError::Refused { what: "a key is empty" });
        }
        let distinct: BTreeSet<&str> = self.writes.iter().map(Write::key).collect();
        if distinct.len() < self.writes.len() {
            return Err(StoreError::Refused { what: "it writes a key twice" });
        }
        Ok(())
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        let compares = self.compare.iter().map(|compare| compare.key.as_str());
        compares.chain(self.writes.iter().map(Write::key))
    }
}

fn value_is_too_large(write: &Write) -> bool {
    matches!(write, Write::Put { value, .. } if value.len() > MAX_VALUE_BYTES)
}
