//! The engine that keeps nothing: a map in memory, for `--dev` and for tests.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::{
    BoxFuture, Change, ChangeLog, CommitError, Compacted, Direction, Entry, MAX_PAGE_BYTES,
    MAX_PAGE_ENTRIES, Page, Range, Revision, Store, StoreError, Transaction, Watch, Write,
};

const CHANGES_KEPT: usize = 16 << 10;
const CHANGE_BYTES_KEPT: usize = 4 << 20;

/// A store in memory. It keeps the whole contract but one word: nothing survives the process.
pub struct MemoryStore {
    map: Mutex<Map>,
    changes: ChangeLog,
}

struct Map {
    records: BTreeMap<String, (Bytes, Revision)>,
    revision: Revision,
    closed: bool,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::keeping(CHANGES_KEPT)
    }

    /// An empty store whose watches may lag by no more than `changes`.
    pub fn keeping(changes: usize) -> Self {
        Self {
            map: Mutex::new(Map { records: BTreeMap::new(), revision: 0, closed: false }),
            changes: ChangeLog::new(0, changes, CHANGE_BYTES_KEPT),
        }
    }

    fn open(&self) -> Result<MutexGuard<'_, Map>, StoreError> {
        let map = self.map.lock().unwrap_or_else(PoisonError::into_inner);
        if map.closed { Err(StoreError::Closed) } else { Ok(map) }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>> {
        Box::pin(async move {
            let map = self.open()?;
            Ok(map.records.get(key).map(|record| entry(key, record)))
        })
    }

    fn scan(
        &self,
        range: Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'_, Result<Page, StoreError>> {
        Box::pin(async move { Ok(self.open()?.scan(&range, direction, limit)) })
    }

    fn commit(&self, transaction: Transaction) -> BoxFuture<'_, Result<Revision, CommitError>> {
        Box::pin(async move {
            let mut map = self.open()?;
            transaction.check()?;
            let changes = map.apply(transaction)?;
            // Appended under the lock, so that the log has the order of the commits.
            if !changes.is_empty() {
                self.changes.append(changes, map.revision);
            }
            Ok(map.revision)
        })
    }

    fn watch(&self, range: Range, from: Revision) -> Result<Watch, Compacted> {
        self.changes.watch(range, from)
    }

    fn revision(&self) -> Revision {
        self.changes.revision()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            if let Ok(mut map) = self.open() {
                map.closed = true;
                map.records.clear();
            }
            self.changes.close();
            Ok(())
        })
    }
}

impl Map {
    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Page {
        let mut page = Page { entries: Vec::new(), revision: self.revision, more: false };
        if range.is_empty() {
            return page;
        }
        let end = match range.end.as_str() {
            "" => Bound::Unbounded,
            end => Bound::Excluded(end),
        };
        let found = self.records.range::<str, _>((Bound::Included(range.start.as_str()), end));
        match direction {
            Direction::Forward => fill(&mut page, found, limit),
            Direction::Backward => fill(&mut page, found.rev(), limit),
        }
        page
    }

    fn apply(&mut self, transaction: Transaction) -> Result<Vec<Change>, CommitError> {
        for compare in &transaction.compare {
            let found = self.records.get(&compare.key).map_or(0, |(_, revision)| *revision);
            if found != compare.revision {
                return Err(CommitError::Conflict);
            }
        }
        let revision = self.revision + 1;
        let mut changes = Vec::new();
        for write in transaction.writes {
            let (key, deleted) = match write {
                Write::Put { key, value } => {
                    self.records.insert(key.clone(), (value, revision));
                    (key, false)
                }
                Write::Delete { key } if self.records.remove(&key).is_some() => (key, true),
                Write::Delete { .. } => continue,
            };
            changes.push(Change { key, revision, deleted });
        }
        if !changes.is_empty() {
            self.revision = revision;
        }
        Ok(changes)
    }
}

fn fill<'a>(
    page: &mut Page,
    found: impl Iterator<Item = (&'a String, &'a (Bytes, Revision))>,
    limit: usize,
) {
    let mut bytes = 0;
    for (key, record) in found {
        if page.entries.len() >= limit.min(MAX_PAGE_ENTRIES) || bytes >= MAX_PAGE_BYTES {
            page.more = true;
            return;
        }
        bytes += record.0.len();
        page.entries.push(entry(key, record));
    }
}

fn entry(key: &str, (value, revision): &(Bytes, Revision)) -> Entry {
    Entry { key: key.into(), value: value.clone(), revision: *revision }
}
