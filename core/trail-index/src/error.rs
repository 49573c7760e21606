//! What keeps an index from being written or read, told to the operator.

use std::io;
use std::path::{Path, PathBuf};

/// What keeps an index from being written or read.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// A file or folder could not be used.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// Such as `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Records were not added in their order. A defect of the caller.
    #[error("record {found} was added to the index where {expected} belongs")]
    OutOfOrder {
        /// The one that belongs there.
        expected: u64,
        /// The one that was added.
        found: u64,
    },
}

/// Turns what the system said about `path` into an error of ours.
pub(crate) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> IndexError {
    move |source| IndexError::File { action, path: path.into(), source }
}
