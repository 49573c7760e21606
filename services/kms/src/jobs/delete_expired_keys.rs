//! Destroys keys whose waiting period is over, with their aliases and grants. What they encrypted is
//! lost for good.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result, Timestamp};
use strongroom_records::{Changes, Stored};
use strongroom_store::{Direction, Range};

use super::{BATCH, PERIOD_MILLIS, PRINCIPAL, record};
use crate::grant::Grant;
use crate::key::{DAY_MILLIS, Key};
use crate::operations::remove_grant;
use crate::{Kms, error, paths, rotation};

/// The job.
pub struct DeleteExpiredKeys(pub Arc<Kms>);

/// Grants removed in one transaction; each takes two writes.
const GRANTS_AT_ONCE: usize = 50;

impl Job for DeleteExpiredKeys {
    fn name(&self) -> &'static str {
        "delete_expired_keys"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        PERIOD_MILLIS
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = paths::due_at(paths::DELETIONS, circumstances.now);
            let due = self.0.records.scan_index(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::of_record)?;
            let mut report = Report { done: 0, more: due.more };
            for (entry, _) in due.entries {
                match self.delete(circumstances, &entry).await {
                    Ok(deleted) => report.done += u64::from(deleted),
                    // Somebody changed the key meanwhile; the next run sees what became of it.
                    Err(error) if error.is_conflict() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(report)
        })
    }
}

impl DeleteExpiredKeys {
    async fn delete(&self, circumstances: &Circumstances<'_>, entry: &str) -> Result<bool> {
        let records = &self.0.records;
        let path = paths::key_of_due(paths::DELETIONS, entry).unwrap_or_default();
        let key = records.get::<Key>(path).await.map_err(error::of_record)?;
        let mut changes = records.changes();
        changes.delete(entry);
        let Some(key) = key.filter(|key| key.is_gone(circumstances.now)) else {
            // The entry outlived its date: a deletion and its cancellation that crossed.
            self.0.commit(changes).await?;
            return Ok(false);
        };
        record(circumstances, "DeleteKey", &key, &[("keyId", key.arn())])?;
        self.delete_grants(&key).await?;
        for name in &key.aliases {
            changes.delete(&paths::alias(&key.account, &key.region, name));
        }
        rotation::unlist(&mut changes, &key);
        changes.delete(&paths::last_use(&key.path()));
        changes.delete(&paths::import_ticket(&key.account, &key.region, &key.id));
        for end in key.materials.iter().filter_map(|material| material.valid_to) {
            changes.delete(&paths::expiry(end, &key.path()));
        }
        self.leave_kin(&mut changes, &key, circumstances.now).await?;
        changes.remove(&key);
        self.0.commit(changes).await?;
        Ok(true)
    }

    /// Takes a replica off the list of its kin. The last one to go starts the waiting period of a primary
    /// that was to follow it.
    async fn leave_kin(&self, changes: &mut Changes<'_>, key: &Key, now: Timestamp) -> Result<()> {
        let Some(multi) = &key.multi_region else { return Ok(()) };
        let mut left = multi.clone();
        left.replicas.remove(&key.region);
        let path = paths::key(&key.account, &multi.primary, &key.id);
        let primary = self.0.records.get::<Key>(&path).await.map_err(error::of_record)?;
        let waits = primary.and_then(|primary| primary.deletion);
        let waits = waits.filter(|deletion| deletion.at.is_none() && left.replicas.is_empty());
        let end =
            waits.map(|deletion| now.plus_millis(i64::from(deletion.window_days) * DAY_MILLIS));
        if let Some(end) = end {
            changes.index(&paths::deletion(end, &path), "");
        }
        let share = |kin: &mut Key| {
            kin.multi_region = Some(left.clone());
            if let Some(deletion) = &mut kin.deletion
                && deletion.at.is_none()
            {
                deletion.at = end;
            }
        };
        self.0.share(changes, key, share).await
    }

    /// Nobody can make further grants: the key is gone for everybody but this job.
    async fn delete_grants(&self, key: &Stored<Key>) -> Result<()> {
        let records = &self.0.records;
        let prefix = paths::grants(&key.account, &key.region, &key.id);
        loop {
            let range = Range::prefix(&prefix);
            let page = records.scan::<Grant>(range, Direction::Forward, GRANTS_AT_ONCE).await;
            let page = page.map_err(error::of_record)?;
            if page.records.is_empty() {
                return Ok(());
            }
            let mut changes = records.changes();
            for grant in &page.records {
                remove_grant(&mut changes, key, grant);
            }
            self.0.commit(changes).await?;
        }
    }
}
