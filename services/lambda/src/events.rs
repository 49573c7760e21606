//! Events: calls that nobody waits for.
//!
//! An event is kept before it is acknowledged. Whoever works on it has moved it to the moment at which
//! somebody else may take it over, so that one survives a crash and is not worked on twice at a time.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strongroom_api::{BoxFuture, Circumstances, Error, Job, Report, Result, Timestamp};
use strongroom_records::{Record, Stored};
use strongroom_store::Direction;
use strongroom_wire::Family;

use crate::dispatch::Dispatch;
use crate::event_invoke::EventInvoke;
use crate::find::Found;
use crate::function::{Configuration, Function};
use crate::id::{LATEST, Named};
use crate::invoke::told;
use crate::outcome::{Condition, Outcome};
use crate::runner::{Event, Finished, NotRun, Parcel};
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
        let mut changes = self.records.changes();
        changes.remove(&pending);
        let mut keys = Vec::new();
        // Deleted meanwhile, and with it whoever could take the event.
        if let Some(aim) = self.aim(&pending).await? {
            let ending = self.try_once(&pending, &aim).await?;
            let now = self.ports.runner.now();
            match ending.next(&pending, &aim.asked, now) {
                Next::Again(due, next) => {
                    changes.create(&next.key(due), &*next).map_err(error::storage)?;
                }
                Next::Never(condition) => {
                    let dispatches = dispatches(&pending, &aim, &ending, condition, now);
                    keys = Self::keep_dispatches(&mut changes, &dispatches, now)?;
                }
            }
        }
        self.records.commit(changes).await.map_err(error::internal)?;
        keys.into_iter().for_each(|key| self.begin_dispatch(key));
        Ok(())
    }

    /// Whom an event is for, as that is now.
    async fn aim(&self, pending: &Pending) -> Result<Option<Aim>> {
        let named = Named {
            account: pending.account.clone(),
            region: pending.region.clone(),
            name: pending.name.clone(),
            qualifier: None,
        };
        let Some(function) = self.function(&named).await? else { return Ok(None) };
        let configuration = match self.numbered(&function, &pending.version).await {
            Ok(configuration) => configuration,
            Err(error) if error.is_internal() => return Err(error),
            Err(_) => return Ok(None),
        };
        let asked = function.event_invokes.get(pending.qualifier()).cloned().unwrap_or_default();
        Ok(Some(Aim { function, configuration, asked }))
    }

    async fn try_once(&self, pending: &Pending, aim: &Aim) -> Result<Ending> {
        if pending.is_too_old(self.ports.runner.now(), &aim.asked) {
            return Ok(Ending::NotRun(told(NotRun::ServerBusy)));
        }
        if aim.function.reserved_concurrency == Some(0) {
            return Ok(Ending::Forbidden);
        }
        let event = Event {
            request_id: pending.request_id.clone(),
            invoked_arn: pending.invoked_arn.clone(),
            payload: pending.payload.clone().into_bytes(),
            client_context: pending.client_context.clone(),
        };
        Ok(match self.run(&aim.function, &aim.configuration, event).await {
            Ok(finished) => Ending::Run(finished),
            Err(busy @ (NotRun::FunctionBusy | NotRun::ServerBusy)) => Ending::NotRun(told(busy)),
            Err(fault) => {
                let error = told(fault);
                tracing::warn!(function = pending.name, "an event could not be delivered: {error}");
                Ending::NotRun(error)
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

/// Whom an event is for.
struct Aim {
    function: Arc<Stored<Function>>,
    configuration: Configuration,
    asked: EventInvoke,
}

/// How a try ended.
enum Ending {
    Run(Finished),
    NotRun(Error),
    /// The function may have no invocations at all. AWS does not wait for better times then.
    Forbidden,
}

/// What becomes of an event.
enum Next {
    Again(Timestamp, Box<Pending>),
    Never(Condition),
}

impl Ending {
    fn next(&self, pending: &Pending, asked: &EventInvoke, now: Timestamp) -> Next {
        let (due, next) = match self {
            Self::Run(finished) if !finished.is_error => return Next::Never(Condition::Success),
            Self::Forbidden => return Next::Never(Condition::ZeroReservedConcurrency),
            Self::Run(_) if pending.failures + 1 >= asked.tries() => {
                return Next::Never(Condition::RetriesExhausted);
            }
            Self::Run(_) => pending.after_failure(now),
            Self::NotRun(_) => pending.after_delay(now),
        };
        match pending.is_too_old(due, asked) {
            true => Next::Never(Condition::EventAgeExceeded),
            false => Next::Again(due, Box::new(next)),
        }
    }
}

/// Who is told of an event's end: the destination of that kind of end, and of failures the topic for
/// dead letters, too.
fn dispatches(
    pending: &Pending,
    aim: &Aim,
    ending: &Ending,
    condition: Condition,
    now: Timestamp,
) -> Vec<Dispatch> {
    let is_success = condition == Condition::Success;
    let finished = match ending {
        Ending::Run(finished) => Some(finished),
        _ => None,
    };
    let fault = match ending {
        Ending::NotRun(error) => Some((error.status(Family::Rest), error.message().to_owned())),
        _ => None,
    };
    let outcome = Outcome {
        condition,
        function_arn: &format!("{}:{}", aim.function.arn(), pending.qualifier()),
        request_id: &pending.request_id,
        payload: &pending.payload,
        invocations: pending.failures + u32::from(finished.is_some()),
        version: &pending.version,
        finished,
        fault,
    };
    let told = if is_success { &aim.asked.on_success } else { &aim.asked.on_failure };
    let dead = aim.configuration.dead_letter_target.as_ref().filter(|_| !is_success);
    let record = told.as_ref().map(|target| (target, "told", outcome.record(now), Vec::new()));
    let letter = dead.map(|target| (target, "dead", pending.payload.clone(), outcome.attributes()));
    let parcel = |(target, kind, body, attributes): (&String, &str, String, Vec<_>)| Dispatch {
        parcel: Parcel {
            account: pending.account.clone(),
            region: pending.region.clone(),
            name: pending.name.clone(),
            role: aim.configuration.role.clone(),
            target: target.clone(),
            body,
            attributes,
        },
        id: format!("{}-{kind}", pending.request_id),
        since: now,
        attempts: 0,
    };
    record.into_iter().chain(letter).map(parcel).collect()
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

    /// What it was called with, beside the name.
    fn qualifier(&self) -> &str {
        self.invoked_arn.split(':').nth(7).unwrap_or(LATEST)
    }

    /// One minute after the first failure, two after the second.
    fn after_failure(&self, now: Timestamp) -> (Timestamp, Self) {
        let failures = self.failures + 1;
        (now.plus_millis(i64::from(failures) * 60_000), Self { failures, ..self.clone() })
    }

    /// From one second on, doubled each time, up to five minutes.
    fn after_delay(&self, now: Timestamp) -> (Timestamp, Self) {
        let delay = (1_000_i64 << self.delays.min(16)).min(LONGEST_DELAY_MILLIS);
        (now.plus_millis(delay), Self { delays: self.delays + 1, ..self.clone() })
    }

    fn is_too_old(&self, at: Timestamp, asked: &EventInvoke) -> bool {
        at.millis() - self.accepted.millis() > asked.age_millis()
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
            let (sent, more) = self.0.take_over_dispatches(circumstances.now).await?;
            let mut report = Report { done: sent, more: due.more || more };
            for pending in &due.records {
                report.done += u64::from(self.0.take_over(pending, circumstances.now).await?);
            }
            Ok(report)
        })
    }
}
