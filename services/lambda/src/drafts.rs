//! Archives that a crash left with nobody who owns them.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};
use strongroom_store::Direction;

use crate::code::Code;
use crate::{Lambda, error, paths};

/// Archives deleted in one run of the job.
const DRAFTS_AT_ONCE: usize = 20;

/// Deletes archives that a crash left before anybody owned them, or after somebody did.
pub struct DeleteDrafts(pub Arc<Lambda>);

impl Job for DeleteDrafts {
    fn name(&self) -> &'static str {
        "delete_drafts"
    }

    fn principal(&self) -> &'static str {
        "lambda.amazonaws.com"
    }

    fn period_millis(&self) -> i64 {
        60_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let records = &self.0.records;
            let range = paths::due_drafts(circumstances.now);
            let due = records.scan_index(range, Direction::Forward, DRAFTS_AT_ONCE).await;
            let due = due.map_err(error::storage)?;
            let mut report = Report { done: 0, more: due.more };
            for (entry, parts) in due.entries {
                if let Some((account, region, id)) = paths::draft_owner(&entry) {
                    let parts = parts.parse().unwrap_or_default();
                    let (id, sha256) = (id.to_owned(), String::new());
                    let code = Code { id, sha256, bytes: 0, unzipped_bytes: 0, parts };
                    self.0.delete_code(account, region, &code).await?;
                }
                let mut changes = records.changes();
                changes.delete(&entry);
                records.commit(changes).await.map_err(error::storage)?;
                report.done += 1;
            }
            Ok(report)
        })
    }
}
