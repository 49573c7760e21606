//! The whole suite once more, with row numbers that nearly always collide.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;

use strongroom_store::Store;
use tempfile::TempDir;

use crate::digest::Ids;
use crate::{Options, SqliteStore};

strongroom_store::conformance!(open_colliding);

async fn open_colliding(changes_kept: usize) -> (Arc<dyn Store>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { changes_kept, ..Options::default() };
    let path = directory.path().join("store");
    let store = SqliteStore::open_with(&path, &options, Ids::colliding()).unwrap();
    (Arc::new(store), directory)
}
