//! Finding what a request names, as the target that the caller is authorized for.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::{Entropy, ResourceRule, Target, random_uuid};
use strongroom_records::Stored;
use strongroom_wire::{Error, Result};

use crate::function::{Configuration, Function};
use crate::id::{LATEST, Named, is_number};
use crate::{Call, Lambda, built_in, error, paths};

/// A function that is there, as it was named.
pub struct Found {
    /// What was named.
    pub named: Named,
    /// The function.
    pub function: Arc<Stored<Function>>,
    arn: String,
}

/// A function that is about to be made, with the role it is to have.
pub struct New {
    /// What was named.
    pub named: Named,
    /// Its role.
    pub role: Role,
    arn: String,
}

/// A role that is about to be passed on.
pub struct Role {
    arn: String,
    account: String,
}

impl Role {
    /// The role of this ARN.
    #[must_use]
    pub fn of(arn: &str) -> Self {
        let account = arn.split(':').nth(4).unwrap_or_default().to_owned();
        Self { arn: arn.to_owned(), account }
    }
}

impl Target for Found {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.named.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let mut tags = self.function.tags.iter();
        tags.find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }

    fn rule(&self) -> ResourceRule<'_> {
        let qualifier = self.named.qualifier.as_deref().filter(|one| *one != LATEST);
        let policy = self.function.policies.get(qualifier.unwrap_or_default());
        ResourceRule::Ordinary(policy.and_then(|policy| policy.compiled()))
    }
}

impl Target for New {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.named.account
    }
}

impl Target for Role {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl New {
    /// Where a function of this name would stand.
    ///
    /// # Errors
    /// AWS's errors for names that are none, and for roles of another account.
    pub fn read(call: &Call<'_>, name: &str, role: &str) -> Result<Self> {
        let named = Named { qualifier: None, ..Named::read(call, name, None)? };
        if named.account != call.caller.account() {
            return Err(error::not_a_function(name));
        }
        Ok(Self { arn: named.arn(), named, role: Role::of(role) })
    }
}

impl Lambda {
    /// The function that `text` names.
    ///
    /// # Errors
    /// AWS's errors for names that are none, and `ResourceNotFoundException`.
    pub(crate) async fn find(
        &self,
        call: &Call<'_>,
        text: &str,
        qualifier: Option<&str>,
    ) -> Result<Found> {
        self.found(Named::read(call, text, qualifier)?, "").await
    }

    /// The same of a function that is to be invoked: if it is not there, AWS says which version was meant.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub(crate) async fn find_to_invoke(
        &self,
        call: &Call<'_>,
        text: &str,
        qualifier: Option<&str>,
    ) -> Result<Found> {
        let named = Named::read(call, text, qualifier)?;
        let meant = if named.qualifier.is_none() { ":$LATEST" } else { "" };
        self.found(named, meant).await
    }

    /// The same of a function whose events are asked for; `missing` makes the error of its ARN.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub(crate) async fn find_of_events(
        &self,
        call: &Call<'_>,
        text: &str,
        qualifier: Option<&str>,
        missing: fn(&str) -> Error,
    ) -> Result<Found> {
        let named = Named::read(call, text, qualifier)?;
        let arn = named.qualified_arn();
        match self.function(&named).await? {
            Some(function) => Ok(Found { named, function, arn }),
            None => Err(missing(&arn)),
        }
    }

    /// The function, or the error that adds `meant` to its ARN.
    async fn found(&self, named: Named, meant: &str) -> Result<Found> {
        let arn = named.qualified_arn();
        match self.function(&named).await? {
            Some(function) => Ok(Found { named, function, arn }),
            None => Err(error::no_such_function(&arn, &format!("{arn}{meant}"))),
        }
    }

    /// A function: its record, or one that comes with the server and that nobody has changed.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn function(&self, named: &Named) -> Result<Option<Arc<Stored<Function>>>> {
        let built_in = || built_in::unchanged(self.ports.built_in, named).map(Arc::new);
        Ok(self.stored(named).await?.or_else(built_in))
    }

    /// The record of a function.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn stored(&self, named: &Named) -> Result<Option<Arc<Stored<Function>>>> {
        let key = paths::function(&named.account, &named.region, &named.name);
        self.records.get(&key).await.map_err(error::storage)
    }

    /// The version that `found` was named with: a number, an alias, or what is being worked on.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub(crate) async fn version(
        &self,
        found: &Found,
        entropy: &dyn Entropy,
    ) -> Result<Configuration> {
        let function = &found.function;
        let Some(qualifier) = found.named.qualifier.as_deref() else {
            return Ok(function.latest.clone());
        };
        let version = match function.aliases.get(qualifier) {
            Some(alias) => match &alias.additional {
                Some((other, share)) if chance(entropy) < *share => other.as_str(),
                _ => alias.version.as_str(),
            },
            None => qualifier,
        };
        self.numbered(function, version).await
    }

    /// A version by its number.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub(crate) async fn numbered(
        &self,
        function: &Function,
        version: &str,
    ) -> Result<Configuration> {
        if version == LATEST {
            return Ok(function.latest.clone());
        }
        let missing = || {
            let arn = format!("{}:{version}", function.arn());
            error::no_such_function(&arn, &arn)
        };
        let number = version.parse().ok().filter(|_| is_number(version)).ok_or_else(missing)?;
        let key = paths::version(&function.account, &function.region, &function.name, number);
        let found = self.records.get::<Configuration>(&key).await.map_err(error::storage)?;
        found.map(|found| found.value.clone()).ok_or_else(missing)
    }

    /// Replaces the record of a function.
    ///
    /// # Errors
    /// A conflict with another writer.
    pub(crate) async fn replace(&self, read: &Stored<Function>, new: &Function) -> Result<()> {
        let mut changes = self.records.changes();
        changes.replace(read, new).map_err(error::storage)?;
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}

/// A fresh revision id.
pub fn revision_id(entropy: &dyn Entropy) -> String {
    random_uuid(entropy).to_string()
}

/// A number from 0 up to, but not including, 1.
fn chance(entropy: &dyn Entropy) -> f64 {
    let mut bytes = [0; 4];
    entropy.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}
