//! Takes out events that are older than their group keeps them. Readers do not see them any more
//! from the moment on that they are too old.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};
use strongroom_store::Direction;

use super::PRINCIPAL;
use crate::chunk::{Chunk, Class};
use crate::create::EXPIRY_PERIOD;
use crate::group::Group;
use crate::{Logs, error, paths};

/// The job.
pub struct ExpireLogEvents(pub Arc<Logs>);

/// Groups looked through in one run.
const GROUPS: usize = 20;
/// Chunks taken out in one transaction; each has two keys.
const CHUNKS: usize = 50;

impl Job for ExpireLogEvents {
    fn name(&self) -> &'static str {
        "expire_log_events"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        60_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let now = circumstances.now.millis();
            let due = self.0.records.scan_index(paths::expiring(now), Direction::Forward, GROUPS);
            let due = due.await.map_err(error::storage)?;
            let mut report = Report { done: 0, more: due.more };
            for (entry, _) in due.entries {
                let (done, more) = self.look_through(&entry, now).await?;
                report.done += done;
                report.more |= more;
            }
            Ok(report)
        })
    }
}

impl ExpireLogEvents {
    /// Takes some events of one group out; says how many chunks, and whether there is more.
    async fn look_through(&self, entry: &str, now: i64) -> Result<(u64, bool)> {
        let logs = &self.0;
        let group = match paths::read_expiry(entry) {
            Some((account, region, name)) => logs.group(account, region, name).await?,
            None => None,
        };
        let is_due =
            |group: &Group| group.next_expiry.is_some_and(|due| paths::expiry(group, due) == entry);
        let Some(group) = group.filter(|group| is_due(group)) else {
            // The entry outlived its group.
            let mut changes = logs.records.changes();
            changes.delete(entry);
            logs.records.commit(changes).await.map_err(error::storage)?;
            return Ok((0, false));
        };
        for class in Class::ALL {
            let done = self.expire(&group, class, now).await?;
            if done > 0 {
                return Ok((done, true));
            }
        }
        let next = now.saturating_add(EXPIRY_PERIOD);
        let mut changes = logs.records.changes();
        changes.delete(entry);
        changes.index(&paths::expiry(&group, next), &group.name);
        let later = Group { next_expiry: Some(next), ..group.value.clone() };
        changes.replace(&group, &later).map_err(error::storage)?;
        match logs.records.commit(changes).await.map_err(error::storage) {
            // Somebody changed the group at this very moment; the next run looks again.
            Err(error) if error.is_conflict() => Ok((0, true)),
            outcome => outcome.map(|_| (0, false)),
        }
    }

    async fn expire(&self, group: &Group, class: Class, now: i64) -> Result<u64> {
        let logs = &self.0;
        let cutoff = group.cutoff(now);
        let prefix = paths::chunk_index(group, class);
        let mut range = paths::within(&prefix, 0, cutoff);
        let mut changes = logs.records.changes();
        let (mut done, mut bytes) = (0, 0);
        // Those that began before the cutoff and end behind it are few: a span's worth.
        while done < CHUNKS as u64 {
            let page = logs.records.scan_index(range.clone(), Direction::Forward, CHUNKS);
            let page = page.await.map_err(error::storage)?;
            for (key, entry) in &page.entries {
                let Some((first, number, seq)) = paths::read_indexed(&prefix, key) else {
                    continue;
                };
                let Some((last, size)) = Chunk::read_entry(entry) else { continue };
                if done < CHUNKS as u64 && last < cutoff {
                    bytes += size;
                    changes.delete(key);
                    changes.delete(&paths::chunk(group, number, class, first, seq));
                    done += 1;
                }
            }
            match page.entries.last() {
                Some((last, _)) if page.more => range = range.after(last),
                _ => break,
            }
        }
        if done > 0 {
            logs.records.commit(changes).await.map_err(error::storage)?;
            logs.sizes.shrink(group, bytes);
        }
        Ok(done)
    }
}
