//! A transaction over records.

use strongroom_seal::Keyring;
use strongroom_store::{Entry, Transaction};

use crate::Records;
use crate::error::RecordError;
use crate::record::{Record, Stored, encode};

/// Changes that are committed together or not at all.
pub struct Changes<'k> {
    keyring: &'k Keyring,
    transaction: Transaction,
    keys: Vec<String>,
}

impl Records {
    /// No changes yet.
    #[must_use]
    pub fn changes(&self) -> Changes<'_> {
        Changes { keyring: &self.keyring, transaction: Transaction::new(), keys: Vec::new() }
    }
}

impl Changes<'_> {
    /// A new record; the commit conflicts if there is one under `key` already.
    ///
    /// # Errors
    /// [`RecordError::Unwritable`] only.
    pub fn create<T: Record>(&mut self, key: &str, value: &T) -> Result<(), RecordError> {
        self.put_expecting(key, 0, value)
    }

    /// A changed record; the commit conflicts if it is no longer what was read.
    ///
    /// # Errors
    /// [`RecordError::Unwritable`] only.
    pub fn replace<T: Record>(&mut self, read: &Stored<T>, value: &T) -> Result<(), RecordError> {
        self.put_expecting(&read.key, read.revision, value)
    }

    /// A record that is written whatever stood there, because another record of the same commit
    /// guards it.
    ///
    /// # Errors
    /// [`RecordError::Unwritable`] only.
    pub fn put<T: Record>(&mut self, key: &str, value: &T) -> Result<(), RecordError> {
        let sealed = self.keyring.seal(key, &encode(key, value)?);
        self.edit(|transaction| transaction.put(key, sealed));
        self.keys.push(key.to_owned());
        Ok(())
    }

    /// Removes a record; the commit conflicts if it is no longer what was read.
    pub fn remove<T: Record>(&mut self, read: &Stored<T>) {
        self.edit(|transaction| transaction.expect(&read.key, read.revision).delete(&read.key));
        self.keys.push(read.key.clone());
    }

    /// Removes whatever stands under `key`, if anything.
    pub fn delete(&mut self, key: &str) {
        self.edit(|transaction| transaction.delete(key));
        self.keys.push(key.to_owned());
    }

    /// An index entry: a key whose order is what matters, with a small text.
    pub fn index(&mut self, key: &str, text: &str) {
        let sealed = self.keyring.seal(key, text.as_bytes());
        self.edit(|transaction| transaction.put(key, sealed));
    }

    /// The commit conflicts unless the record under `key` is still at `revision` (0: absent).
    pub fn expect(&mut self, key: &str, revision: u64) {
        self.edit(|transaction| transaction.expect(key, revision));
    }

    /// How many writes there are; a store takes a bounded number in one transaction.
    #[must_use]
    pub fn len(&self) -> usize {
        self.transaction.writes.len()
    }

    /// Whether nothing would be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.transaction.writes.is_empty()
    }

    /// The same record in another seal; the commit conflicts if it is no longer what was read.
    pub(crate) fn put_sealed(&mut self, read: &Entry, sealed: Vec<u8>) {
        self.edit(|transaction| {
            transaction.expect(&read.key, read.revision).put(&read.key, sealed)
        });
        self.keys.push(read.key.clone());
    }

    pub(crate) fn into_parts(self) -> (Transaction, Vec<String>) {
        (self.transaction, self.keys)
    }

    fn put_expecting<T: Record>(
        &mut self,
        key: &str,
        revision: u64,
        value: &T,
    ) -> Result<(), RecordError> {
        let sealed = self.keyring.seal(key, &encode(key, value)?);
        self.edit(|transaction| transaction.expect(key, revision).put(key, sealed));
        self.keys.push(key.to_owned());
        Ok(())
    }

    fn edit(&mut self, edit: impl FnOnce(Transaction) -> Transaction) {
        self.transaction = edit(std::mem::take(&mut self.transaction));
    }
}
