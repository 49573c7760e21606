//! Accounts, and the access keys of their root users.

use strongroom_api::access_key::{IdPrefix, secret_access_key, unique_id};
use strongroom_api::{Entropy, Error, Result, Sensitive, Timestamp};
use strongroom_records::{Inner, SealedWithin};
use strongroom_store::{Direction, Range};

use crate::entity::AccessKey;
use crate::ledger::Ledger;
use crate::{Iam, error, path};

/// A new access key: the only time that its secret is shown.
#[derive(Debug)]
pub struct NewAccessKey {
    /// `AKIA…`.
    pub id: String,
    /// The secret access key.
    pub secret: Sensitive<String>,
}

/// One page of accounts.
#[derive(Debug)]
pub struct AccountPage {
    /// The 12 digits of each, in order.
    pub accounts: Vec<String>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

/// The most accounts in a page.
const PAGE: usize = 1_000;

impl Iam {
    /// Creates an account. One that exists is left as it is, and the answer is `false`.
    ///
    /// # Errors
    /// Internal only: the store fails, or `id` is not 12 digits.
    pub async fn create_account(&self, id: &str, now: Timestamp) -> Result<bool> {
        if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::internal(format!("{id} is not an account id")));
        }
        if self.account_exists(id).await? {
            return Ok(false);
        }
        let mut changes = self.records.changes();
        let ledger = Ledger { created: now, ..Ledger::default() };
        changes.create(&path::ledger(id), &ledger).map_err(error::storage)?;
        changes.index(&format!("{}{id}", path::ACCOUNTS), "");
        match self.records.commit(changes).await {
            Ok(_) => Ok(true),
            // Another node created it meanwhile.
            Err(strongroom_records::RecordError::Conflict) => Ok(false),
            Err(cause) => Err(error::storage(cause)),
        }
    }

    /// Whether there is such an account.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn account_exists(&self, id: &str) -> Result<bool> {
        Ok(self.ledger(id).await?.is_some())
    }

    /// The accounts behind `after` (empty: from the first), in order.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn accounts(&self, after: &str) -> Result<AccountPage> {
        let mut range = Range::prefix(path::ACCOUNTS);
        if !after.is_empty() {
            range = range.after(&format!("{}{after}", path::ACCOUNTS));
        }
        let page = self.records.scan_index(range, Direction::Forward, PAGE).await;
        let page = page.map_err(error::storage)?;
        let accounts = page.entries.iter().map(|(key, _)| path::tail(key).to_owned()).collect();
        Ok(AccountPage { accounts, more: page.more })
    }

    /// Makes an access key of the account's root user.
    ///
    /// # Errors
    /// Internal only: the store fails, or there is no such account.
    pub async fn create_root_access_key(
        &self,
        account: &str,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<NewAccessKey> {
        let id = unique_id(IdPrefix::Akia, account, entropy);
        let secret = secret_access_key(entropy);
        self.put_root_access_key(account, &id, secret.reveal(), now).await?;
        Ok(NewAccessKey { id, secret })
    }

    /// Gives the account's root user this access key; an older one with the same id is replaced.
    ///
    /// # Errors
    /// As [`create_root_access_key`](Self::create_root_access_key); also when the id belongs to
    /// somebody else.
    pub async fn put_root_access_key(
        &self,
        account: &str,
        id: &str,
        secret: &str,
        now: Timestamp,
    ) -> Result<()> {
        // Nobody restarts this on a conflict, so it does so itself.
        loop {
            match self.try_put_root_access_key(account, id, secret, now).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
    }

    async fn try_put_root_access_key(
        &self,
        account: &str,
        id: &str,
        secret: &str,
        now: Timestamp,
    ) -> Result<()> {
        let mut edit = self.edit(account).await?;
        let key = path::access_key(id);
        let had = self.records.get::<AccessKey>(&key).await.map_err(error::storage)?;
        if had.is_some_and(|had| had.account != account || had.user_id.is_some()) {
            return Err(Error::internal(format!("the access key {id} belongs to somebody else")));
        }
        edit.put(&key, &self.sealed_key(account, None, id, secret, now))?;
        if !edit.ledger.root_access_keys.iter().any(|known| known == id) {
            edit.ledger.root_access_keys.push(id.to_owned());
        }
        edit.commit().await
    }

    /// The record of an access key.
    pub(crate) fn sealed_key(
        &self,
        account: &str,
        user_id: Option<&str>,
        id: &str,
        secret: &str,
        created: Timestamp,
    ) -> AccessKey {
        AccessKey {
            id: id.to_owned(),
            account: account.to_owned(),
            user_id: user_id.map(str::to_owned),
            sealed_secret: self.records.keyring().seal(&secret_name(id), secret.as_bytes()),
            active: true,
            created,
        }
    }

    /// The secret of an access key.
    pub(crate) fn open_secret(&self, key: &AccessKey) -> Result<Sensitive<String>> {
        let opened = self.records.keyring().open(&secret_name(&key.id), &key.sealed_secret);
        let opened = opened.map_err(Error::internal)?;
        let text = std::str::from_utf8(&opened).map_err(Error::internal)?;
        Ok(Sensitive::new(text.to_owned()))
    }
}

/// The records of access keys, whose secrets are sealed by themselves.
#[must_use]
pub fn sealed_within() -> Inner {
    Inner::of::<AccessKey>(path::access_key(""))
}

impl SealedWithin for AccessKey {
    fn sealed(&mut self) -> (String, &mut Vec<u8>) {
        (secret_name(&self.id), &mut self.sealed_secret)
    }
}

/// What a secret is sealed for; no record stands there.
fn secret_name(id: &str) -> String {
    format!("iam/access-key/{id}/secret")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use strongroom_testkit::{ACCOUNT, Stage, records};

    use crate::Iam;

    #[tokio::test]
    async fn a_root_access_key_calls_as_root_of_its_account() {
        let (iam, stage) = (Iam::new(records(1)), Stage::new(1));
        assert!(iam.create_account(ACCOUNT, stage.now()).await.unwrap());
        assert!(!iam.create_account(ACCOUNT, stage.now()).await.unwrap());
        let entropy = stage.circumstances().entropy;
        let key = iam.create_root_access_key(ACCOUNT, stage.now(), entropy).await.unwrap();
        let credential = iam.credential(&key.id).await.unwrap().unwrap();
        assert_eq!(credential.secret, key.secret);
        assert_eq!(credential.caller.arn(), "arn:aws:iam::123456789012:root");
        assert!(credential.active);
        let again = iam.credential(&key.id).await.unwrap().unwrap();
        assert!(std::sync::Arc::ptr_eq(&credential, &again), "built once while nothing changes");
    }

    #[tokio::test]
    async fn a_fixed_root_access_key_is_taken_and_moves_the_epoch() {
        let (iam, stage) = (Iam::new(records(1)), Stage::new(1));
        iam.create_account(ACCOUNT, stage.now()).await.unwrap();
        iam.put_root_access_key(ACCOUNT, "test", "test", stage.now()).await.unwrap();
        let first = iam.credential("test").await.unwrap().unwrap();
        iam.put_root_access_key(ACCOUNT, "test", "other", stage.now()).await.unwrap();
        let second = iam.credential("test").await.unwrap().unwrap();
        assert_eq!(second.secret.reveal(), "other");
        assert!(second.generation > first.generation);
    }

    #[tokio::test]
    async fn accounts_are_listed_in_order_and_unknown_keys_are_unknown() {
        let (iam, stage) = (Iam::new(records(1)), Stage::new(1));
        for id in ["222233334444", "111122223333", "123456789012"] {
            iam.create_account(id, stage.now()).await.unwrap();
        }
        let page = iam.accounts("111122223333").await.unwrap();
        assert_eq!(page.accounts, ["123456789012", "222233334444"]);
        assert!(!page.more);
        assert!(iam.credential("AKIANOBODY0000000000").await.unwrap().is_none());
        assert!(iam.create_account("12", stage.now()).await.is_err());
    }
}
