//! Hands events of subscription filters to their functions.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Caller, Circumstances, Job, Report, Result};
use strongroom_records::Stored;
use strongroom_store::Direction;

use super::PRINCIPAL;
use crate::destinations::{Delivery, Undelivered};
use crate::name::group_arn;
use crate::position::Position;
use crate::subscription::Outgoing;
use crate::{Logs, error, paths};

/// The job.
pub struct DeliverSubscriptions(pub Arc<Logs>);

/// Deliveries of one run, each a part.
const BATCH: usize = 8;
/// For how long delivery is tried; AWS's bound.
const LONGEST_MILLIS: i64 = 24 * 3_600_000;
/// The longest pause between two attempts.
const LONGEST_PAUSE: i64 = 300_000;

impl Job for DeliverSubscriptions {
    fn name(&self) -> &'static str {
        "deliver_subscriptions"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        500
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = paths::deliverable(circumstances.now.millis());
            let due = self.0.records.scan::<Outgoing>(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::storage)?;
            let mut report = Report { done: 0, more: !due.records.is_empty() };
            for outgoing in &due.records {
                match self.send(circumstances, outgoing).await {
                    Ok(()) => report.done += 1,
                    Err(error) if error.is_conflict() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(report)
        })
    }
}

impl DeliverSubscriptions {
    /// Sends the next part of what is on its way.
    async fn send(&self, call: &Circumstances<'_>, read: &Stored<Outgoing>) -> Result<()> {
        let outgoing = &read.value;
        let part = self.0.next_part(outgoing).await?;
        let sent = match part.count() {
            0 => Ok(()),
            _ => self.deliver(call, outgoing, part.event(outgoing)?).await,
        };
        let age = call.now.millis().saturating_sub(outgoing.taken);
        let goes_on = |from: &Option<Position>| from.map(Position::digits);
        match sent {
            Ok(()) if part.next.is_none() => self.settle(read, None).await,
            Ok(()) => {
                let rest = Outgoing { from: goes_on(&part.next), attempts: 0, ..outgoing.clone() };
                self.settle(read, Some((0, rest))).await
            }
            Err(Undelivered::Later(_)) if age < LONGEST_MILLIS => {
                let pause = (1_000_i64 << outgoing.attempts.min(16)).min(LONGEST_PAUSE);
                let due = call.now.millis().saturating_add(pause);
                let later = Outgoing { attempts: outgoing.attempts + 1, ..outgoing.clone() };
                self.settle(read, Some((due, later))).await
            }
            Err(Undelivered::Later(why) | Undelivered::Refused(why)) => {
                complain(outgoing, part.count(), &why);
                let rest = Outgoing { from: goes_on(&part.next), attempts: 0, ..outgoing.clone() };
                self.settle(read, part.next.map(|_| (0, rest))).await
            }
        }
    }

    async fn deliver(
        &self,
        call: &Circumstances<'_>,
        outgoing: &Outgoing,
        event: Vec<u8>,
    ) -> Result<(), Undelivered> {
        let Outgoing { account, region, group, destination, .. } = outgoing;
        let caller = Caller::service(account, PRINCIPAL);
        let there = Circumstances { caller: &caller, region, ..*call };
        let group_arn = format!("{}:*", group_arn(account, region, group));
        let delivery = Delivery { function: destination, group_arn: &group_arn, account };
        self.0.destinations.deliver(&there, delivery, event).await
    }

    /// Writes down what became of it: done with, or to go on at a time (0: in its turn).
    async fn settle(&self, read: &Stored<Outgoing>, rest: Option<(i64, Outgoing)>) -> Result<()> {
        let mut changes = self.0.records.changes();
        match rest {
            None => changes.remove(read),
            Some((0, rest)) => changes.replace(read, &rest).map_err(error::storage)?,
            Some((due, rest)) => {
                let id = paths::read_delivery(&read.key).unwrap_or_default();
                changes.remove(read);
                changes.create(&paths::delivery(due, id), &rest).map_err(error::storage)?;
            }
        }
        self.0.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}

/// Tells the operator of events that no function will get.
fn complain(outgoing: &Outgoing, events: usize, why: &str) {
    tracing::warn!(
        account = outgoing.account,
        region = outgoing.region,
        group = outgoing.group,
        filter = outgoing.filter,
        function = outgoing.destination,
        events,
        "log events were not delivered to a function: {why}"
    );
}
