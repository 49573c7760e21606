//! What can go wrong in a store, by whose fault.

/// Why a store did not do what it was asked. For the operator; callers of the API never see it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The machine: a read, write or flush failed.
    #[error("the store could not be read or written: {cause}")]
    Io {
        /// What the operating system or the engine said.
        cause: String,
    },
    /// The machine: no space is left. Reads go on; writes do again once there is space.
    #[error("the disk of the store is full")]
    Full,
    /// The data: something stored is not what was once written.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// Which file or record, and what is wrong with it.
        what: String,
    },
    /// The operator: another process has the store open.
    #[error("the store is locked by {}", holder(*.pid))]
    Locked {
        /// The process that holds it; 0 if it is not known.
        pid: u32,
    },
    /// The operator: the file belongs to some other program.
    #[error("the file is not a strongroom store")]
    Foreign,
    /// The operator: the store was written by a newer release.
    #[error("the store has format {found}, this release knows formats up to {known}")]
    Newer {
        /// The format of the file.
        found: u32,
        /// The newest format this release reads.
        known: u32,
    },
    /// The caller: a key, value or transaction is larger than the contract allows.
    #[error("a key, value or transaction is larger than a store takes")]
    TooLarge,
    /// The caller: a transaction that makes no sense.
    #[error("the transaction is refused: {what}")]
    Refused {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The caller: the store was closed before.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// What the operator can do about it, if there is anything.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Io { .. } => "check the disk and the permissions of the data directory".into(),
            Self::Full => "free some space; the server goes on by itself".into(),
            Self::Damaged { .. } => "keep a copy of the files and restore the last backup".into(),
            Self::Locked { .. } => "stop the other server or choose another data directory".into(),
            Self::Foreign => "choose another data directory; this file was left as it is".into(),
            Self::Newer { .. } => "run the release that wrote it, or a newer one".into(),
            Self::TooLarge | Self::Refused { .. } | Self::Closed => return None,
        })
    }
}

/// Why a transaction was not committed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// A key was not at the revision expected. Nothing was changed.
    #[error("a key has changed since it was read")]
    Conflict,
    /// The store failed; unless it refused the transaction, whether it was applied is open.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn holder(pid: u32) -> String {
    match pid {
        0 => "another process".into(),
        pid => format!("pid {pid}"),
    }
}

#[cfg(test)]
mod tests {
    use super::StoreError;

    #[test]
    fn a_locked_store_names_who_holds_it() {
        assert_eq!(StoreError::Locked { pid: 812 }.to_string(), "the store is locked by pid 812");
        let unknown = StoreError::Locked { pid: 0 };
        assert_eq!(unknown.to_string(), "the store is locked by another process");
    }
}
