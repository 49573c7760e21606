//! Finding keys, and keeping them.

use std::sync::Arc;

use strongroom_api::Circumstances;
use strongroom_records::{Changes, Stored};
use strongroom_store::{Direction, Range};
use strongroom_wire::{Error, Result};

use crate::alias::Alias;
use crate::ciphertext::Header;
use crate::grant::{Grant, Grants};
use crate::key::Key;
use crate::key_id::{KeyId, Named};
use crate::managed_key::{self, MayMake};
use crate::subject::{Subject, denial_by_ciphertext};
use crate::{Call, Kms, error, paths, rotation};

const GRANTS_A_PAGE: usize = 1_000;

impl Kms {
    /// The key that `key_id` names: by id, ARN, alias or alias ARN.
    pub(crate) async fn find_key(&self, call: &Call<'_>, key_id: &KeyId) -> Result<Subject> {
        self.find(call, key_id, managed_key::serves(call)).await
    }

    /// The same for DescribeKey, which brings a key that AWS manages into being for anybody.
    pub(crate) async fn find_key_to_describe(
        &self,
        call: &Call<'_>,
        key_id: &KeyId,
    ) -> Result<Subject> {
        self.find(call, key_id, MayMake::Any).await
    }

    async fn find(
        &self,
        call: &Call<'_>,
        key_id: &KeyId,
        may_make: MayMake<'_>,
    ) -> Result<Subject> {
        match key_id.read()? {
            Named::Key { id } => self.key_of(call, call.caller.account(), id).await,
            Named::KeyOf { account, region, id } => {
                check_region(call, region)?;
                self.key_of(call, account, id).await
            }
            Named::Alias { name } => {
                self.key_by_alias(call, call.caller.account(), name, may_make).await
            }
            Named::AliasOf { account, region, name } => {
                check_region(call, region)?;
                self.key_by_alias(call, account, name, may_make).await
            }
        }
    }

    /// The key that `key_id` names, for operations that take no aliases.
    pub(crate) async fn find_key_by_id(&self, call: &Call<'_>, key_id: &KeyId) -> Result<Subject> {
        match key_id.read()? {
            Named::Key { .. } | Named::KeyOf { .. } => self.find_key(call, key_id).await,
            Named::Alias { .. } => Err(error::invalid_key_id(&key_id.0)),
            Named::AliasOf { .. } => Err(error::invalid_arn(&key_id.0)),
        }
    }

    /// The key that a ciphertext says it was made with.
    pub(crate) async fn find_key_of(
        &self,
        call: &Call<'_>,
        header: &Header,
        action: &str,
    ) -> Result<Subject> {
        match self.stored_key(call, &header.account, &header.key_id).await? {
            Some(key) => Ok(subject(call, key).named_by_ciphertext()),
            None => Err(Error::access_denied(denial_by_ciphertext(call.caller.arn(), action))),
        }
    }

    async fn key_of(&self, call: &Call<'_>, account: &str, id: &str) -> Result<Subject> {
        match self.stored_key(call, account, id).await? {
            Some(key) => Ok(subject(call, key)),
            None => Err(error::no_such_key(&paths::key_arn(account, call.region, id))),
        }
    }

    async fn key_by_alias(
        &self,
        call: &Call<'_>,
        account: &str,
        name: &str,
        may_make: MayMake<'_>,
    ) -> Result<Subject> {
        let path = paths::alias(account, call.region, name);
        let alias = self.records.get::<Alias>(&path).await.map_err(error::of_record)?;
        let found = match alias {
            Some(alias) => {
                let key = self.stored_key(call, account, &alias.key_id).await?;
                key.map(|key| subject(call, key))
            }
            None => managed_key::at_first_use(call, account, name, may_make)?.map(Subject::fresh),
        };
        match found {
            Some(found) => Ok(found.named_by_alias(name)),
            None => Err(error::no_such_alias(&paths::alias_arn(account, call.region, name))),
        }
    }

    pub(crate) async fn stored_key(
        &self,
        call: &Call<'_>,
        account: &str,
        id: &str,
    ) -> Result<Option<Arc<Stored<Key>>>> {
        self.stored_key_in(call, account, call.region, id).await
    }

