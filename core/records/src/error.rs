//! What can go wrong with records.

use strongroom_store::{CommitError, StoreError};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A record could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Another writer changed a record meanwhile; nothing was written.
    #[error("another writer was faster")]
    Conflict,
    /// The bytes under a key are not what was written there.
    #[error("the record {key} is damaged")]
    Damaged {
        /// Where it stands.
        key: String,
        /// What is wrong with it.
        #[source]
        cause: Cause,
    },
    /// The record was written by a newer version of the program.
    #[error("the record {key} has format {found}; this version knows formats up to {known}")]
    Newer {
        /// Where it stands.
        key: String,
        /// The format found.
        found: u8,
        /// The newest format that is known.
        known: u8,
    },
    /// A value cannot be serialized: a defect of ours.
    #[error("the record {key} cannot be written")]
    Unwritable {
        /// Where it was to stand.
        key: String,
        /// Why not.
        #[source]
        cause: Cause,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RecordError {
    pub(crate) fn damaged(key: &str, cause: impl Into<Cause>) -> Self {
        tracing::error!(key, "a stored record is damaged");
        Self::Damaged { key: key.to_owned(), cause: cause.into() }
    }
}

impl From<CommitError> for RecordError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::Conflict,
            CommitError::Store(error) => Self::Store(error),
        }
    }
}
