//! Delivers what was published to topics: many at a time, on one node at a time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use strongroom_api::{BoxFuture, Caller, Circumstances, Entropy, Ids, Recorder, Result, Source};
use strongroom_sns::Sns;
use strongroom_sns::deliver::{Outcome, PRINCIPAL, Work};
use strongroom_store::{Range, Store, Watch};

use crate::clock::Clock;
use crate::jobs::tenure::{self, Tenure};

/// What deliveries are made with.
pub struct Deliveries {
    /// The service whose messages they are.
    pub sns: Arc<Sns>,
    /// Where the lease is held.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Where records go.
    pub recorder: Arc<dyn Recorder>,
    /// The account and region of what is nobody else's.
    pub account: String,
    /// As above.
    pub region: String,
    /// What is counted.
    pub figures: Arc<Figures>,
}

/// What came of deliveries since the start.
#[derive(Debug, Default)]
pub struct Figures {
    /// Taken by their endpoints.
    pub delivered: AtomicU64,
    /// To be tried again.
    pub postponed: AtomicU64,
    /// Given up.
    pub given_up: AtomicU64,
}

/// Whoever holds it delivers the messages of this store.
const LEASE: &str = "sns-deliveries";
/// What becomes due by time alone is seen this often.
const PULSE: Duration = Duration::from_millis(500);
/// Work done at the same time.
const MOST_AT_ONCE: usize = 64;
/// Of these, for one subscription: a slow endpoint must not hold up the others.
const MOST_IN_A_LANE: usize = 4;
/// Entries read at once, and looked at in all, in search of work that may be done.
const PAGE: usize = 100;
const MOST_LOOKED_AT: usize = 2_000;
/// Where everything that is due stands.
const DUE: &str = "due/sns/";

/// What is being worked on.
#[derive(Default)]
struct Bench {
    busy: HashSet<String>,
    lanes: HashMap<String, usize>,
    /// What failed for a reason of ours, and rests until the next pulse.
    resting: HashSet<String>,
}

type Running<'a> = FuturesUnordered<BoxFuture<'a, (Work, Result<Outcome>)>>;

impl Deliveries {
    /// Delivers until dropped. What is under way then is done again after the next start.
    pub async fn run(&self) {
        let ids = Ids::new(&*self.entropy);
        let caller = Caller::service(&self.account, PRINCIPAL);
        let mut tenure = Tenure::new(LEASE, &tenure::holder(&*self.store, &*self.entropy));
        let mut holds = false;
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut changes = self.watch();
        let mut running: Running<'_> = FuturesUnordered::new();
        let mut bench = Bench::default();
        loop {
            tokio::select! {
                Some((work, outcome)) = running.next(), if !running.is_empty() => {
                    bench.finish(&work, outcome.is_err());
                    self.count(outcome);
                    // What has changed something is seen as a change, and the rest waits for the pulse.
                    continue;
                }
                _ = pulse.tick() => {
                    bench.resting.clear();
                    holds = tenure.holds(&*self.store, self.clock.now()).await;
                }
                change = next(&mut changes) => match change {
                    // Everything is looked at once, however much has changed.
                    Some(()) => self.drain(&mut changes),
                    // The past that would be needed is gone; everything is looked at anyway.
                    None => changes = self.watch(),
                }
            }
            if holds && running.len() < MOST_AT_ONCE {
                self.begin(&mut bench, &mut running, &caller, &ids).await;
            }
        }
    }

