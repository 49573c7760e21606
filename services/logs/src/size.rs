//! How many bytes a group has: counted in memory, written down once a minute, since every write to a
//! group's own record would hold up the others.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use strongroom_api::Result;
use strongroom_records::{Record, Stored};

use crate::group::Group;
use crate::{Logs, error, paths};

/// The bytes of a group as they were last written down.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Size {
    bytes: u64,
}

impl Record for Size {
    const KIND: &'static str = "log group size";
}

/// By how much groups have grown, by the key of their size.
#[derive(Debug, Default)]
pub struct Sizes(Mutex<BTreeMap<String, i64>>);

impl Sizes {
    /// Notes events that were taken.
    pub fn grow(&self, group: &Group, bytes: usize) {
        self.add(group, i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Notes events that were taken out.
    pub fn shrink(&self, group: &Group, bytes: usize) {
        self.add(group, -i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Forgets a group that is gone.
    pub fn forget(&self, group: &Group) {
        self.grown().remove(&paths::size(group));
    }

    fn add(&self, group: &Group, bytes: i64) {
        let mut grown = self.grown();
        let sum = grown.entry(paths::size(group)).or_default();
        *sum = sum.saturating_add(bytes);
    }

    fn of(&self, group: &Group) -> i64 {
        self.grown().get(&paths::size(group)).copied().unwrap_or_default()
    }

    fn grown(&self) -> MutexGuard<'_, BTreeMap<String, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Logs {
    /// The bytes of a group.
    ///
    /// # Errors
    /// Internal only.
    pub async fn size(&self, group: &Group) -> Result<u64> {
        let key = paths::size(group);
        let noted = self.records.get::<Size>(&key).await.map_err(error::storage)?;
        let noted = noted.map_or(0, |size| size.bytes);
        Ok(noted.saturating_add_signed(self.sizes.of(group)))
    }

    /// Writes down by how much groups have grown; returns how many did.
    ///
    /// # Errors
    /// Internal only; what is not written yet is not forgotten.
    pub async fn write_sizes(&self) -> Result<u64> {
        let keys: Vec<String> = self.sizes.grown().keys().cloned().collect();
        let mut written = 0;
        for key in keys {
            let noted = self.records.get::<Size>(&key).await.map_err(error::storage)?;
            let grown = self.sizes.grown().get(&key).copied().unwrap_or_default();
            let before = noted.as_ref().map_or(0, |size| size.bytes);
            let size = Size { bytes: before.saturating_add_signed(grown) };
            self.write_size(&key, noted.as_deref(), size).await?;
            let mut left = self.sizes.grown();
            if let Some(sum) = left.get_mut(&key) {
                *sum -= grown;
                if *sum == 0 {
                    left.remove(&key);
                }
            }
            written += 1;
        }
        Ok(written)
    }

    async fn write_size(&self, key: &str, noted: Option<&Stored<Size>>, size: Size) -> Result<()> {
        let mut changes = self.records.changes();
        match noted {
            Some(noted) => changes.replace(noted, &size),
            None => changes.create(key, &size),
        }
        .map_err(error::storage)?;
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}
