//! What tests of services share: a fake clock, a tape for records, a stage to call from, and the walk
//! over a whole dispatch table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod callers;
mod model;
mod mortal;
mod stage;
mod tape;
mod walk;

pub use callers::{allowed_only, nobody, user};
pub use model::differences_from_model;
pub use mortal::MortalStore;
pub use stage::{ACCOUNT, REGION, Refusal, Stage};
pub use tape::Tape;
pub use walk::{every_operation_is_guarded_and_recorded, planted};

use std::sync::Arc;

use strongroom_records::Records;
use strongroom_seal::{Keyring, KeyringRecord, RootKey, SeededEntropy};
use strongroom_store::{MemoryStore, Store};

/// Records over a fresh store in memory, sealed with keys that the seed decides.
#[must_use]
pub fn records(seed: u64) -> Arc<Records> {
    records_over(Arc::new(MemoryStore::new()), seed)
}

/// Records over `store`, sealed with keys that the seed decides.
#[must_use]
pub fn records_over(store: Arc<dyn Store>, seed: u64) -> Arc<Records> {
    let entropy = Arc::new(SeededEntropy::new(seed));
    let root = RootKey::generate(&*entropy).expect("a root key");
    let record = KeyringRecord::create(&root, 0, &*entropy);
    let keyring = Keyring::unlock(&root, &record, entropy).expect("a keyring");
    Arc::new(Records::new(store, Arc::new(keyring), 8 << 20))
}
