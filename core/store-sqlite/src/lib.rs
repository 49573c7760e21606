//! The embedded engine: one SQLite database, group commit, readers on held snapshots.
//!
//! # The tour
//!
//! [`SqliteStore::open`] takes the lock file, refuses what is not a whole and known database
//! (`open.rs`, `header.rs`, `schema.rs`) and starts one thread.
//!
//! **Writing.** `commit` puts the transaction into a bounded queue (`queue.rs`). The writer thread
//! (`writer.rs`) takes all that wait, evaluates them one after the other inside one SQLite
//! transaction, commits it with one fsync and answers everyone after that. While it waits for the
//! disk, the next batch gathers; so 64 clients cost little more than one.
//!
//! **Reading.** A read runs on the caller's thread, on one of a few connections (`readers.rs`), each
//! of which *holds* a snapshot instead of taking one for every read. A snapshot is good for a key as
//! long as the key has not changed since, and `recent.rs` knows that from one atomic load; only then is
//! it renewed. The writer announces what it is about to change before it becomes visible, which makes
//! reads linearizable across connections.
//!
//! **Rows.** A record's row number is a hash of its key (`digest.rs`), so a read is one descent of
//! one tree (`record.rs`), and the index on the key serves scans (`scan.rs`) and the rare keys whose
//! number was taken. Every row carries a digest of its key, revision and value: SQLite does not notice a flipped byte, this does.
//!
//! **The log.** After [`Options::wal_bytes`], or a second without work, the writer ends all snapshots
//! and checkpoints; so the write-ahead log stays bounded and starting is quick, however large the
//! store and however it ended.
//!
//! # What to know when operating it
//!
//! - Files: `<path>`, `<path>-wal`, `<path>-shm` and `<path>.lock`, all 0600. The first two belong
//!   together; never copy or restore one without the other while the server runs or after it was killed.
//! - A full disk fails writes with [`StoreError::Full`]; they succeed again once there is space.
//! - The file does not shrink. Deleted records are overwritten where that costs no further write
//!   (`secure_delete=FAST`), which is tidiness and no promise: copies remain in the log, in free
//!   pages and on the disk. Deleting for good means destroying the key that sealed the record.
//! - A single damaged byte in a record is reported when the record is read. Damage to the index alone
//!   could hide keys from a scan; [`SqliteStore::verify`] finds that too, by reading everything.

mod digest;
mod error;
mod header;
mod lock;
mod open;
mod queue;
mod readers;
mod recent;
mod record;
mod scan;
mod schema;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use strongroom_store::{
    BoxFuture, ChangeLog, CommitError, Compacted, Direction, Entry, Page, Range, Revision, Store,
    StoreError, Transaction, Watch,
};

use crate::digest::Ids;
use crate::queue::Queue;
use crate::readers::Readers;
use crate::writer::Finished;

/// What can be set. The defaults suit a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of pages kept in memory, by all connections together: 16 MiB a reader unless set.
    pub cache_bytes: usize,
    /// Connections for reading, at least one. More than there are cores is of no use.
    pub readers: usize,
    /// Size of the write-ahead log at which it is written back.
    pub wal_bytes: u64,
    /// Size of the database beyond which writes answer [`StoreError::Full`].
    pub max_bytes: Option<u64>,
    /// Changes remembered for watches.
    pub changes_kept: usize,
}

impl Default for Options {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let readers = cores.min(4);
        Self {
            // Enough for the upper pages of the tree of a few million records.
            cache_bytes: readers * (16 << 20),
            readers,
            wal_bytes: 4 << 20,
            max_bytes: None,
            changes_kept: 16 << 10,
        }
    }
}

/// A store in one SQLite database.
pub struct SqliteStore {
    path: PathBuf,
    queue: Arc<Queue>,
    readers: Arc<Readers>,
    changes: ChangeLog,
    finished: Finished,
    writer: Option<JoinHandle<()>>,
}

impl SqliteStore {
    /// Opens the database at `path`, creating it if there is none.
    ///
    /// # Errors
    /// `Locked` if a process has it open, `Foreign`, `Newer` or `Damaged` if the file is not one that
    /// can be trusted (it is left as it is), `Io` or `Full` if the machine fails.
    pub fn open(path: &Path, options: Options) -> Result<Self, StoreError> {
        Self::open_with(path, &options, Ids::default())
    }

    pub(crate) fn open_with(path: &Path, options: &Options, ids: Ids) -> Result<Self, StoreError> {
        let opened = open::open(path, options, ids)?;
        let (writer, finished) = writer::start(opened.writer)?;
        Ok(Self {
            path: opened.path,
            queue: opened.queue,
            readers: opened.readers,
            changes: opened.changes,
            finished,
            writer: Some(writer),
        })
    }

    /// Reads the whole database and checks it: trees against index, every record against its digest.
    /// Takes seconds per gigabyte and blocks; the log cannot be reset meanwhile.
    ///
    /// # Errors
    /// `Damaged` names the first thing found.
    pub fn verify(&self) -> Result<(), StoreError> {
        self.readers.check_open()?;
        open::verify(&self.path)
    }
}

impl Store for SqliteStore {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>> {
        Box::pin(async move { self.readers.get(key) })
    }

    fn scan(
        &self,
        range: Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'_, Result<Page, StoreError>> {
        Box::pin(async move { self.readers.scan(&range, direction, limit) })
    }

    fn commit(&self, transaction: Transaction) -> BoxFuture<'_, Result<Revision, CommitError>> {
        Box::pin(async move {
            transaction.check()?;
            self.queue.commit(transaction).await
        })
    }

    fn watch(&self, range: Range, from: Revision) -> Result<Watch, Compacted> {
        self.changes.watch(range, from)
    }

    fn revision(&self) -> Revision {
        self.changes.revision()
    }

    /// The database is locked while it is open.
    fn is_exclusive(&self) -> bool {
        true
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.queue.close();
            let mut finished = self.finished.clone();
            match finished.wait_for(Option::is_some).await {
                Ok(result) => result.clone().unwrap_or(Ok(())),
                Err(_) => Err(StoreError::Io { cause: "the writer stopped unexpectedly".into() }),
            }
        })
    }
}

impl Drop for SqliteStore {
    /// Finishes what was accepted, so that the files can be opened again at once.
    fn drop(&mut self) {
        self.queue.close();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has said so; there is nobody left to tell.
            drop(writer.join());
        }
    }
}

#[cfg(test)]
mod tests;