    /// Begins what is due, as far as there is room.
    async fn begin<'a>(
        &'a self,
        bench: &mut Bench,
        running: &mut Running<'a>,
        caller: &'a Caller,
        ids: &'a Ids,
    ) {
        let mut after: Option<Work> = None;
        let mut looked_at = 0;
        while looked_at < MOST_LOOKED_AT {
            let due = self.sns.due(self.clock.now(), after.as_ref(), PAGE).await;
            let due = due.unwrap_or_else(|error| {
                tracing::error!("what is to be delivered cannot be read: {error}");
                Vec::new()
            });
            let Some(last) = due.last().cloned() else { return };
            looked_at += due.len();
            for work in due {
                if running.len() >= MOST_AT_ONCE {
                    return;
                }
                if bench.begin(&work) {
                    running.push(Box::pin(self.one(work, caller, ids)));
                }
            }
            after = Some(last);
        }
    }

    async fn one(&self, work: Work, caller: &Caller, ids: &Ids) -> (Work, Result<Outcome>) {
        let request_id = ids.next().to_string();
        let source = Source { address: PRINCIPAL, user_agent: PRINCIPAL, ..Source::default() };
        let circumstances = Circumstances {
            caller,
            region: &self.region,
            now: self.clock.now(),
            request_id: &request_id,
            source,
            via: None,
            recorder: &*self.recorder,
            entropy: &*self.entropy,
            ids,
        };
        let outcome = self.sns.work(&circumstances, &work).await;
        (work, outcome)
    }

    fn count(&self, outcome: Result<Outcome>) {
        let figures = &self.figures;
        let add = |figure: &AtomicU64| _ = figure.fetch_add(1, Ordering::Relaxed);
        match outcome {
            Ok(Outcome::Delivered) => add(&figures.delivered),
            Ok(Outcome::Postponed) => add(&figures.postponed),
            Ok(Outcome::GivenUp) => {
                add(&figures.given_up);
                tracing::warn!("a delivery was given up; `strongroom sns failures` tells which");
            }
            Ok(Outcome::FannedOut(_) | Outcome::Dropped) => {}
            // Changed at this very moment, by an unsubscription perhaps.
            Err(error) if error.is_conflict() => {}
            Err(error) => {
                let cause = error.cause().map(ToString::to_string).unwrap_or_default();
                tracing::error!("a delivery failed and is tried again: {error} {cause}");
            }
        }
    }

    /// Takes all changes that are there.
    fn drain(&self, changes: &mut Option<Watch>) {
        while let Some(change) = next(changes).now_or_never() {
            if change.is_none() {
                *changes = self.watch();
            }
        }
    }

    fn watch(&self) -> Option<Watch> {
        self.store.watch(Range::prefix(DUE), self.store.revision()).ok()
    }
}

/// The next change; without a watch there is none, and the pulse has to do.
async fn next(watch: &mut Option<Watch>) -> Option<()> {
    match watch {
        Some(changes) => match changes.next().await {
            Some(Ok(_)) => Some(()),
            Some(Err(_)) => None,
            // The store is closing.
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

impl Bench {
    /// Takes a piece of work up; false if it is under way, or has to wait.
    fn begin(&mut self, work: &Work) -> bool {
        if self.busy.contains(&work.key) || self.resting.contains(&work.key) {
            return false;
        }
        if let Some(lane) = &work.lane {
            let places = self.lanes.entry(lane.clone()).or_default();
            if *places >= MOST_IN_A_LANE {
                return false;
            }
            *places += 1;
        }
        self.busy.insert(work.key.clone())
    }

    fn finish(&mut self, work: &Work, failed: bool) {
        self.busy.remove(&work.key);
        if failed {
            self.resting.insert(work.key.clone());
        }
        let Some(lane) = &work.lane else { return };
        if let Some(places) = self.lanes.get_mut(lane) {
            *places -= 1;
            if *places == 0 {
                self.lanes.remove(lane);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(number: usize, lane: &str) -> Work {
        Work { key: format!("{DUE}{number}"), lane: Some(lane.to_owned()) }
    }

    #[test]
    fn one_subscription_does_not_take_every_place() {
        let mut bench = Bench::default();
        let begun: Vec<_> = (0..10).filter(|n| bench.begin(&work(*n, "slow"))).collect();
        assert_eq!(begun.len(), MOST_IN_A_LANE);
        assert!(bench.begin(&work(10, "other")));
        assert!(!bench.begin(&work(10, "other")));
        bench.finish(&work(0, "slow"), false);
        assert!(bench.begin(&work(9, "slow")));
    }

    #[test]
    fn what_failed_rests_until_the_next_pulse() {
        let mut bench = Bench::default();
        assert!(bench.begin(&work(1, "a")));
        bench.finish(&work(1, "a"), true);
        assert!(!bench.begin(&work(1, "a")));
        bench.resting.clear();
        assert!(bench.begin(&work(1, "a")));
        assert_eq!(bench.lanes.len(), 1);
    }
}
