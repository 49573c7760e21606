//! Events: calls that nobody waits for.
//!
//! An event is kept before it is acknowledged. Whoever works on it has moved it to the moment at which
//! somebody else may take it over, so that one survives a crash and is not worked on twice at a time.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result, Timestamp};
use strongroom_records::{Record, Stored};
use strongroom_store::Direction;

use crate::find::Found;
use crate::function::Configuration;
use crate::id::Named;
use crate::runner::{Event, NotRun};
use crate::{Lambda, error, paths};

/// An event that waits for its function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    account: String,
    region: String,
    name: String,
    version: String,
    timeout_seconds: u32,
    invoked_arn: String,
    request_id: String,
    payload: String,
    client_context: Option<String>,
    accepted: Timestamp,
    /// How often the function has failed on it.
    failures: u32,
    /// How often it could not be run.
    delays: u32,
}

impl Record for Pending {
    const KIND: &'static str = "event";
}

/// AWS's: two retries, and six hours.
const MOST_FAILURES: u32 = 3;
const OLDEST_MILLIS: i64 = 6 * 3_600_000;
/// From the end of an invocation that did not end to the next try.
const GRACE_MILLIS: i64 = 60_000;
const LONGEST_DELAY_MILLIS: i64 = 300_000;
/// Events begun in one run of the job.
const BATCH: usize = 100;

impl Lambda {
    /// Keeps an event, and begins to work on it.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn accept(
        &self,
        found: &Found,
        configuration: &Configuration,
        event: Event,
        now: Timestamp,
    ) -> Result<()> {
        let function = &found.function;
        let pending = Pending {
            account: function.account.clone(),
            region: function.region.clone(),
            name: function.name.clone(),
            version: configuration.version.clone(),
            timeout_seconds: configuration.timeout_seconds,
            invoked_arn: event.invoked_arn,
            request_id: event.request_id,
            // It was read as JSON, so it is text.
            payload: String::from_utf8_lossy(&event.payload).into_owned(),
            client_context: event.client_context,
            accepted: now,
            failures: 0,
            delays: 0,
        };
        let key = pending.key(pending.taken_over_at(now));
        let mut changes = self.records.changes();
        changes.create(&key, &pending).map_err(error::storage)?;
        self.records.commit(changes).await.map_err(error::storage)?;
        self.begin(key);
        Ok(())
    }

    /// Works on an event that is ours.
    fn begin(&self, key: String) {
        let Some(lambda) = self.me.upgrade() else { return };
        let runner = Arc::clone(&self.ports.runner);
        runner.beside(Box::pin(async move {
            if let Err(error) = lambda.deliver(&key).await {
                // It stays where it is, and is tried again when its time comes.
                let cause = error.cause().map(ToString::to_string).unwrap_or_default();
                tracing::error!("an event could not be handled and is kept: {error} {cause}");
            }
        }));
    }

    async fn deliver(&self, key: &str) -> Result<()> {
        let pending = self.records.get::<Pending>(key).await.map_err(error::storage)?;
        let Some(pending) = pending else { return Ok(()) };
        let next = match self.try_once(&pending).await? {
            Outcome::Done => None,
            Outcome::Failed => pending.after_failure(self.ports.runner.now()),
            Outcome::Delayed => pending.after_delay(self.ports.runner.now()),
        };
        let mut changes = self.records.changes();
        changes.remove(&pending);
        if let Some((due, next)) = &next {
            changes.create(&next.key(*due), next).map_err(error::storage)?;
        } else if pending.failures > 0 || pending.delays > 0 {
            tracing::debug!(function = pending.name, "the last try of an event has been made");
        }
        match self.records.commit(changes).await {
            Ok(_) => Ok(()),
            Err(cause) => Err(error::internal(cause)),
        }
    }

    async fn try_once(&self, pending: &Pending) -> Result<Outcome> {
        let named = Named {
            account: pending.account.clone(),
            region: pending.region.clone(),
            name: pending.name.clone(),
            qualifier: None,
        };
        let Some(function) = self.function(&named).await? else { return Ok(Outcome::Done) };
        let configuration = match self.numbered(&function, &pending.version).await {
            Ok(configuration) => configuration,
            Err(error) if error.is_internal() => return Err(error),
            // Deleted meanwhile, and with it whoever could take the event.
            Err(_) => return Ok(Outcome::Done),
        };
        let event = Event {
            request_id: pending.request_id.clone(),
            invoked_arn: pending.invoked_arn.clone(),
            payload: pending.payload.clone().into_bytes(),
            client_context: pending.client_context.clone(),
        };
        Ok(match self.run(&function, &configuration, event).await {
            Ok(finished) if finished.is_error => Outcome::Failed,
            Ok(_) => Outcome::Done,
            Err(NotRun::FunctionBusy | NotRun::ServerBusy) => Outcome::Delayed,
            Err(fault) => {
                let error = crate::invoke::told(fault);
                tracing::warn!(function = pending.name, "an event could not be delivered: {error}");
                Outcome::Delayed
            }
        })
    }

    /// Takes an event over, if nobody else does.
    async fn take_over(&self, stored: &Stored<Pending>, now: Timestamp) -> Result<bool> {
        let key = stored.key_after(now);
        let mut changes = self.records.changes();
        changes.remove(stored);
        changes.create(&key, &stored.value).map_err(error::storage)?;
        match self.records.commit(changes).await.map_err(error::storage) {
            Ok(_) => {
                self.begin(key);
                Ok(true)
            }
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

enum Outcome {
    Done,
    Failed,
    Delayed,
}

impl Pending {
    fn key(&self, due: Timestamp) -> String {
        paths::event(due, &self.account, &self.region, &self.request_id)
    }

    fn key_after(&self, now: Timestamp) -> String {
        self.key(self.taken_over_at(now))
    }

    /// When somebody who began at `now` has given up for sure.
    fn taken_over_at(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(i64::from(self.timeout_seconds) * 1_000 + GRACE_MILLIS)
    }

    /// One minute after the first failure, two after the second, and then no more.
    fn after_failure(&self, now: Timestamp) -> Option<(Timestamp, Self)> {
        let failures = self.failures + 1;
        let again = failures < MOST_FAILURES && !self.is_too_old(now);
        again.then(|| {
            (now.plus_millis(i64::from(failures) * 60_000), Self { failures, ..self.clone() })
        })
    }

    /// From one second on, doubled each time, up to five minutes.
    fn after_delay(&self, now: Timestamp) -> Option<(Timestamp, Self)> {
        let delay = (1_000_i64 << self.delays.min(16)).min(LONGEST_DELAY_MILLIS);
        let delays = self.delays + 1;
        (!self.is_too_old(now)).then(|| (now.plus_millis(delay), Self { delays, ..self.clone() }))
    }

    fn is_too_old(&self, now: Timestamp) -> bool {
        now.millis() - self.accepted.millis() > OLDEST_MILLIS
    }
}

/// Works on the events whose time has come: further tries, and what a crash left behind.
pub struct DeliverEvents(pub Arc<Lambda>);

impl Job for DeliverEvents {
    fn name(&self) -> &'static str {
        "deliver_events"
    }

    fn principal(&self) -> &'static str {
        "lambda.amazonaws.com"
    }

    fn period_millis(&self) -> i64 {
        1_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = paths::due_events(circumstances.now);
            let due = self.0.records.scan::<Pending>(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::storage)?;
            let mut report = Report { done: 0, more: due.more };
            for pending in &due.records {
                report.done += u64::from(self.0.take_over(pending, circumstances.now).await?);
            }
            Ok(report)
        })
    }
}
