//! Who calls with an access key: looked up on each request, compiled when something changed.

use std::sync::Arc;

use strongroom_api::credential::LastNoted;
use strongroom_api::{Caller, Credential, Details, PrincipalKind, Result};

use crate::entity::{AccessKey, User};
use crate::holder::Entity;
use crate::{Iam, error, path};

/// Credentials in use, by access key id.
pub(crate) type Credentials = quick_cache::sync::Cache<Box<str>, Arc<Credential>>;

impl Iam {
    /// The access key of this id with its caller; `None` if there is none.
    ///
    /// What is kept from earlier calls is used only while the account's epoch stands where it stood,
    /// so a change of a key or policy acts on the next request.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn credential(&self, access_key_id: &str) -> Result<Option<Arc<Credential>>> {
        if let Some(known) = self.credentials.get(access_key_id)
            && self.generation(&known.account).await? == known.generation
        {
            return Ok(Some(known));
        }
        let built = self.build_credential(access_key_id).await?.map(Arc::new);
        match &built {
            Some(credential) => self.credentials.insert(access_key_id.into(), credential.clone()),
            None => {
                self.credentials.remove(access_key_id);
            }
        }
        Ok(built)
    }

    /// A number that rises whenever anything changes that decides about principals of `account`.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn generation(&self, account: &str) -> Result<u64> {
        let epoch = self.ledger(account).await?.map_or(0, |ledger| ledger.revision);
        let control = match &self.service_control {
            None => 0,
            Some(port) => port.generation(account).await.map_err(error::storage)?,
        };
        // Both only ever rise, so their sum stands still only if both do.
        Ok(epoch.wrapping_add(control))
    }

    async fn build_credential(&self, id: &str) -> Result<Option<Credential>> {
        let Some(key) = self.access_key(id).await? else { return Ok(None) };
        // Read before what it vouches for: what changes from here on makes the next call build anew.
        let generation = self.generation(&key.account).await?;
        let Some(key) = self.access_key(id).await? else { return Ok(None) };
        let caller = match &key.user_id {
            None => Some(self.root_caller(&key).await?),
            Some(user_id) => self.user_caller(&key, user_id).await?,
        };
        let Some(caller) = caller else { return Ok(None) };
        Ok(Some(Credential {
            access_key_id: id.to_owned(),
            account: key.account.clone(),
            secret: self.open_secret(&key)?,
            generation,
            active: key.active,
            caller: Arc::new(caller),
            used: LastNoted::default(),
        }))
    }

    /// The access key of this id.
    pub(crate) async fn access_key(&self, id: &str) -> Result<Option<AccessKey>> {
        let key = self.records.get::<AccessKey>(&path::access_key(id)).await;
        Ok(key.map_err(error::storage)?.map(|key| key.value.clone()))
    }

    async fn root_caller(&self, key: &AccessKey) -> Result<Caller> {
        let control = self.control(&key.account).await?;
        let mut details = Details {
            access_key_id: Some(key.id.clone()),
            organization: control.organization,
            ..Details::default()
        };
        details.policies.service_control = control.levels;
        let arn = format!("arn:aws:iam::{}:root", key.account);
        Ok(Caller::new(PrincipalKind::Root, &key.account, arn, &key.account, details))
    }

    async fn user_caller(&self, key: &AccessKey, user_id: &str) -> Result<Option<Caller>> {
        let Some(user) = self.user_of_id(user_id).await? else { return Ok(None) };
        let control = self.control(&key.account).await?;
        let details = Details {
            user_name: Some(user.name.clone()),
            access_key_id: Some(key.id.clone()),
            tags: tag_pairs(&user.tags),
            policies: self.policies_of_user(&user, &control).await?,
            organization: control.organization,
            ..Details::default()
        };
        Ok(Some(Caller::new(PrincipalKind::User, &user.account, user.arn(), &user.id, details)))
    }

    /// The user with this unique id.
    pub(crate) async fn user_of_id(&self, id: &str) -> Result<Option<User>> {
        let Some(holder) = self.holder(id).await? else { return Ok(None) };
        let key = path::entity(&holder.account, "user", &holder.name);
        let user = self.records.get::<User>(&key).await.map_err(error::storage)?;
        Ok(user.map(|user| user.value.clone()).filter(|user| user.id == id))
    }
}

/// Tags as callers carry them.
pub(crate) fn tag_pairs(tags: &[crate::tag::Tag]) -> Vec<(String, String)> {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}
