//! The connections for reading, each on a snapshot that it holds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use strongroom_store::{Direction, Entry, Page, Range, Revision, StoreError};

use crate::digest::Ids;
use crate::error::engine;
use crate::recent::Recent;
use crate::schema;
use crate::{record, scan};

/// A few connections; a read takes whichever is free.
pub struct Readers {
    /// `None` once the store is closed.
    slots: Vec<Mutex<Option<Reader>>>,
    recent: Arc<Recent>,
    ids: Ids,
}

struct Reader {
    connection: Connection,
    /// The revision of the snapshot it holds.
    snapshot: Option<Revision>,
}

impl Readers {
    /// Reads through `connections`, of which there must be at least one.
    pub fn new(connections: Vec<Connection>, recent: Arc<Recent>, ids: Ids) -> Self {
        let reader = |connection| Mutex::new(Some(Reader { connection, snapshot: None }));
        Self { slots: connections.into_iter().map(reader).collect(), recent, ids }
    }

    /// The record under `key`.
    pub fn get(&self, key: &str) -> Result<Option<Entry>, StoreError> {
        let id = self.ids.id(key);
        self.read(
            |snapshot| self.recent.unchanged(id, snapshot),
            |connection, _| {
                let found = record::find(connection, self.ids, key)?;
                Ok(found.map(|found| found.entry))
            },
        )
    }

    /// A page of `range`.
    pub fn scan(
        &self,
        range: &Range,
        direction: Direction,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.read(
            |snapshot| self.recent.all_unchanged(snapshot),
            |connection, revision| {
                scan::scan(connection, self.ids, range, direction, limit, revision)
            },
        )
    }

    /// Ends all snapshots, so that the log they read from can be reset.
    pub fn release(&self) {
        for slot in &self.slots {
            if let Some(reader) = lock(slot).as_mut() {
                reader.release();
            }
        }
    }

    /// Closes all connections.
    pub fn close(&self) {
        for slot in &self.slots {
            lock(slot).take();
        }
    }

    /// # Errors
    /// `Closed` after `close`.
    pub fn check_open(&self) -> Result<(), StoreError> {
        self.free().as_ref().map(|_| ()).ok_or(StoreError::Closed)
    }

    fn read<T>(
        &self,
        still_good: impl FnOnce(Revision) -> bool,
        read: impl FnOnce(&Connection, Revision) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut slot = self.free();
        let reader = slot.as_mut().ok_or(StoreError::Closed)?;
        let snapshot = match reader.snapshot {
            Some(snapshot) if still_good(snapshot) => snapshot,
            _ => reader.renew()?,
        };
        let result = read(&reader.connection, snapshot);
        if result.is_err() {
            // Whatever went wrong, the next read shall not inherit it.
            reader.release();
        }
        result
    }

    fn free(&self) -> MutexGuard<'_, Option<Reader>> {
        // In order, so that a single reader finds its pages in the first connection's cache.
        let free = self.slots.iter().find_map(|slot| slot.try_lock().ok());
        free.unwrap_or_else(|| lock(&self.slots[0]))
    }
}

impl Reader {
    fn renew(&mut self) -> Result<Revision, StoreError> {
        self.release();
        self.run("BEGIN").map_err(engine)?;
        let revision = schema::revision(&self.connection);
        match &revision {
            Ok(revision) => self.snapshot = Some(*revision),
            Err(_) => self.release(),
        }
        revision
    }

    fn release(&mut self) {
        self.snapshot = None;
        if !self.connection.is_autocommit() {
            // Ending a transaction that only read has nothing to fail at.
            drop(self.run("ROLLBACK"));
        }
    }

    fn run(&self, sql: &str) -> rusqlite::Result<usize> {
        self.connection.prepare_cached(sql)?.execute([])
    }
}

fn lock(slot: &Mutex<Option<Reader>>) -> MutexGuard<'_, Option<Reader>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
