//! What keeps the trail from being written or read, told to the operator.

use std::{io, path::PathBuf};

use crate::Problem;

/// What keeps the trail from being written or read.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// The caller's event cannot be a line. A defect of the caller, not of the trail.
    #[error("the event cannot be recorded: {reason}")]
    NotAnEvent {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file or folder of the trail could not be used.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// Such as `write to`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Lines written earlier could not be brought to disk, so no more are accepted until they are.
    #[error("the trail cannot be brought to disk: {reason}")]
    Unsynced {
        /// What the system said.
        reason: String,
    },
    /// Another process writes this trail.
    #[error("the trail {} is in use by another process", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The files are not what was written.
    #[error("the trail is damaged: {0}")]
    Damaged(Box<Problem>),
    /// The trail was closed.
    #[error("the trail is closed")]
    Closed,
}

impl TrailError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::File { .. } | Self::Unsynced { .. } => {
                Some("check the disk's free space and health, and the owner of the folder")
            }
            Self::InUse { .. } => Some("stop the other server, or give this one another folder"),
            Self::Damaged(_) => Some(
                "nothing was changed; restore the file from a copy, or move the whole folder \
                 aside to begin a new trail",
            ),
            Self::NotAnEvent { .. } | Self::Closed => None,
        }
    }
}
