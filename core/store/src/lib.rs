//! The store: an ordered key-value store with an etcd-shaped contract, and the suite that proves an engine keeps it.
//!
//! # The tour
//!
//! Everything Strongroom knows is a record under a readable key, `<account>/<region>/…`. A service
//! reads with [`Store::get`] and [`Store::scan`], writes with [`Store::commit`] and hears of changes
//! with [`Store::watch`]. That is all; it is small enough to be implemented on SQLite, in memory and
//! on etcd.
//!
//! ```
//! use strongroom_store::{CommitError, Direction, MemoryStore, Range, Store, Transaction};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), CommitError> {
//! let store = MemoryStore::new();
//!
//! // Create: the key must be absent, so of two who try at once one is told `Conflict`.
//! let create = Transaction::new().expect("a/key", 0).put("a/key", "first");
//! let revision = store.commit(create).await?;
//!
//! // Change what was read, and nothing else: compare the revision it was read at.
//! let change = Transaction::new().expect("a/key", revision).put("a/key", "second");
//! store.commit(change).await?;
//!
//! let page = store.scan(Range::prefix("a/"), Direction::Forward, 100).await?;
//! assert_eq!(page.entries[0].value, "second");
//! # Ok(())
//! # }
//! ```
//!
//! # The contract
//!
//! - **Revisions.** Every transaction that changes something gets the next [`Revision`], and all keys
//!   it wrote carry it. Revisions rise strictly, survive restarts and are never used twice. A
//!   transaction that changes nothing (it only compares, or deletes what is absent) takes none and
//!   answers the current one.
//! - **Atomic and durable.** All compares are checked, then all writes happen or none; when `commit`
//!   returns `Ok`, the writes survive a power cut. `Conflict` means that nothing happened. Any other
//!   error leaves the outcome open: read before trying again. Dropping the future of `commit` does not
//!   take the transaction back.
//! - **Linearizable.** A read that begins after a commit returned sees it, and once one read has seen
//!   a commit, so does every later one.
//! - **Ordered.** Keys sort by their UTF-8 bytes, which is the order of their code points.
//! - **Bounded.** A transaction has at most [`MAX_OPERATIONS`] compares and writes and
//!   [`MAX_TRANSACTION_BYTES`] in all, a key [`MAX_KEY_BYTES`], a value [`MAX_VALUE_BYTES`], a page
//!   [`MAX_PAGE_ENTRIES`] and about [`MAX_PAGE_BYTES`]. These are etcd's limits, so that it can serve too.
//! - **Complete changes.** A [`Watch`] yields every change of its range after a revision, in order,
//!   none twice; when the past it would need is gone it says [`Compacted`], and the reader scans anew.
//!
//! # Where to read on
//!
//! [`Range`] pages through keys, [`Transaction`] is what is committed, [`ChangeLog`] is how the
//! single-process engines serve watches, [`MemoryStore`] is the engine of `--dev` and the shortest
//! one to read, [`Lease`] is who may run a job. With the feature `conformance` comes the suite;
//! `tests/conformance.rs` shows how an engine runs it.

mod change;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod lease;
mod memory;
mod range;
mod transaction;

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

pub use change::{Change, ChangeLog, Compacted, Watch};
pub use error::{CommitError, StoreError};
pub use lease::Lease;
pub use memory::MemoryStore;
pub use range::{Direction, Range};
pub use transaction::{
    Compare, MAX_KEY_BYTES, MAX_OPERATIONS, MAX_TRANSACTION_BYTES, MAX_VALUE_BYTES, Transaction,
    Write,
};

/// The number of a committed transaction. 0 means "never existed".
pub type Revision = u64;

/// A future that the trait can hand out while staying usable as `dyn Store`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The most entries a page holds, whatever limit was asked for.
pub const MAX_PAGE_ENTRIES: usize = 1000;

/// The bytes of values after which a page ends early. It still holds at least one entry.
pub const MAX_PAGE_BYTES: usize = 4 << 20;

/// A key, what is stored under it, and the revision that last changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// What is stored under it.
    pub value: Bytes,
    /// The revision of the last change of this key.
    pub revision: Revision,
}

/// Part of a range, as it stood at one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The entries, in the direction asked for.
    pub entries: Vec<Entry>,
    /// The revision at which the page was read; watching from here misses nothing.
    pub revision: Revision,
    /// Whether the range goes on beyond the last entry. Ask this, not the number of entries: a page
    /// may end early.
    pub more: bool,
}

/// What every engine does. The contract is told in the crate's documentation.
pub trait Store: Send + Sync + 'static {
    /// The entry under `key`, if there is one.
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>>;

    /// The first `limit` entries of `range`, counted from its start or, backward, from its end.
    fn scan(
        &self,
        range: Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'_, Result<Page, StoreError>>;

    /// Checks all compares, then does all writes or none. Durable when it returns.
    fn commit(&self, transaction: Transaction) -> BoxFuture<'_, Result<Revision, CommitError>>;

    /// The changes of `range` with a revision above `from`, in order.
    ///
    /// # Errors
    /// [`Compacted`] if some of them are no longer known.
    fn watch(&self, range: Range, from: Revision) -> Result<Watch, Compacted>;

    /// The revision of the last transaction that was acknowledged.
    fn revision(&self) -> Revision;

    /// Whether nobody but this process can have the store open, so that whatever lease an earlier process
    /// left behind is free.
    fn is_exclusive(&self) -> bool {
        false
    }

    /// Finishes what was accepted, writes everything out and lets go of the files. Every later call
    /// answers [`StoreError::Closed`], every watch ends. Closing twice is fine.
    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>>;
}
