//! How secrets are found, saved and taken out; [`crate::paths`] says where they stand.

use std::sync::Arc;

use strongroom_api::{Circumstances, Error, Timestamp};
use strongroom_records::{Changes, Records, Stored};

use crate::error;
use crate::id::{self, SecretId};
use crate::keys::Context;
use crate::paths::{DELETIONS, INDEXES, REPLICATIONS, ROTATIONS, due_key, secret_key, value_key};
use crate::secret::{Found, Secret};
use crate::staging::CURRENT;
use crate::value::Envelope;
use crate::{Call, SecretsManager, events};

/// A current value of up to this many bytes rides in the secret's own record.
const INLINE_BYTES: usize = 4_096;

/// Versions that one transaction takes out; a store bounds what it takes at once.
const VERSIONS_AT_ONCE: usize = 100;

impl SecretsManager {
    /// The secret that `id` refers to in `call`.
    ///
    /// # Errors
    /// The name error, or "can't find the specified secret", which reveals itself only to callers who
    /// may ask.
    pub async fn find(&self, call: &Call<'_>, id: &SecretId) -> Result<Found, Error> {
        let reference = id.resolve(call.caller.account(), call.region)?;
        let unknown = || {
            let arn =
                id::arn(reference.region, reference.account, reference.name, reference.suffix);
            error::no_such_secret(arn, &id.0)
        };
        // The service is regional: an ARN of another region is not known here.
        if reference.region != call.region {
            return Err(unknown());
        }
        let key = secret_key(reference.account, reference.region, reference.name);
        let found = self.records.get::<Secret>(&key).await.map_err(error::storage)?;
        let suits = |stored: &Stored<Secret>| reference.suffix.is_none_or(|s| s == stored.suffix);
        found.filter(|stored| suits(stored)).map(Found).ok_or_else(unknown)
    }

    /// The secret of this name in an account and region, if there is one.
    ///
    /// # Errors
    /// Internal only.
    pub async fn lookup(
        &self,
        account: &str,
        region: &str,
        name: &str,
    ) -> Result<Option<Found>, Error> {
        let key = secret_key(account, region, name);
        Ok(self.records.get(&key).await.map_err(error::storage)?.map(Found))
    }

    /// The secret of this name in the caller's account, if there is one.
    ///
    /// # Errors
    /// Internal only.
    pub async fn named(&self, call: &Call<'_>, name: &str) -> Result<Option<Found>, Error> {
        self.lookup(call.caller.account(), call.region, name).await
    }

    /// The sealed value of a version; `None` if it has none.
    ///
    /// # Errors
    /// Internal only.
    pub async fn envelope(
        &self,
        secret: &Secret,
        version_id: &str,
    ) -> Result<Option<Stowed>, Error> {
        let is_current = secret.labelled(CURRENT).is_some_and(|v| v.id == version_id);
        if let (true, Some(envelope)) = (is_current, &secret.current_value) {
            return Ok(Some(Stowed::Inline(envelope.clone())));
        }
        let key = value_key(secret, version_id);
        Ok(self.records.get(&key).await.map_err(error::storage)?.map(Stowed::Apart))
    }

    /// Saves a changed secret; `fresh` are sealed values that are new or sealed anew in it. Everything
    /// else that must change with it (indexes, where values stand) is worked out here, and all of it is one
    /// transaction.
    ///
    /// # Errors
    /// A conflict when the secret is no longer what was found; internal errors.
    pub async fn save(
        &self,
        found: Option<&Found>,
        secret: Secret,
        fresh: Vec<(String, Envelope)>,
    ) -> Result<(), Error> {
        let mut changes = self.records.changes();
        self.stage(&mut changes, found, secret, fresh).await?;
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }

    /// Like [`save`](Self::save), as part of a larger transaction.
    ///
    /// # Errors
    /// Internal only.
    pub async fn stage(
        &self,
        changes: &mut Changes<'_>,
        found: Option<&Found>,
        mut secret: Secret,
        fresh: Vec<(String, Envelope)>,
    ) -> Result<(), Error> {
        let before = found.map(|found| &found.0.value);
        if !secret.replication.is_behind() {
            secret.replication_due = None;
        }
        self.place_values(changes, before, &mut secret, fresh).await?;
        for index in INDEXES {
            let key = index.key(&secret);
            match before.map(|before| index.key(before)) {
                Some(old) if old == key => continue,
                Some(old) => changes.delete(&old),
                None => {}
            }
            changes.index(&key, &secret.name);
        }
        let old = before.and_then(|before| before.deletion);
        stage_due(changes, DELETIONS, &secret, old, secret.deletion);
        let old = before.and_then(|before| before.replication_due);
        stage_due(changes, REPLICATIONS, &secret, old, secret.replication_due);
        let old = before.and_then(Secret::rotation_due);
        stage_due(changes, ROTATIONS, &secret, old, secret.rotation_due());
        let key = secret_key(&secret.account, &secret.region, &secret.name);
        match found {
            Some(found) => changes.replace(&found.0, &secret),
            None => changes.create(&key, &secret),
        }
        .map_err(error::storage)
    }

