//! Running what time starts: every job in its turn, and long jobs beside them, on one node at a time.

mod long;
pub mod reseal;
pub(crate) mod tenure;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use strongroom_api::{
    Caller, Circumstances, Entropy, Ids, Job, LongJob, Recorder, Source, Timestamp,
};
use strongroom_store::Store;

use crate::clock::Clock;
use tenure::Tenure;

/// What jobs are run with.
pub struct Jobs {
    /// The jobs, in the order they are run when several are due.
    pub list: Vec<Arc<dyn Job>>,
    /// Jobs of which one piece may last minutes; each runs by itself.
    pub long: Vec<Arc<dyn LongJob>>,
    /// Where the lease is held.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Where records go.
    pub recorder: Arc<dyn Recorder>,
    /// The account that jobs are principals of.
    pub account: String,
    /// The region that jobs start from.
    pub region: String,
}

/// Whoever holds it runs the jobs of this store.
const LEASE: &str = "jobs";
/// How often to look whether a job is due, or whether the lease has become free.
const PULSE: Duration = Duration::from_millis(500);
/// Runs in a row of one job that says that more is due, before the others get their turn.
const MOST_RUNS_IN_A_ROW: usize = 16;

/// When each job is due, in milliseconds since the epoch.
struct Schedule(Vec<i64>);

impl Jobs {
    /// Runs jobs as they become due. Never returns by itself; dropping it between two runs is safe,
    /// since every job can be cut off and run again.
    pub async fn run(&self) {
        let ids = Ids::new(&*self.entropy);
        let holder = tenure::holder(&*self.store, &*self.entropy);
        let long = self.long.iter().map(|job| self.run_long(&**job, &holder, &ids));
        tokio::join!(self.run_in_turn(&holder, &ids), join_all(long));
    }

    async fn run_in_turn(&self, holder: &str, ids: &Ids) {
        if self.list.is_empty() {
            return;
        }
        let mut schedule = Schedule(vec![self.clock.now().millis(); self.list.len()]);
        let mut tenure = Tenure::new(LEASE, holder);
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pulse.tick().await;
            if tenure.holds(&*self.store, self.clock.now()).await {
                self.run_due(&mut schedule, ids).await;
            }
        }
    }

    async fn run_due(&self, schedule: &mut Schedule, ids: &Ids) {
        for (place, job) in self.list.iter().enumerate() {
            if !schedule.is_due(place, self.clock.now().millis(), job.period_millis()) {
                continue;
            }
            for _ in 0..MOST_RUNS_IN_A_ROW {
                if !self.run_one(&**job, ids).await {
                    schedule.ran(place, self.clock.now().millis(), job.period_millis());
                    break;
                }
            }
        }
    }

    /// Runs `job` once; returns whether more is due at once.
    async fn run_one(&self, job: &dyn Job, ids: &Ids) -> bool {
        let caller = Caller::service(&self.account, job.principal());
        let request_id = ids.next().to_string();
        let now: Timestamp = self.clock.now();
        let circumstances = self.circumstances(job.principal(), &caller, &request_id, now, ids);
        match job.run(&circumstances).await {
            Ok(report) => {
                if report.done > 0 {
                    tracing::debug!(job = job.name(), done = report.done, "due work was done");
                }
                report.more
            }
            Err(error) => {
                let cause = error.cause().map(ToString::to_string).unwrap_or_default();
                tracing::error!(
                    job = job.name(),
                    "due work failed and is tried again: {error} {cause}"
                );
                false
            }
        }
    }

    /// How a job is called.
    fn circumstances<'a>(
        &'a self,
        principal: &'a str,
        caller: &'a Caller,
        request_id: &'a str,
        now: Timestamp,
        ids: &'a Ids,
    ) -> Circumstances<'a> {
        let source = Source { address: principal, user_agent: principal, ..Source::default() };
        Circumstances {
            caller,
            region: &self.region,
            now,
            request_id,
            source,
            via: None,
            recorder: &*self.recorder,
            entropy: &*self.entropy,
            ids,
        }
    }
}

impl Schedule {
    /// A clock that was set back must not keep a job waiting for longer than its period.
    fn is_due(&mut self, place: usize, now: i64, period: i64) -> bool {
        let Some(due) = self.0.get_mut(place) else { return false };
        *due = (*due).min(now.saturating_add(period));
        *due <= now
    }

    fn ran(&mut self, place: usize, now: i64, period: i64) {
        if let Some(due) = self.0.get_mut(place) {
            *due = now.saturating_add(period);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    use strongroom_api::{BoxFuture, Report, Result};
    use strongroom_store::MemoryStore;
    use strongroom_testkit::Tape;

    use super::*;

    #[test]
    fn a_job_is_due_once_a_period_whatever_the_clock_does() {
        let mut schedule = Schedule(vec![1_000]);
        assert!(schedule.is_due(0, 1_000, 60));
        schedule.ran(0, 1_000, 60);
        assert!(!schedule.is_due(0, 1_059, 60));
        assert!(schedule.is_due(0, 1_060, 60));
        // A year ahead it is due once, and a year back it is due within its period.
        schedule.ran(0, 99_000, 60);
        assert!(!schedule.is_due(0, 1_000, 60));
        assert!(schedule.is_due(0, 1_060, 60));
    }

    #[derive(Default)]
    struct Count(AtomicU64);

    impl Job for Count {
        fn name(&self) -> &'static str {
            "count"
        }

        fn principal(&self) -> &'static str {
            "test.amazonaws.com"
        }

        fn period_millis(&self) -> i64 {
            0
        }

        fn run<'a>(&'a self, call: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
            assert_eq!(call.caller.arn(), "test.amazonaws.com");
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(std::future::ready(Ok(Report { done: 1, more: false })))
        }
    }

    #[derive(Default)]
    struct Hand(AtomicI64);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0.load(Ordering::SeqCst))
        }
    }

    fn node(store: &Arc<MemoryStore>, clock: &Arc<Hand>) -> (Arc<Count>, Jobs) {
        let count = Arc::new(Count::default());
        let jobs = Jobs {
            list: vec![count.clone()],
            long: Vec::new(),
            store: store.clone(),
            clock: clock.clone(),
            entropy: Arc::new(strongroom_seal::SystemEntropy),
            recorder: Arc::new(Tape::default()),
            account: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
        };
        (count, jobs)
    }

    #[tokio::test(start_paused = true)]
    async fn one_node_does_the_due_work_and_another_takes_over_when_it_is_gone() {
        let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(Hand::default()));
        let (first_count, first) = node(&store, &clock);
        let (second_count, second) = node(&store, &clock);
        let ran = |count: &Count| count.0.load(Ordering::SeqCst);
        let a_while = Duration::from_secs(10);

        let both = async { tokio::join!(first.run(), second.run()) };
        assert!(tokio::time::timeout(a_while, both).await.is_err());
        assert!(ran(&first_count) > 1);
        assert_eq!(ran(&second_count), 0);

        clock.0.fetch_add(tenure::LEASE_MILLIS, Ordering::SeqCst);
        assert!(tokio::time::timeout(a_while, second.run()).await.is_err());
        assert!(ran(&second_count) > 1);
    }
}
