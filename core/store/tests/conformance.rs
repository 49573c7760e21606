//! The store in memory passes the suite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;

use strongroom_store::{MemoryStore, Store};

strongroom_store::conformance!(open);

async fn open(changes: usize) -> (Arc<dyn Store>, ()) {
    (Arc::new(MemoryStore::keeping(changes)), ())
}
