//! Account aliases: names that belong to one account of all.

use serde::{Deserialize, Serialize};
use strongroom_api::{Error, Result};
use strongroom_records::Record;

use crate::edit::Edit;
use crate::{Iam, error, path};

/// Whose an alias is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AliasHolder {
    account: String,
}

impl Record for AliasHolder {
    const KIND: &'static str = "iam account alias";
}

/// An alias must look like one. AWS's pattern looks ahead, which our matcher does not.
///
/// # Errors
/// `ValidationError` in AWS's words.
pub(crate) fn check(alias: &str) -> Result<()> {
    let constraint = match alias.len() {
        0..3 => "Member must have length greater than or equal to 3",
        64.. => "Member must have length less than or equal to 63",
        _ if is_well_formed(alias) => return Ok(()),
        _ => {
            "Member must satisfy regular expression pattern: \
             ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"
        }
    };
    Err(Error::validation(format!(
        "1 validation error detected: Value at 'accountAlias' failed to satisfy constraint: \
         {constraint}"
    )))
}

fn is_well_formed(alias: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    alias.bytes().all(plain)
        && !alias.starts_with('-')
        && !alias.ends_with('-')
        && !alias.contains("--")
}

impl Iam {
    /// The account that has this alias.
    pub(crate) async fn holder_of_alias(&self, alias: &str) -> Result<Option<String>> {
        let holder = self.records.get::<AliasHolder>(&path::alias(alias)).await;
        Ok(holder.map_err(error::storage)?.map(|holder| holder.account.clone()))
    }
}

impl Edit<'_> {
    /// Takes an alias that nobody has. Another account may be doing the same, so it is compared.
    pub(crate) fn claim_alias(&mut self, alias: &str) -> Result<()> {
        let holder = AliasHolder { account: self.account().to_owned() };
        self.claim(&path::alias(alias), &holder)
    }
}
