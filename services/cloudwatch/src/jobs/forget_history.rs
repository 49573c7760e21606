//! Forgets what happened to alarms a month ago.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};
use strongroom_store::Direction;

use super::PRINCIPAL;
use crate::paths::{self, DUE_HISTORY};
use crate::{Cloudwatch, error};

/// The job.
pub struct ForgetHistory(pub Arc<Cloudwatch>);

/// Items forgotten in one transaction.
const BATCH: usize = 30;

impl Job for ForgetHistory {
    fn name(&self) -> &'static str {
        "forget_alarm_history"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        600_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = paths::due_at(DUE_HISTORY, circumstances.now);
            let due = self.0.records.scan_index(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::of_record)?;
            let mut changes = self.0.records.changes();
            for (entry, keys) in &due.entries {
                changes.delete(entry);
                keys.lines().for_each(|key| changes.delete(key));
            }
            let done = due.entries.len() as u64;
            if done > 0 {
                self.0.records.commit(changes).await.map_err(error::of_record)?;
            }
            Ok(Report { done, more: due.more })
        })
    }
}
