//! A store that dies: what a crash between two commits leaves, without a process to kill.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use strongroom_store::{
    BoxFuture, CommitError, Compacted, Direction, Entry, MemoryStore, Page, Range, Revision, Store,
    StoreError, Transaction, Watch,
};

/// A store in memory that takes so many commits and then no more.
pub struct MortalStore {
    store: MemoryStore,
    left: AtomicU64,
}

impl MortalStore {
    /// One that lives until it is told otherwise.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { store: MemoryStore::new(), left: AtomicU64::new(u64::MAX) })
    }

    /// Refuses every commit after the next `commits`.
    pub fn die_after(&self, commits: u64) {
        self.left.store(commits, Ordering::SeqCst);
    }

    /// Takes commits again.
    pub fn revive(&self) {
        self.die_after(u64::MAX);
    }
}

impl Store for MortalStore {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>> {
        self.store.get(key)
    }

    fn scan(
        &self,
        range: Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'_, Result<Page, StoreError>> {
        self.store.scan(range, direction, limit)
    }

    fn commit(&self, transaction: Transaction) -> BoxFuture<'_, Result<Revision, CommitError>> {
        let one_less = |left: u64| if left == u64::MAX { Some(left) } else { left.checked_sub(1) };
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
            Ok(_) => self.store.commit(transaction),
            Err(_) => Box::pin(async { Err(CommitError::Store(StoreError::Closed)) }),
        }
    }

    fn watch(&self, range: Range, from: Revision) -> Result<Watch, Compacted> {
        self.store.watch(range, from)
    }

    fn revision(&self) -> Revision {
        self.store.revision()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.close()
    }
}