    /// Takes a secret and everything of it out of the store, and puts the end of each version on record.
    ///
    /// Its data keys go with it, so that what an engine may keep of the ciphertext stays closed.
    ///
    /// # Errors
    /// A conflict when the secret is no longer what was found; internal errors.
    pub async fn destroy(
        &self,
        circumstances: &Circumstances<'_>,
        found: &Found,
    ) -> Result<(), Error> {
        let mut rest = found.clone();
        // More versions than one transaction takes go in parts. A crash in between leaves a secret
        // with fewer versions that is still due, and the job comes back to it.
        while rest.versions.len() > VERSIONS_AT_ONCE {
            let mut fewer = rest.0.value.clone();
            fewer.versions.drain(..VERSIONS_AT_ONCE);
            let mut changes = self.records.changes();
            self.stage(&mut changes, Some(&rest), fewer.clone(), Vec::new()).await?;
            let revision = self.records.commit(changes).await.map_err(error::storage)?;
            let key = rest.0.key.clone();
            rest = Found(Arc::new(Stored { key, revision, value: fewer }));
        }
        let mut changes = self.records.changes();
        stage_removal(&mut changes, &rest);
        self.records.commit(changes).await.map_err(error::storage)?;
        self.access.forget(&found.0.key);
        events::of_versions(circumstances, found, events::END_VERSION_DELETE)
    }

    /// Moves values to where they belong: a small current one into the record, any other apart.
    async fn place_values(
        &self,
        changes: &mut Changes<'_>,
        before: Option<&Secret>,
        secret: &mut Secret,
        fresh: Vec<(String, Envelope)>,
    ) -> Result<(), Error> {
        let old_id = before.and_then(|b| b.labelled(CURRENT)).map(|v| v.id.clone());
        let new_id = secret.labelled(CURRENT).map(|v| v.id.clone());
        if old_id != new_id {
            // A value sealed anew in this very change is not moved: what replaces it follows.
            let moves = |id: &&String| !fresh.iter().any(|(other, _)| other == *id);
            self.move_out(changes, secret, old_id.as_ref().filter(moves).map(String::as_str))?;
        }
        let mut placed = old_id == new_id;
        for (id, envelope) in fresh {
            if secret.version(&id).is_none() {
                continue;
            }
            if Some(&id) == new_id.as_ref() && envelope.size() <= INLINE_BYTES {
                secret.current_value = Some(envelope);
                placed = true;
            } else {
                let key = value_key(secret, &id);
                changes.put(&key, &envelope).map_err(error::storage)?;
                placed |= Some(&id) == new_id.as_ref();
            }
        }
        if let (false, Some(new)) = (placed, &new_id) {
            self.bring_in(changes, secret, new).await?;
        }
        drop_values(changes, before, secret);
        Ok(())
    }

    /// The value of a version that is no longer current leaves the record.
    fn move_out(
        &self,
        changes: &mut Changes<'_>,
        secret: &mut Secret,
        old_id: Option<&str>,
    ) -> Result<(), Error> {
        let envelope = secret.current_value.take();
        let (Some(old), Some(envelope)) = (old_id, envelope) else { return Ok(()) };
        if secret.version(old).is_none() {
            return Ok(());
        }
        changes.put(&value_key(secret, old), &envelope).map_err(error::storage)
    }

    /// A version that has become current by a label's move: its value comes into the record.
    async fn bring_in(
        &self,
        changes: &mut Changes<'_>,
        secret: &mut Secret,
        version_id: &str,
    ) -> Result<(), Error> {
        let key = value_key(secret, version_id);
        let Some(apart) = self.records.get::<Envelope>(&key).await.map_err(error::storage)? else {
            return Ok(());
        };
        if apart.size() <= INLINE_BYTES {
            secret.current_value = Some(apart.value.clone());
            changes.delete(&key);
        }
        Ok(())
    }

    /// The records, for what is no secret (page tokens).
    #[must_use]
    pub fn records(&self) -> &Arc<Records> {
        &self.records
    }
}

/// Values of versions that are gone go, too.
fn drop_values(changes: &mut Changes<'_>, before: Option<&Secret>, secret: &Secret) {
    let Some(before) = before else { return };
    for version in &before.versions {
        if version.has_value && secret.version(&version.id).is_none() {
            changes.delete(&value_key(secret, &version.id));
        }
    }
}

/// Everything that stands for `found`.
fn stage_removal(changes: &mut Changes<'_>, found: &Found) {
    for version in found.versions.iter().filter(|version| version.has_value) {
        changes.delete(&value_key(found, &version.id));
    }
    for index in INDEXES {
        changes.delete(&index.key(found));
    }
    if let Some(due) = found.deletion {
        changes.delete(&due_key(DELETIONS, found, due));
    }
    if let Some(due) = found.replication_due {
        changes.delete(&due_key(REPLICATIONS, found, due));
    }
    if let Some(due) = found.rotation_due() {
        changes.delete(&due_key(ROTATIONS, found, due));
    }
    changes.remove(&found.0);
}

/// Keeps an index of what is due in step with the secret.
fn stage_due(
    changes: &mut Changes<'_>,
    prefix: &str,
    secret: &Secret,
    old: Option<Timestamp>,
    new: Option<Timestamp>,
) {
    if old == new {
        return;
    }
    if let Some(old) = old {
        changes.delete(&due_key(prefix, secret, old));
    }
    if let Some(new) = new {
        changes.index(&due_key(prefix, secret, new), &secret.name);
    }
}

/// A sealed value, wherever it stood.
pub enum Stowed {
    /// In the secret's record.
    Inline(Envelope),
    /// In a record of its own.
    Apart(Arc<Stored<Envelope>>),
}

impl std::ops::Deref for Stowed {
    type Target = Envelope;

    fn deref(&self) -> &Envelope {
        match self {
            Self::Inline(envelope) => envelope,
            Self::Apart(stored) => &stored.value,
        }
    }
}

/// The encryption context of a version of `secret`.
#[must_use]
pub fn context<'a>(secret: &'a Secret, version_id: &'a str) -> Context<'a> {
    Context { secret_arn: secret.arn(), version_id }
}

#[cfg(test)]
mod tests;
