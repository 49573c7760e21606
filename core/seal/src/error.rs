//! What keeps a seal closed, told to the operator.

use std::{io, path::PathBuf};

/// What keeps a seal closed. Everything here is for the operator; no caller of the API sees it.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// None of the keys at hand opens the seal.
    #[error("none of the keys given opens the seal, which accepts: {accepted}")]
    WrongKey {
        /// The wraps of the record, such as `key-file 3f2a…, passphrase 81c0…`.
        accepted: String,
    },
    /// A document was wrapped by another root key than the one at hand.
    #[error("{document} belongs to root key {belongs_to}, and the seal holds root key {at_hand}")]
    AnotherRootKey {
        /// What was to be opened.
        document: &'static str,
        /// Fingerprint of the root key that wrapped it.
        belongs_to: String,
        /// Fingerprint of the root key at hand.
        at_hand: String,
    },
    /// A seal or keyring document cannot be read.
    #[error("{document} is damaged: {reason}")]
    DamagedRecord {
        /// `the seal record` or `the keyring`.
        document: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A document was written by a later version of this program.
    #[error("{document} has format {found}, and this version reads up to {known}")]
    NewerFormat {
        /// `the seal record` or `the keyring`.
        document: &'static str,
        /// The version found.
        found: u32,
        /// The latest version known.
        known: u32,
    },
    /// The wrap to remove does not exist.
    #[error("the seal has no wrap `{id}`")]
    NoSuchWrap {
        /// What was asked for.
        id: String,
    },
    /// Removing the wrap would lock everyone out.
    #[error("wrap `{id}` is the last one that opens the seal")]
    LastWrap {
        /// What was to be removed.
        id: String,
    },
    /// The keyring does not hold the generation, or still seals with it.
    #[error("generation {generation} of the keyring cannot be retired: {reason}")]
    NotRetirable {
        /// What was to be retired.
        generation: u32,
        /// Why not.
        reason: &'static str,
    },
    /// A key file others may read.
    #[error("key file {} can be read by others (mode {mode:03o})", path.display())]
    ExposedKeyFile {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A key that cannot be used as one.
    #[error("{what} cannot be used as a key: {reason}")]
    UnusableKey {
        /// Which key, in words.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// `read` or `create`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system gave no memory for a key.
    #[error("no memory for a key: {source}")]
    NoMemory {
        /// Why.
        source: io::Error,
    },
}

impl SealError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::WrongKey { .. } => {
                "nothing was changed; give the key file, passphrase or credential that sealed this \
                 data"
            }
            Self::AnotherRootKey { .. } => {
                "nothing was changed; the data and the seal record come from different places or \
                 backups: restore both from the same one"
            }
            Self::DamagedRecord { .. } => "nothing was changed; restore it from a backup",
            Self::NewerFormat { .. } => "nothing was changed; start the version that wrote it",
            Self::NoSuchWrap { .. } => "list the wraps of the seal to see their ids",
            Self::LastWrap { .. } => "add another wrap first",
            Self::NotRetirable { .. } => return None,
            Self::ExposedKeyFile { .. } => {
                "chmod 600 the file, and replace the key if others may have read it"
            }
            Self::UnusableKey { .. } => return None,
            Self::File { .. } => "check the path, its owner and its permissions",
            Self::NoMemory { .. } => "raise the memory limit of the process",
        })
    }
}
