//! The key hierarchy: how the root key is unsealed and how every stored value is sealed.
//!
//! ```text
//! key file, passphrase, credential ──wrap──▶ root key ──wraps──▶ keyring ──seals──▶ stored values
//!         Candidate                 SealRecord  RootKey           Keyring
//! ```
//!
//! Nothing here stores anything or asks for the time; randomness comes in as [`Entropy`]. Only
//! [`KeyFile`] and the `Candidate` constructors that name a file touch the file system. The
//! caller keeps two JSON documents, neither of them secret: a [`SealRecord`] beside the data
//! and a [`KeyringRecord`] within it.
//!
//! **What this protects.** Whoever has the data without a key reads nothing, and cannot change a
//! value, or move it to another record's key, unnoticed. Putting an *older* value of the same record
//! back is not noticed here.
//!
//! **What the process must do.** Key material is wiped when dropped and the root key lives in a
//! locked page ([`strongroom_memory::LockedKey`]). Core dumps and other processes of the same user
//! are the server's part: call `strongroom_memory::harden_process` before opening a seal.

mod candidate;
mod damaged;
mod encoding;
mod entropy;
mod error;
mod key_file;
mod keyring;
mod keyring_record;
mod passphrase;
mod root_key;
mod seal_record;
mod sealing_key;
mod wrap;

pub use candidate::Candidate;
pub use damaged::Damaged;
#[cfg(feature = "testing")]
pub use entropy::SeededEntropy;
pub use entropy::{Entropy, SystemEntropy};
pub use error::SealError;
pub use key_file::KeyFile;
pub use keyring::Keyring;
pub use keyring_record::{Generation, KeyringRecord};
pub use passphrase::PassphraseCost;
pub use root_key::RootKey;
pub use seal_record::{SealRecord, WrapSummary};
pub use sealing_key::SealingKey;
