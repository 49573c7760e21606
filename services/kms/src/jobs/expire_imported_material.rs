//! Destroys imported material at the end that its importer set. It counts no more from that moment on;
//! this makes it disappear.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};
use strongroom_store::Direction;

use super::{BATCH, PERIOD_MILLIS, PRINCIPAL, record};
use crate::key::Key;
use crate::{Kms, error, paths};

/// The job.
pub struct ExpireImportedMaterial(pub Arc<Kms>);

impl Job for ExpireImportedMaterial {
    fn name(&self) -> &'static str {
        "expire_imported_material"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        PERIOD_MILLIS
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = paths::due_at(paths::EXPIRIES, circumstances.now);
            let due = self.0.records.scan_index(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::of_record)?;
            let mut report = Report { done: 0, more: due.more };
            for (entry, _) in due.entries {
                match self.expire(circumstances, &entry).await {
                    Ok(expired) => report.done += u64::from(expired),
                    // Somebody changed the key meanwhile; the next run sees what became of it.
                    Err(error) if error.is_conflict() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(report)
        })
    }
}

impl ExpireImportedMaterial {
    async fn expire(&self, circumstances: &Circumstances<'_>, entry: &str) -> Result<bool> {
        let records = &self.0.records;
        let mut changes = records.changes();
        changes.delete(entry);
        let path = paths::key_of_due(paths::EXPIRIES, entry).unwrap_or_default();
        let stored = records.get::<Key>(path).await.map_err(error::of_record)?;
        let mut expired = false;
        if let Some(key) = &stored {
            let mut changed = key.value.clone();
            for material in &mut changed.materials {
                if material.secret.is_some() && !material.is_at_hand(circumstances.now) {
                    material.secret = None;
                    expired = true;
                }
            }
            if expired {
                record(circumstances, "DeleteExpiredKeyMaterial", key, &[("keyId", key.arn())])?;
            }
            changes.replace(key, &changed).map_err(error::of_record)?;
        }
        self.0.commit(changes).await?;
        Ok(expired)
    }
}
