//! Finding what a request names, as the target that the caller is authorized for.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::Target;
use strongroom_records::Stored;
use strongroom_wire::Result;

use crate::resource::{Resource, arn};
use crate::{Call, RolesAnywhere, error, paths};

/// A resource that was found.
pub struct Found<T: Resource> {
    /// As it was read.
    pub read: Arc<Stored<T>>,
}

impl<T: Resource> Target for Found<T> {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Owned(self.read.facts().arn(T::NOUN))
    }

    fn account(&self) -> &str {
        &self.read.facts().account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let mut tags = self.read.facts().tags.iter();
        tags.find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }
}

/// A role that a profile is about to let sessions have.
pub struct PassedRole {
    arn: String,
    account: String,
}

impl PassedRole {
    /// The role of this ARN.
    #[must_use]
    pub fn of(arn: &str) -> Self {
        let account = arn.split(':').nth(4).unwrap_or_default().to_owned();
        Self { arn: arn.to_owned(), account }
    }
}

impl Target for PassedRole {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// Where a resource is, as its ARN says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// The id.
    pub id: &'a str,
}

impl<'a> Place<'a> {
    /// Reads an ARN of this kind of resource; `None` if it is of another kind.
    #[must_use]
    pub fn of_arn(arn: &'a str, noun: &str) -> Option<Self> {
        let mut parts = arn.strip_prefix("arn:aws:rolesanywhere:")?.splitn(3, ':');
        let (region, account, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let id = rest.strip_prefix(noun)?.strip_prefix('/')?;
        let plain = |text: &str, most: usize| {
            let is_plain =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            !text.is_empty() && text.len() <= most && text.bytes().all(is_plain)
        };
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        (is_account && plain(region, 32) && plain(id, 36)).then_some(Self { account, region, id })
    }
}

/// Finds what an id or ARN names among what the caller's account has in this region.
///
/// # Errors
/// ResourceNotFoundException.
pub async fn find<T: Resource>(call: &Call<'_>, identifier: &str) -> Result<Found<T>> {
    let (account, region) = (call.caller.account(), call.region);
    let place = match Place::of_arn(identifier, T::NOUN) {
        Some(place) => place,
        None => Place { account, region, id: identifier },
    };
    let found = call.service.read(place).await?;
    // What another account or region has is not reached from here.
    let found = found.filter(|_| (place.account, place.region) == (account, region));
    found.map(|read| Found { read }).ok_or_else(|| {
        error::not_found(T::TITLE, &arn(place.account, place.region, T::NOUN, place.id))
    })
}

impl RolesAnywhere {
    /// The resource of this kind at a place.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn read<T: Resource>(&self, at: Place<'_>) -> Result<Option<Arc<Stored<T>>>> {
        if at.id.len() > 36 || at.id.contains('/') {
            return Ok(None);
        }
        let key = paths::one(at.account, at.region, T::NOUN, at.id);
        self.records.get(&key).await.map_err(error::storage)
    }

    /// Keeps a new resource.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn create<T: Resource>(&self, resource: &T) -> Result<()> {
        let facts = resource.facts();
        let mut changes = self.records.changes();
        let key = paths::one(&facts.account, &facts.region, T::NOUN, &facts.id);
        changes.create(&key, resource).map_err(error::storage)?;
        self.records.commit(changes).await.map(drop).map_err(error::storage)
    }

    /// Keeps a changed resource.
    ///
    /// # Errors
    /// Conflict when another writer was faster.
    pub(crate) async fn change<T: Resource>(
        &self,
        call: &Call<'_>,
        read: &Stored<T>,
        edit: impl FnOnce(&mut T) -> Result<()>,
    ) -> Result<T> {
        let mut changed = read.value.clone();
        edit(&mut changed)?;
        changed.facts_mut().updated = call.now.millis();
        let mut changes = self.records.changes();
        changes.replace(read, &changed).map_err(error::storage)?;
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(changed)
    }

    /// Makes a resource count, or count no longer.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub(crate) async fn enable<T: Resource>(
        &self,
        call: &Call<'_>,
        read: &Stored<T>,
        enabled: bool,
    ) -> Result<T> {
        let edit = |one: &mut T| {
            one.facts_mut().enabled = enabled;
            Ok(())
        };
        self.change(call, read, edit).await
    }

    /// Removes a resource.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub(crate) async fn remove<T: Resource>(&self, read: &Stored<T>) -> Result<T> {
        let mut changes = self.records.changes();
        changes.remove(read);
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(read.value.clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_arn_is_read_only_as_what_it_is() {
        let arn = "arn:aws:rolesanywhere:us-east-1:123456789012:profile/0a-1";
        let place = Place::of_arn(arn, "profile").unwrap();
        assert_eq!((place.account, place.region, place.id), ("123456789012", "us-east-1", "0a-1"));
        assert_eq!(Place::of_arn(arn, "crl"), None);
        for odd in ["a/b", "..", "", "A", &"a".repeat(37)] {
            let arn = format!("arn:aws:rolesanywhere:us-east-1:123456789012:profile/{odd}");
            assert_eq!(Place::of_arn(&arn, "profile"), None, "{odd}");
        }
    }
}
