//! Rotates the secrets whose time has come, and takes up again what a crash cut off.

use std::collections::HashSet;
use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, LongJob, Result, TellTime, Timestamp};
use strongroom_store::Direction;

use super::PRINCIPAL;
use crate::paths::{ROTATIONS, due_at, due_key, owner, secret_key};
use crate::rotate::Rotator;
use crate::secret::Secret;
use crate::{SecretsManager, error};

/// The job.
pub struct RotateDueSecrets(pub Arc<SecretsManager>);

/// Rotations at the same time. Each may keep a process of the function busy; AWS advises to give a
/// rotation function at least ten.
const MOST_AT_ONCE: usize = 10;
/// A page of the store has no more.
const MOST_SCANNED: usize = 1_000;

impl LongJob for RotateDueSecrets {
    fn name(&self) -> &'static str {
        "rotate_due_secrets"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn most_at_once(&self) -> usize {
        MOST_AT_ONCE
    }

    fn due<'a>(
        &'a self,
        now: Timestamp,
        most: usize,
        running: &'a HashSet<String>,
    ) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(async move {
            let limit = most.saturating_add(running.len()).min(MOST_SCANNED);
            let range = due_at(ROTATIONS, now);
            let page = self.0.records.scan_index(range, Direction::Forward, limit).await;
            let mut due = Vec::with_capacity(most);
            for (entry, name) in page.map_err(error::storage)?.entries {
                let Some((account, region)) = owner(ROTATIONS, &entry) else { continue };
                let key = secret_key(account, region, &name);
                if due.len() == most || running.contains(&key) || due.contains(&key) {
                    continue;
                }
                if self.is_meant(&entry, &key).await? {
                    due.push(key);
                }
            }
            Ok(due)
        })
    }

    fn work<'a>(
        &'a self,
        piece: &'a str,
        circumstances: &'a Circumstances<'a>,
        clock: &'a TellTime,
    ) -> BoxFuture<'a, Result<()>> {
        let rotator = Rotator { service: &self.0, circumstances, clock, key: piece };
        Box::pin(async move { rotator.run().await })
    }
}

impl RotateDueSecrets {
    /// Whether the entry is the one under which its secret is due; one that outlived it is taken out.
    async fn is_meant(&self, entry: &str, key: &str) -> Result<bool> {
        let records = &self.0.records;
        let secret = records.get::<Secret>(key).await.map_err(error::storage)?;
        let due = secret.as_ref().and_then(|secret| secret.rotation_due());
        if let (Some(secret), Some(due)) = (&secret, due)
            && due_key(ROTATIONS, secret, due) == entry
        {
            return Ok(true);
        }
        let mut changes = records.changes();
        changes.expect(key, secret.map_or(0, |secret| secret.revision));
        changes.delete(entry);
        match records.commit(changes).await.map_err(error::storage) {
            // The secret is being changed this moment; the entry may have been that change's.
            Err(error) if !error.is_conflict() => Err(error),
            _ => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests;
