//! The store on SQLite passes the suite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;

use strongroom_store::Store;
use strongroom_store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

strongroom_store::conformance!(open);

async fn open(changes_kept: usize) -> (Arc<dyn Store>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { changes_kept, ..Options::default() };
    let store = SqliteStore::open(&directory.path().join("store"), options).unwrap();
    (Arc::new(store), directory)
}
