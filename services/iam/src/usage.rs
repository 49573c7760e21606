//! Where policies are in use, and when access keys were.

use std::collections::BTreeMap;
use std::sync::Arc;

use strongroom_api::{Result, Target, Timestamp};
use strongroom_records::{RecordError, Stored};
use strongroom_store::{Direction, Range};

use crate::entity::{AccessKey, LastUse, Usage};
use crate::found::{Found, KeyOwner};
use crate::holder::Entity;
use crate::{Call, Iam, error, path};

/// Entries read in one step.
const STEP: usize = 1_000;
/// A later use of an access key is written down only when this much time has passed: AWS, too, tells
/// the time of use coarsely.
const COARSE_MILLIS: i64 = 60_000;

impl Iam {
    /// How often `policy` is in use in `account`.
    pub(crate) async fn usage(&self, account: &str, policy: &str) -> Result<Usage> {
        let usage = self.records.get::<Usage>(&path::usage(account, policy)).await;
        Ok(usage.map_err(error::storage)?.map(|usage| usage.value).unwrap_or_default())
    }

    /// How often each policy that was ever in use is, by ARN.
    pub(crate) async fn all_usage(&self, account: &str) -> Result<BTreeMap<String, Usage>> {
        let prefix = path::usage(account, "");
        let mut range = Range::prefix(&prefix);
        let mut all = BTreeMap::new();
        loop {
            let page = self.records.scan::<Usage>(range.clone(), Direction::Forward, STEP).await;
            let page = page.map_err(error::storage)?;
            for record in &page.records {
                range = range.after(&record.key);
                all.insert(record.key[prefix.len()..].to_owned(), record.value);
            }
            if !page.more {
                return Ok(all);
            }
        }
    }

    /// What follows `prefix` in every key of an index. Quotas bound how much that is.
    pub(crate) async fn whole_index(&self, prefix: &str) -> Result<Vec<String>> {
        let mut range = Range::prefix(prefix);
        let mut all = Vec::new();
        loop {
            let page = self.records.scan_index(range.clone(), Direction::Forward, STEP).await;
            let page = page.map_err(error::storage)?;
            for (key, _) in &page.entries {
                range = range.after(key);
                all.push(key[prefix.len()..].to_owned());
            }
            if !page.more {
                return Ok(all);
            }
        }
    }

    /// The access key of this id, which must be the owner's, as it was read.
    pub(crate) async fn key_of(
        &self,
        owner: &KeyOwner,
        id: &str,
    ) -> Result<Arc<Stored<AccessKey>>> {
        let key = self.records.get::<AccessKey>(&path::access_key(id)).await;
        let key = key.map_err(error::storage)?;
        let is_owners = |key: &Arc<Stored<AccessKey>>| match (owner, &key.user_id) {
            (KeyOwner::Root(account), None) => key.account == *account,
            (KeyOwner::User(user), Some(id)) => user.id == *id,
            _ => false,
        };
        key.filter(is_owners).ok_or_else(|| error::no_such_access_key(id))
    }

    /// Who owns an access key of the caller's account.
    pub(crate) async fn find_owner_of(&self, call: &Call<'_>, id: &str) -> Result<KeyOwner> {
        let account = call.caller.account();
        let missing = || error::no_such_access_key(id).about("*");
        let key = self.access_key(id).await?.filter(|key| key.account == account);
        let key = key.ok_or_else(missing)?;
        let Some(user_id) = &key.user_id else { return Ok(KeyOwner::Root(key.account)) };
        let user = self.user_of_id(user_id).await?.ok_or_else(missing)?;
        let user = self.records.get(&user.key()).await.map_err(error::storage)?;
        Ok(KeyOwner::User(Found::new(user.ok_or_else(missing)?)))
    }

    /// When an access key or a role was used last.
    pub(crate) async fn last_use(&self, id: &str) -> Result<Option<LastUse>> {
        let used = self.records.get::<LastUse>(&path::last_use(id)).await;
        Ok(used.map_err(error::storage)?.map(|used| used.value.clone()))
    }

    /// Notes that an access key or a role was used, by its id. Coarse, and off the request's path: the
    /// server calls it from time to time with the latest use of each.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn note_use(
        &self,
        id: &str,
        service: &str,
        region: &str,
        at: Timestamp,
    ) -> Result<()> {
        if self.access_key(id).await?.is_none() && self.holder(id).await?.is_none() {
            return Ok(());
        }
        let known = self.last_use(id).await?;
        if known.is_some_and(|known| at.millis() - known.at.millis() < COARSE_MILLIS) {
            return Ok(());
        }
        let used = LastUse { at, service: service.to_owned(), region: region.to_owned() };
        let mut changes = self.records.changes();
        changes.put(&path::last_use(id), &used).map_err(error::storage)?;
        match self.records.commit(changes).await {
            Ok(_) | Err(RecordError::Conflict) => Ok(()),
            Err(cause) => Err(error::storage(cause)),
        }
    }
}

/// The account of an owner of access keys, for callers that hold no `Target` in scope.
impl KeyOwner {
    /// The 12 digits of the account.
    pub(crate) fn account(&self) -> &str {
        Target::account(self)
    }
}
