//! What there is to count: secrets with their ages, for whoever keeps figures of them.

use strongroom_api::{Result, Timestamp};
use strongroom_store::{Direction, Range};

use crate::paths::secrets_prefix;
use crate::secret::Secret;
use crate::staging::CURRENT;
use crate::{SecretsManager, error};

/// What is told of one secret. Nothing of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Its ARN.
    pub arn: String,
    /// When its current value was made; when it was created if it never had one.
    pub value_made: Timestamp,
    /// The day it was last read.
    pub accessed: Option<Timestamp>,
}

/// Some of the secrets of an account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// The secrets, by name.
    pub secrets: Vec<Counted>,
    /// What to ask for next; `None` at the end.
    pub next: Option<String>,
}

const PAGE: usize = 200;

impl SecretsManager {
    /// The regions in which an account has records of any kind.
    ///
    /// # Errors
    /// What keeps the store from answering.
    pub async fn regions(&self, account: &str) -> Result<Vec<String>> {
        let prefix = format!("{account}/");
        let mut range = Range::prefix(prefix.clone());
        let mut regions = Vec::new();
        loop {
            let page = self.records.store().scan(range.clone(), Direction::Forward, 1).await;
            let page = page.map_err(strongroom_api::Error::internal)?;
            let found = page.entries.first().and_then(|entry| entry.key.strip_prefix(&prefix));
            let Some(region) = found.and_then(|rest| rest.split('/').next()) else {
                return Ok(regions);
            };
            // The next region begins behind everything in this one.
            range.start = Range::prefix(format!("{prefix}{region}/")).end;
            regions.push(region.to_owned());
        }
    }

    /// The secrets of an account and region behind `after`, those that wait for deletion included, as
    /// AWS counts them.
    ///
    /// # Errors
    /// What keeps the store from answering.
    pub async fn census(&self, account: &str, region: &str, after: Option<&str>) -> Result<Census> {
        let range = Range::prefix(secrets_prefix(account, region));
        let rest = after.map_or_else(|| range.clone(), |after| range.after(after));
        let page = self.records.scan::<Secret>(rest, Direction::Forward, PAGE).await;
        let page = page.map_err(error::storage)?;
        let next = page.records.last().filter(|_| page.more).map(|last| last.key.clone());
        let counted = |secret: &Secret| Counted {
            arn: secret.arn().to_owned(),
            value_made: secret.labelled(CURRENT).map_or(secret.created, |version| version.created),
            accessed: secret.accessed,
        };
        Ok(Census { secrets: page.records.iter().map(|secret| counted(secret)).collect(), next })
    }
}