    async fn stored_key_in(
        &self,
        call: &Call<'_>,
        account: &str,
        region: &str,
        id: &str,
    ) -> Result<Option<Arc<Stored<Key>>>> {
        let path = paths::key(account, region, id);
        let key = self.records.get::<Key>(&path).await.map_err(error::of_record)?;
        let Some(key) = key.filter(|key| !key.is_gone(call.now)) else { return Ok(None) };
        key.compiled_policy()?;
        self.read_grants(&key).await?;
        Ok(Some(key))
    }

    /// The key with the id of `key` in another region.
    pub(crate) async fn sibling(
        &self,
        call: &Call<'_>,
        key: &Key,
        region: &str,
    ) -> Result<Option<Subject>> {
        let known = key.multi_region.as_ref().is_some_and(|multi| multi.replicas.contains(region));
        if !known {
            return Ok(None);
        }
        let found = self.stored_key_in(call, &key.account, region, &key.id).await?;
        Ok(found.map(|key| subject(call, key)))
    }

    /// Reads the grants of a key, once for as long as the key stays in the cache.
    async fn read_grants(&self, key: &Key) -> Result<()> {
        if key.grants == 0 || key.grants_at_hand().is_some() {
            return Ok(());
        }
        let prefix = paths::grants(&key.account, &key.region, &key.id);
        let mut range = Range::prefix(&prefix);
        let mut all = Vec::new();
        loop {
            let page = self.records.scan::<Grant>(range.clone(), Direction::Forward, GRANTS_A_PAGE);
            let page = page.await.map_err(error::of_record)?;
            let last = page.records.last().map(|grant| grant.key.clone());
            all.extend(page.records.iter().map(|grant| grant.value.clone()));
            match last.filter(|_| page.more) {
                Some(last) => range = range.after(&last),
                None => break,
            }
        }
        let grants = Grants::new(all)?;
        // Another call may have been faster; it has read the same.
        let _ = key.prepared.grants.set(grants);
        Ok(())
    }

    /// Keeps a key that AWS manages when it was made for this call; nothing to do for others.
    pub(crate) async fn keep(&self, call: &Call<'_>, subject: &Subject) -> Result<()> {
        if subject.as_read().is_some() {
            return Ok(());
        }
        let mut changes = self.records.changes();
        changes.create(&subject.path(), &**subject).map_err(error::of_record)?;
        for name in &subject.aliases {
            let alias = Alias::new(name, &subject.id, call.now);
            let path = paths::alias(&subject.account, &subject.region, name);
            changes.create(&path, &alias).map_err(error::of_record)?;
        }
        rotation::list(&mut changes, subject);
        self.commit(changes).await
    }

    /// Replaces a key by a changed form of itself.
    pub(crate) async fn save(&self, subject: &Subject, key: &Key) -> Result<()> {
        let mut changes = self.records.changes();
        put(&mut changes, subject, key)?;
        self.commit(changes).await
    }

    pub(crate) async fn commit(&self, changes: Changes<'_>) -> Result<()> {
        self.records.commit(changes).await.map_err(error::of_record)?;
        Ok(())
    }
}

fn subject(call: &Call<'_>, key: Arc<Stored<Key>>) -> Subject {
    Subject::stored(key).with_grants(call.caller, |_| true)
}

/// Adds to `changes` that `key` takes the place of what was read as `subject`.
pub(crate) fn put(changes: &mut Changes<'_>, subject: &Subject, key: &Key) -> Result<()> {
    match subject.as_read() {
        Some(read) => changes.replace(read, key).map_err(error::of_record),
        None => changes.create(&key.path(), key).map_err(error::of_record),
    }
}

fn check_region(call: &Call<'_>, region: &str) -> Result<()> {
    if region == call.region { Ok(()) } else { Err(error::invalid_arn(region)) }
}

impl Kms {
    /// The ARN of the key that `key_id` names in any form, for conditions of other services that name
    /// a key; `None` if there is none. Reveals nothing to the caller by itself.
    pub async fn arn_of(
        &self,
        circumstances: &Circumstances<'_>,
        region: &str,
        key_id: &str,
    ) -> Option<String> {
        let circumstances = Circumstances { region, ..*circumstances };
        let call = Call::new(self, &circumstances);
        let subject = self.find(&call, &KeyId::from(key_id), MayMake::Nothing).await.ok()?;
        Some(subject.arn().to_owned())
    }
}
