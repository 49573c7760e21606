//! Gives keys new material when their time has come. What the old material encrypted still decrypts.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};
use strongroom_store::Direction;

use super::{BATCH, PERIOD_MILLIS, PRINCIPAL, record};
use crate::key::{Key, Rotation};
use crate::material::Source;
use crate::state::KeyState;
use crate::{Kms, error, paths, rotation};

/// The job.
pub struct RotateDueKeys(pub Arc<Kms>);

impl Job for RotateDueKeys {
    fn name(&self) -> &'static str {
        "rotate_due_keys"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        PERIOD_MILLIS
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = paths::due_at(paths::ROTATIONS, circumstances.now);
            let due = self.0.records.scan_index(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::of_record)?;
            let mut report = Report { done: 0, more: due.more };
            for (entry, _) in due.entries {
                match self.rotate(circumstances, &entry).await {
                    Ok(rotated) => report.done += u64::from(rotated),
                    // Somebody changed the key meanwhile; the next run sees what became of it.
                    Err(error) if error.is_conflict() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(report)
        })
    }
}

impl RotateDueKeys {
    async fn rotate(&self, circumstances: &Circumstances<'_>, entry: &str) -> Result<bool> {
        let records = &self.0.records;
        let mut changes = records.changes();
        changes.delete(entry);
        let path = paths::key_of_due(paths::ROTATIONS, entry).unwrap_or_default();
        let stored = records.get::<Key>(path).await.map_err(error::of_record)?;
        let now = circumstances.now;
        // A key that is disabled or about to be deleted keeps its date. EnableKey lists it again.
        let due = stored.filter(|key| {
            key.rotation.is_some_and(|rotation| rotation.next <= now)
                && key.state(now) == KeyState::Enabled
        });
        if let (Some(key), Some(rotation)) = (&due, due.as_ref().and_then(|key| key.rotation)) {
            let mut changed = key.value.clone();
            changed.rotate(now, Source::Automatic, circumstances.entropy);
            let material = changed.current_material().map(|material| material.id.as_str());
            let details = [
                ("rotationType", "AUTOMATIC"),
                ("keyId", key.arn()),
                ("backingKeyId", material.unwrap_or_default()),
            ];
            record(circumstances, "RotateKey", key, &details)?;
            changed.rotation = Some(Rotation::from(now, rotation.period_days));
            let (materials, rotation) = (changed.materials.clone(), changed.rotation);
            let share = |sibling: &mut Key| {
                sibling.materials.clone_from(&materials);
                sibling.rotation = rotation;
            };
            self.0.share(&mut changes, &changed, share).await?;
            changes.replace(key, &changed).map_err(error::of_record)?;
            rotation::list(&mut changes, &changed);
        }
        self.0.commit(changes).await?;
        Ok(due.is_some())
    }
}
