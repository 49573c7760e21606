//! Aliases: names for keys.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use strongroom_api::{Target, Values};
use strongroom_records::Record;
use strongroom_wire::{Result, Timestamp};

use crate::shapes::AliasName;
use crate::{error, paths};

/// An alias as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Alias {
    /// Without `alias/`.
    pub name: String,
    /// The key it stands for, of the same account and region.
    pub key_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last pointed at a key.
    pub updated: Timestamp,
}

impl Record for Alias {
    const KIND: &'static str = "alias";
}

impl Alias {
    /// A new alias.
    pub fn new(name: &str, key_id: &str, now: Timestamp) -> Self {
        Self { name: name.to_owned(), key_id: key_id.to_owned(), created: now, updated: now }
    }
}

impl AliasName {
    /// The name without `alias/`, of an alias that customers may have.
    ///
    /// # Errors
    /// AWS's words for names without the prefix, without anything else, or that AWS keeps.
    pub(crate) fn of_customer(&self) -> Result<&str> {
        let name = self.0.strip_prefix("alias/").ok_or_else(error::alias_without_prefix)?;
        if name.is_empty() {
            return Err(error::invalid_alias_name());
        }
        if name.starts_with("aws/") {
            return Err(error::reserved_alias());
        }
        Ok(name)
    }
}

/// An alias as the target of a call.
#[derive(Clone, Debug)]
pub struct AliasTarget {
    arn: String,
    account: String,
    /// With `alias/`.
    full_name: String,
}

impl AliasTarget {
    /// The alias `name` (without `alias/`).
    pub fn new(account: &str, region: &str, name: &str) -> Self {
        Self {
            arn: paths::alias_arn(account, region, name),
            account: account.to_owned(),
            full_name: ["alias/", name].concat(),
        }
    }
}

impl Target for AliasTarget {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn condition(&self, key: &str) -> Option<Values<'_>> {
        (key == "kms:requestalias").then(|| Values::one(&self.full_name))
    }
}
