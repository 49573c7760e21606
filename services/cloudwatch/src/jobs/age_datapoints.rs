//! Rolls up datapoints that have become old, and forgets those that are older still.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};
use strongroom_records::RecordError;
use strongroom_store::Direction;

use super::PRINCIPAL;
use crate::block::{Block, Tier};
use crate::metric::Kept;
use crate::paths::{self, DUE_POINTS, Home};
use crate::{Cloudwatch, error};

/// The job.
pub struct AgeDatapoints(pub Arc<Cloudwatch>);

/// Blocks looked at in one run.
const BATCH: usize = 200;

impl AgeDatapoints {
    /// Does what is due about the block under `key`, for which `entry` stands in the index.
    async fn age(&self, entry: &str, key: &str) -> Result<(), RecordError> {
        let records = &self.0.records;
        let tier = if key.contains("/monitoring/seconds/") { Tier::Seconds } else { Tier::Hours };
        let mut changes = records.changes();
        changes.delete(entry);
        if let Some(block) = records.get::<Block>(key).await? {
            match tier.next_step(block.step) {
                Some(step) => {
                    changes.replace(&block, &block.rolled_up(step))?;
                    let due = tier.due(block.start, step);
                    changes.index(&paths::due(DUE_POINTS, due, key), key);
                }
                None => changes.remove(&block),
            }
        }
        records.commit(changes).await.map(drop)
    }

    /// Forgets metrics of which nothing is left.
    async fn forget_metric(&self, home: Home<'_>, id: &str) -> Result<(), RecordError> {
        let records = &self.0.records;
        let left = records.scan::<Block>(home.all_points(false, id), Direction::Forward, 1).await?;
        if !left.records.is_empty() {
            return Ok(());
        }
        // The list is by name and the block is by id, so the metric is looked for; this happens once
        // in its life.
        let mut range = home.metrics(None, None);
        loop {
            let page = records.scan::<Kept>(range.clone(), Direction::Forward, 500).await?;
            if let Some(kept) = page.records.iter().find(|kept| kept.key.ends_with(id)) {
                let mut changes = records.changes();
                changes.remove(kept);
                return records.commit(changes).await.map(drop);
            }
            match page.records.last() {
                Some(last) if page.more => range = range.after(&last.key),
                _ => return Ok(()),
            }
        }
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
            for (entry, key) in &due.entries {
                match self.age(entry, key).await {
                    Ok(()) => report.done += 1,
                    // A sample that came in late; the next run sees it.
                    Err(RecordError::Conflict) => continue,
                    Err(cause) => return Err(error::of_record(cause)),
                }
                let id = key.rsplit('/').nth(1);
                if let (Some(home), Some(id)) = (paths::home(key), id) {
                    match self.forget_metric(home, id).await {
                        Ok(()) | Err(RecordError::Conflict) => {}
                        Err(cause) => return Err(error::of_record(cause)),
                    }
                }
            }
            Ok(report)
        })
    }
}
