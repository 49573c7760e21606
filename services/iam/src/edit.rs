//! How IAM writes: everything of one call in one transaction, which moves the account's epoch.

use std::sync::Arc;

use strongroom_api::{Error, Result};
use strongroom_records::{Changes, Record, Stored};

use crate::entity::{IdHolder, Sort, Usage};
use crate::holder::{Entity, Holder};
use crate::ledger::Ledger;
use crate::{Iam, error, path};

/// The changes of one call.
///
/// The ledger is read first and replaced last. So whatever is read while the edit is open is still
/// so when it commits, or the commit conflicts and the call starts anew. A target found before needs
/// [`replace`](Self::replace) or [`remove`](Self::remove), which compare it.
pub(crate) struct Edit<'i> {
    iam: &'i Iam,
    read: Arc<Stored<Ledger>>,
    changes: Changes<'i>,
    account: String,
    /// What the account has; written back by [`commit`](Self::commit).
    pub(crate) ledger: Ledger,
}

impl Iam {
    /// Begins an edit of `account`.
    pub(crate) async fn edit(&self, account: &str) -> Result<Edit<'_>> {
        let read = self.ledger(account).await?;
        let read = read.ok_or_else(|| Error::internal(format!("no account {account}")))?;
        Ok(Edit {
            iam: self,
            ledger: read.value.clone(),
            read,
            changes: self.records.changes(),
            account: account.to_owned(),
        })
    }

    pub(crate) async fn ledger(&self, account: &str) -> Result<Option<Arc<Stored<Ledger>>>> {
        self.records.get(&path::ledger(account)).await.map_err(error::storage)
    }
}

impl Edit<'_> {
    /// Writes a new entity and, if it has a unique id that others refer to, whose it is.
    pub(crate) fn create<T: Entity>(&mut self, entity: &T) -> Result<()> {
        self.changes.create(&entity.key(), entity).map_err(error::storage)
    }

    /// Notes whose unique id `id` is.
    pub(crate) fn hold_id(&mut self, id: &str, sort: Sort, name: &str) -> Result<()> {
        let holder = IdHolder { account: self.account.clone(), sort, name: name.to_owned() };
        self.put(&path::unique_id(id), &holder)
    }

    /// Nobody has the unique id `id` any more.
    pub(crate) fn free_id(&mut self, id: &str) {
        self.changes.delete(&path::unique_id(id));
    }

    /// Writes a changed entity in place of the one that was read.
    pub(crate) fn replace<T: Record>(&mut self, read: &Stored<T>, changed: &T) -> Result<()> {
        self.changes.replace(read, changed).map_err(error::storage)
    }

    /// Moves an entity to another name, with the books of what is attached to it.
    pub(crate) fn rename<T: Holder>(&mut self, read: &Stored<T>, renamed: &T) -> Result<()> {
        self.remove(read);
        self.create(renamed)?;
        for policy in &renamed.policies().managed {
            let prefix = path::attachments(&self.account, policy);
            self.delete(&entry(&prefix, T::HOLDER, read.value.key_name()));
            self.index(&entry(&prefix, T::HOLDER, renamed.key_name()));
        }
        Ok(())
    }

    /// The same for the boundary that the entity has.
    pub(crate) fn rename_bounded<T: Holder>(&mut self, policy: &str, had: &T, renamed: &T) {
        let prefix = path::bounded(&self.account, policy);
        self.delete(&entry(&prefix, T::HOLDER, had.key_name()));
        self.index(&entry(&prefix, T::HOLDER, renamed.key_name()));
    }

    /// Removes an entity that was read.
    pub(crate) fn remove<T: Record>(&mut self, read: &Stored<T>) {
        self.changes.remove(read);
    }

    /// Writes a record that was read, if at all, while the edit was open.
    pub(crate) fn put<T: Record>(&mut self, key: &str, value: &T) -> Result<()> {
        self.changes.put(key, value).map_err(error::storage)
    }

    /// Removes a record that was read, if at all, while the edit was open.
    pub(crate) fn delete(&mut self, key: &str) {
        self.changes.delete(key);
    }

    /// Writes an index entry.
    pub(crate) fn index(&mut self, key: &str) {
        self.changes.index(key, "");
    }

    /// Notes that a policy came to be attached (`by` 1) to, or was detached (-1) from, an entity.
    pub(crate) async fn count_attachment(
        &mut self,
        policy: &str,
        sort: Sort,
        name: &str,
        by: i32,
    ) -> Result<()> {
        let key = entry(&path::attachments(&self.account, policy), sort, name);
        self.count(policy, &key, by, |usage| &mut usage.attachments).await
    }

    /// The same for a permissions boundary.
    pub(crate) async fn count_boundary(
        &mut self,
        policy: &str,
        sort: Sort,
        name: &str,
        by: i32,
    ) -> Result<()> {
        let key = entry(&path::bounded(&self.account, policy), sort, name);
        self.count(policy, &key, by, |usage| &mut usage.boundaries).await
    }

    async fn count(
        &mut self,
        policy: &str,
        key: &str,
        by: i32,
        which: fn(&mut Usage) -> &mut i32,
    ) -> Result<()> {
        match by {
            1.. => self.index(key),
            _ => self.delete(key),
        }
        let mut usage = self.iam.usage(&self.account, policy).await?;
        let count = which(&mut usage);
        *count = (*count + by).max(0);
        self.put(&path::usage(&self.account, policy), &usage)
    }

    /// Commits.
    pub(crate) async fn commit(mut self) -> Result<()> {
        self.changes.replace(&self.read, &self.ledger).map_err(error::storage)?;
        self.iam.records.commit(self.changes).await.map_err(error::storage)?;
        Ok(())
    }
}

/// The index entry of an entity: `…|user/anna`.
pub(crate) fn entry(prefix: &str, sort: Sort, name: &str) -> String {
    format!("{prefix}{}/{}", sort.word(), name.to_ascii_lowercase())
}
