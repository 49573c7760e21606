//! Rolls up datapoints that have become old, and forgets those that are older still.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};
use strongroom_records::RecordError;
use strongroom_store::Direction;

use super::PRINCIPAL;
use crate::block::{Block, Tier};
use crate::metric::Kept;
use crate::paths::{self, DUE_POINTS};
use crate::{Cloudwatch, error};

/// The job.
pub struct AgeDatapoints(pub Arc<Cloudwatch>);

/// Blocks looked at in one run.
const BATCH: usize = 200;

impl AgeDatapoints {
    /// Does what is due about a block, for which `entry` stands in the index; `what` are its key and that
    /// of its metric.
    async fn age(&self, entry: &str, what: &str) -> Result<(), RecordError> {
        let records = &self.0.records;
        let Some((key, metric)) = what.split_once('\n') else { return Ok(()) };
        let tier = if key.contains("/monitoring/seconds/") { Tier::Seconds } else { Tier::Hours };
        let mut changes = records.changes();
        changes.delete(entry);
        let mut is_forgotten = false;
        if let Some(block) = records.get::<Block>(key).await? {
            match tier.next_step(block.step) {
                Some(step) => {
                    changes.replace(&block, &block.rolled_up(step))?;
                    let due = tier.due(block.start, step);
                    changes.index(&paths::due(DUE_POINTS, due, key), what);
                }
                None => {
                    changes.remove(&block);
                    is_forgotten = tier == Tier::Hours;
                }
            }
        }
        records.commit(changes).await?;
        if is_forgotten { self.forget_metric(key, metric).await } else { Ok(()) }
    }

    /// Forgets the metric of a block that is gone, when nothing else is left of it.
    async fn forget_metric(&self, block: &str, metric: &str) -> Result<(), RecordError> {
        let records = &self.0.records;
        let (Some(home), Some(id)) = (paths::home(block), block.rsplit('/').nth(1)) else {
            return Ok(());
        };
        let left = records.scan::<Block>(home.all_points(false, id), Direction::Forward, 1).await?;
        let Some(kept) = records.get::<Kept>(metric).await? else { return Ok(()) };
        if !left.records.is_empty() {
            return Ok(());
        }
        let mut changes = records.changes();
        changes.remove(&kept);
        records.commit(changes).await.map(drop)
    }
}

impl Job for AgeDatapoints {
    fn name(&self) -> &'static str {
        "age_datapoints"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        60_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = paths::due_at(DUE_POINTS, circumstances.now);
            let due = self.0.records.scan_index(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::of_record)?;
            let mut report = Report { done: 0, more: due.more };
            for (entry, what) in &due.entries {
                match self.age(entry, what).await {
                    Ok(()) => report.done += 1,
                    // A sample that came in late; the next run sees it.
                    Err(RecordError::Conflict) => {}
                    Err(cause) => return Err(error::of_record(cause)),
                }
            }
            Ok(report)
        })
    }
}
