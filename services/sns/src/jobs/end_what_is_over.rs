//! Forgets messages that everybody has, subscriptions that nobody confirmed, and old failures.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result, Timestamp};
use strongroom_store::{Direction, Range};

use crate::deliver::PRINCIPAL;
use crate::message::Message;
use crate::subscription::{State, Subscription};
use crate::{Sns, error, paths};

/// The job.
pub struct EndWhatIsOver(pub Arc<Sns>);

/// Things looked at in one run.
const BATCH: usize = 200;
/// A message that is not delivered everywhere is looked at again after its age, within these bounds.
const LOOK_MILLIS: (i64, i64) = (30_000, 3_600_000);

impl Job for EndWhatIsOver {
    fn name(&self) -> &'static str {
        "end_what_is_over"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        10_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let now = circumstances.now;
            let range = paths::due_at(paths::ENDS, now);
            let page = self.0.records.scan_index(range, Direction::Forward, BATCH).await;
            let page = page.map_err(error::of_record)?;
            let mut report = Report { done: 0, more: page.more };
            for (entry, _) in page.entries {
                let Some((_, key)) = paths::read_due(paths::ENDS, &entry) else { continue };
                match self.0.end(&entry, key, now).await {
                    Ok(()) => report.done += 1,
                    // Changed at this very moment; the next run sees what became of it.
                    Err(error) if error.is_conflict() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(report)
        })
    }
}

impl Sns {
    /// Ends what stands under `key`, if it is over.
    async fn end(&self, entry: &str, key: &str, now: Timestamp) -> Result<()> {
        match key.splitn(4, '/').nth(3).and_then(|rest| rest.split('/').next()) {
            Some("message") => self.end_message(entry, key, now).await,
            Some("subscription") => self.end_subscription(entry, key, now).await,
            Some("unsubscribed") => self.end_unsubscribed(entry, key, now).await,
            _ => {
                let mut changes = self.records.changes();
                changes.delete(key);
                changes.delete(entry);
                self.commit(changes).await
            }
        }
    }

    async fn end_message(&self, entry: &str, key: &str, now: Timestamp) -> Result<()> {
        let message = self.records.get::<Message>(key).await.map_err(error::of_record)?;
        let mut changes = self.records.changes();
        changes.delete(entry);
        if let Some(message) = message {
            let left = paths::delivery(&message.account, &message.region, &message.id, "");
            let store = self.records.store();
            let left = store.scan(Range::prefix(left), Direction::Forward, 1).await;
            if left.map_err(error::internal)?.entries.is_empty() {
                changes.delete(key);
            } else {
                let age = now.millis().saturating_sub(message.published.millis());
                let later = now.plus_millis(age.clamp(LOOK_MILLIS.0, LOOK_MILLIS.1));
                changes.index(&paths::due(paths::ENDS, later, key), "");
            }
        }
        self.commit(changes).await
    }

    async fn end_subscription(&self, entry: &str, key: &str, now: Timestamp) -> Result<()> {
        let mut changes = self.records.changes();
        let found = self.read_subscription(key).await?;
        let over =
            |one: &Subscription| matches!(&one.state, State::Pending { ends, .. } if *ends <= now);
        match found.filter(|found| over(found)) {
            Some(found) => {
                // This takes the entry away as well.
                self.remove(&mut changes, &found);
                if let Some(topic) = self.read_topic(&found.topic()).await? {
                    let filtered = u32::from(found.is_filtered());
                    self.recount(&mut changes, &topic, |counts| {
                        counts.pending = counts.pending.saturating_sub(1);
                        counts.filtered = counts.filtered.saturating_sub(filtered);
                    })?;
                }
            }
            None => changes.delete(entry),
        }
        self.commit(changes).await
    }

    async fn end_unsubscribed(&self, entry: &str, key: &str, now: Timestamp) -> Result<()> {
        let mut changes = self.records.changes();
        changes.delete(entry);
        let found = self.read_subscription(key).await?;
        let over =
            |one: &Subscription| matches!(&one.state, State::Deleted { ends, .. } if *ends <= now);
        if let Some(found) = found.filter(|found| over(found)) {
            changes.remove(&*found);
            if let Some(topic) = self.read_topic(&found.topic()).await? {
                self.recount(&mut changes, &topic, |counts| {
                    counts.deleted = counts.deleted.saturating_sub(1);
                })?;
            }
        }
        self.commit(changes).await
    }
}
