//! Sealed, versioned, typed records over a store, with the bounded cache that the hot path reads.
//!
//! A record is a serde type with a kind and a format version ([`Record`]). It is stored as
//! `keyring.seal(key, version ‖ MessagePack)`: sealed with its own key as associated data, so that a
//! flipped byte, or a record moved to another key, is reported as a damaged store and never read as
//! something else. Old formats stay readable through [`Record::upgrade`]; fixtures of them are kept.
//!
//! Reads go through a cache of opened records. It holds only what is not secret by itself: secret
//! values inside a record are sealed once more under their KMS data key. A reader never gets a record
//! older than the last acknowledged write ([`cache`] says how).
//!
//! Writes are [`Changes`]: compare the revision of what was read, put, delete, commit; [`Conflict`]
//! means that another writer was faster.
//!
//! [`Conflict`]: RecordError::Conflict

pub mod cache;
mod changes;
mod error;
pub mod page;
mod record;
mod reseal;

use std::sync::Arc;

use strongroom_seal::Keyring;
use strongroom_store::{Direction, Entry, Range, Revision, Store};
use tokio::sync::RwLock;

pub use changes::Changes;
pub use error::RecordError;
pub use record::{Record, Stored};
pub use reseal::{Counted, Inner, Resealed, SealedWithin};

use cache::Cache;

/// Sealed, typed records over a store.
pub struct Records {
    store: Arc<dyn Store>,
    keyring: Arc<Keyring>,
    cache: Cache,
    /// Held together by whoever commits, alone by whoever changes the keyring.
    turn: RwLock<()>,
}

/// One page of records.
pub struct Page<T> {
    /// The records, in the direction asked for.
    pub records: Vec<Arc<Stored<T>>>,
    /// Whether the range goes on.
    pub more: bool,
}

/// One page of an index: keys with small texts that are no records.
pub struct IndexPage {
    /// Keys and what stands under them.
    pub entries: Vec<(String, String)>,
    /// Whether the range goes on.
    pub more: bool,
}

/// Stands in the cache where nothing stands in the store.
struct Absent;

impl Records {
    /// Records of `store` sealed by `keyring`, with a cache of about `cache_bytes`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, keyring: Arc<Keyring>, cache_bytes: u64) -> Self {
        Self { store, keyring, cache: Cache::new(cache_bytes), turn: RwLock::default() }
    }

    /// The store underneath, for what is no record (leases, the seal's own documents).
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The keyring that seals the records.
    #[must_use]
    pub fn keyring(&self) -> &Arc<Keyring> {
        &self.keyring
    }

    /// The record under `key`, from the cache if it is there.
    ///
    /// # Errors
    /// [`RecordError`] when the store fails or the record is damaged.
    pub async fn get<T: Record>(&self, key: &str) -> Result<Option<Arc<Stored<T>>>, RecordError> {
        if let Some(found) = self.cache.get(key) {
            // Another type under the key would be a defect; reading afresh reports it.
            if let Ok(found) = found.downcast() {
                return Ok(Some(found));
            }
        }
        let ticket = self.cache.ticket(key);
        let Some(entry) = self.store.get(key).await? else { return Ok(None) };
        let size = entry.value.len();
        let record = Arc::new(self.open::<T>(entry)?);
        self.cache.offer(ticket, key, record.clone(), size);
        Ok(Some(record))
    }

    /// As [`get`](Self::get), but that nothing stands under `key` is remembered as well.
    ///
    /// For the few keys that every request asks for and that no client makes up: absences of keys that
    /// anybody can name would only push records out of the cache.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_or_absent<T: Record>(
        &self,
        key: &str,
    ) -> Result<Option<Arc<Stored<T>>>, RecordError> {
        if self.cache.get(key).is_some_and(|found| found.is::<Absent>()) {
            return Ok(None);
        }
        let ticket = self.cache.ticket(key);
        let found = self.get(key).await?;
        if found.is_none() {
            self.cache.offer(ticket, key, Arc::new(Absent), 0);
        }
        Ok(found)
    }

    /// The first `limit` records of `range`. They are not put into the cache.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn scan<T: Record>(
        &self,
        range: Range,
        direction: Direction,
        limit: usize,
    ) -> Result<Page<T>, RecordError> {
        let page = self.store.scan(range, direction, limit).await?;
        let records = page
            .entries
            .into_iter()
            .map(|entry| self.open(entry).map(Arc::new))
            .collect::<Result<_, _>>()?;
        Ok(Page { records, more: page.more })
    }

    /// The first `limit` entries of an index written with [`Changes::index`].
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn scan_index(
        &self,
        range: Range,
        direction: Direction,
        limit: usize,
    ) -> Result<IndexPage, RecordError> {
        let page = self.store.scan(range, direction, limit).await?;
        let entries = page
            .entries
            .into_iter()
            .map(|entry| {
                let opened = self
                    .keyring
                    .open(&entry.key, &entry.value)
                    .map_err(|cause| RecordError::damaged(&entry.key, cause))?;
                let text = String::from_utf8(opened.to_vec())
                    .map_err(|cause| RecordError::damaged(&entry.key, cause))?;
                Ok((entry.key, text))
            })
            .collect::<Result<_, RecordError>>()?;
        Ok(IndexPage { entries, more: page.more })
    }

    /// Commits `changes` as one transaction; durable when it returns.
    ///
    /// # Errors
    /// [`RecordError::Conflict`] when a record is no longer what was read; nothing has changed then.
    pub async fn commit(&self, changes: Changes<'_>) -> Result<Revision, RecordError> {
        let (mut transaction, keys) = changes.into_parts();
        let _turn = self.turn.read().await;
        self.freshen(&mut transaction)?;
        let _barrier = self.cache.barrier(keys);
        Ok(self.store.commit(transaction).await?)
    }

    fn open<T: Record>(&self, entry: Entry) -> Result<Stored<T>, RecordError> {
        let opened = self
            .keyring
            .open(&entry.key, &entry.value)
            .map_err(|cause| RecordError::damaged(&entry.key, cause))?;
        let value = record::decode(&entry.key, &opened)?;
        Ok(Stored { key: entry.key, revision: entry.revision, value })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde::{Deserialize, Serialize};
    use strongroom_seal::{KeyringRecord, RootKey, SeededEntropy};
    use strongroom_store::MemoryStore;

    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    struct Note(String);

    impl Record for Note {
        const KIND: &'static str = "note";
    }

    fn records() -> Records {
        let entropy = Arc::new(SeededEntropy::new(1));
        let root = RootKey::generate(&*entropy).unwrap();
        let record = KeyringRecord::create(&root, 0, &*entropy);
        let keyring = Keyring::unlock(&root, &record, entropy).unwrap();
        Records::new(Arc::new(MemoryStore::new()), Arc::new(keyring), 1 << 20)
    }

    #[tokio::test]
    async fn an_absence_is_remembered_until_a_record_is_written() {
        let records = records();
        assert!(records.get_or_absent::<Note>("a/note").await.unwrap().is_none());
        assert!(records.cache.get("a/note").is_some_and(|found| found.is::<Absent>()));
        assert!(records.get::<Note>("a/note").await.unwrap().is_none());

        let mut changes = records.changes();
        changes.create("a/note", &Note("here".into())).unwrap();
        records.commit(changes).await.unwrap();
        let found = records.get_or_absent::<Note>("a/note").await.unwrap().unwrap();
        assert_eq!(found.0, "here");
    }
}
