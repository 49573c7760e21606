//! Takes deleted groups and streams out of the store, some keys at a time.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};
use strongroom_store::{Direction, Range};

use super::PRINCIPAL;
use crate::chunk::Class;
use crate::group::Group;
use crate::{Logs, error, paths};

/// The job.
pub struct RemoveDeletedLogs(pub Arc<Logs>);

/// Keys taken out in one transaction.
const KEYS: usize = 100;

impl Job for RemoveDeletedLogs {
    fn name(&self) -> &'static str {
        "remove_deleted_logs"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        5_000
    }

    fn run<'a>(&'a self, _: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = Range::prefix(paths::REMOVALS);
            let due = self.0.records.scan_index(range, Direction::Forward, 1).await;
            let due = due.map_err(error::storage)?;
            let Some((entry, _)) = due.entries.first() else { return Ok(Report::default()) };
            let done = self.remove(entry).await?;
            Ok(Report { done, more: done > 0 || due.more })
        })
    }
}

impl RemoveDeletedLogs {
    /// Takes some keys of one deleted thing out; when there are none left, its entry as well.
    async fn remove(&self, entry: &str) -> Result<u64> {
        let mut parts = entry.strip_prefix(paths::REMOVALS).unwrap_or_default().split('/');
        let (account, region, id) = (parts.next(), parts.next(), parts.next());
        let (Some(account), Some(region), Some(id)) = (account, region, id) else {
            return self.forget(entry).await;
        };
        let done = match parts.next().and_then(|number| number.parse().ok()) {
            // Streams sort behind what else a group has, but go first: a writer that is still at it
            // finds its stream gone before the last look at the chunks.
            None => {
                match self.remove_range(&(paths::inside(account, region, id) + "stream/")).await? {
                    0 => self.remove_range(&paths::inside(account, region, id)).await?,
                    done => done,
                }
            }
            Some(number) => self.remove_stream(account, region, id, number).await?,
        };
        if done == 0 { self.forget(entry).await } else { Ok(done) }
    }

    async fn remove_range(&self, prefix: &str) -> Result<u64> {
        let records = &self.0.records;
        let page = records.store().scan(Range::prefix(prefix), Direction::Forward, KEYS).await;
        let page = page.map_err(error::internal)?;
        let mut changes = records.changes();
        page.entries.iter().for_each(|entry| changes.delete(&entry.key));
        if !changes.is_empty() {
            records.commit(changes).await.map_err(error::storage)?;
        }
        Ok(page.entries.len() as u64)
    }

    /// Takes some chunks of a stream out, and their places in the index of the group.
    async fn remove_stream(
        &self,
        account: &str,
        region: &str,
        id: &str,
        number: u64,
    ) -> Result<u64> {
        let group = Group::new(account, region, "", id.to_owned(), 0);
        for class in Class::ALL {
            let prefix = paths::chunks(&group, number, class);
            let records = &self.0.records;
            let scanned =
                records.store().scan(Range::prefix(&prefix), Direction::Forward, KEYS / 2).await;
            let page = scanned.map_err(error::internal)?;
            let mut changes = records.changes();
            for entry in &page.entries {
                changes.delete(&entry.key);
                if let Some((first, seq)) = paths::read_chunk(&prefix, &entry.key) {
                    changes.delete(&paths::indexed_chunk(&group, class, first, number, seq));
                }
            }
            if !changes.is_empty() {
                records.commit(changes).await.map_err(error::storage)?;
                return Ok(page.entries.len() as u64);
            }
        }
        Ok(0)
    }

    async fn forget(&self, entry: &str) -> Result<u64> {
        let mut changes = self.0.records.changes();
        changes.delete(entry);
        self.0.records.commit(changes).await.map_err(error::storage)?;
        Ok(0)
    }
}
