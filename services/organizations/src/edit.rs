//! A change of an organization.

use std::sync::Arc;

use strongroom_records::{Changes, Record, Records, Stored};
use strongroom_store::{Direction, Range};
use strongroom_wire::Result;

use crate::organization::Organization;
use crate::{Organizations, error, paths};

/// A change of an organization: its record is replaced whatever else changes, so that nothing that was
/// read of it can have changed meanwhile.
pub struct Edit<'s> {
    /// The organization as it will be.
    pub organization: Organization,
    /// As it was read; `None` for one that is being founded.
    read: Option<Arc<Stored<Organization>>>,
    records: &'s Records,
    changes: Changes<'s>,
}

/// How many entries are swept at once; a transaction takes 128 operations.
const SWEEP: usize = 100;

impl Organizations {
    /// Begins to change the organization that was `read`.
    pub(crate) fn edit(&self, read: &Arc<Stored<Organization>>) -> Edit<'_> {
        Edit {
            organization: read.value.clone(),
            read: Some(read.clone()),
            records: &self.records,
            changes: self.records.changes(),
        }
    }

    /// Begins to found an organization.
    pub(crate) fn founding(&self, organization: Organization) -> Edit<'_> {
        let (records, changes) = (&*self.records, self.records.changes());
        Edit { organization, read: None, records, changes }
    }

    /// Deletes everything in `range`, which nobody reads any more. What a crash leaves is deleted by
    /// the next sweep of the same range.
    pub(crate) async fn sweep(&self, range: Range) -> Result<()> {
        loop {
            let page = self.records.store().scan(range.clone(), Direction::Forward, SWEEP).await;
            let page = page.map_err(error::internal)?;
            if page.entries.is_empty() {
                return Ok(());
            }
            let mut changes = self.records.changes();
            for entry in &page.entries {
                changes.delete(&entry.key);
            }
            self.records.commit(changes).await.map_err(error::of_record)?;
        }
    }
}

impl Edit<'_> {
    /// A new record.
    pub fn create<T: Record>(&mut self, key: &str, value: &T) -> Result<()> {
        self.changes.create(key, value).map_err(error::of_record)
    }

    /// A changed record.
    pub fn replace<T: Record>(&mut self, read: &Stored<T>, value: &T) -> Result<()> {
        self.changes.replace(read, value).map_err(error::of_record)
    }

    /// A record that may or may not have been there.
    pub fn write<T: Record>(
        &mut self,
        key: &str,
        read: Option<&Stored<T>>,
        value: &T,
    ) -> Result<()> {
        match read {
            Some(read) => self.replace(read, value),
            None => self.create(key, value),
        }
    }

    /// A record that goes.
    pub fn remove<T: Record>(&mut self, read: &Stored<T>) {
        self.changes.remove(read);
    }

    /// An index entry.
    pub fn index(&mut self, key: &str) {
        self.changes.index(key, "");
    }

    /// A record or index entry that goes, whatever it says.
    pub fn delete(&mut self, key: &str) {
        self.changes.delete(key);
    }

    /// Commits.
    ///
    /// # Errors
    /// A conflict when anything of the organization has changed since it was read.
    pub async fn commit(mut self) -> Result<()> {
        let key = paths::organization(&self.organization.management);
        let read = self.read.as_deref();
        let put = match read {
            Some(read) => self.changes.replace(read, &self.organization),
            None => self.changes.create(&key, &self.organization),
        };
        put.map_err(error::of_record)?;
        self.commit_without_organization().await
    }

    /// Commits, and the organization is no more.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub async fn commit_deletion(mut self) -> Result<()> {
        if let Some(read) = &self.read {
            self.changes.remove(&**read);
        }
        self.commit_without_organization().await
    }

    async fn commit_without_organization(self) -> Result<()> {
        self.records.commit(self.changes).await.map(drop).map_err(error::of_record)
    }
}
