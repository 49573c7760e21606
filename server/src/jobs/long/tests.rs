//! Long jobs: one lease for each, bounded turns, and taking over.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use strongroom_api::{Circumstances, Error, TellTime, Timestamp};
use strongroom_store::{MemoryStore, Store};
use strongroom_testkit::Tape;
use tokio::sync::Semaphore;

use super::*;
use crate::clock::Clock;

#[derive(Default)]
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Pieces that each wait for a permit, and are not due any more once they are done.
struct Slow {
    left: Mutex<Vec<String>>,
    gate: Semaphore,
    running: AtomicUsize,
    most: AtomicUsize,
    begun: AtomicUsize,
    fails: bool,
}

impl Slow {
    fn new(pieces: usize, fails: bool) -> Arc<Self> {
        Arc::new(Self {
            left: Mutex::new((0..pieces).map(|number| number.to_string()).collect()),
            gate: Semaphore::new(0),
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            begun: AtomicUsize::new(0),
            fails,
        })
    }

    fn left(&self) -> usize {
        self.left.lock().unwrap().len()
    }
}

impl LongJob for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn principal(&self) -> &'static str {
        "test.amazonaws.com"
    }

    fn most_at_once(&self) -> usize {
        3
    }

    fn due<'a>(
        &'a self,
        _: Timestamp,
        most: usize,
        running: &'a HashSet<String>,
    ) -> BoxFuture<'a, Result<Vec<String>>> {
        let left = self.left.lock().unwrap();
        let due = left.iter().filter(|piece| !running.contains(*piece)).take(most).cloned();
        let due = due.collect();
        Box::pin(std::future::ready(Ok(due)))
    }

    fn work<'a>(
        &'a self,
        piece: &'a str,
        _: &'a Circumstances<'a>,
        clock: &'a TellTime,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let _now = clock();
            self.begun.fetch_add(1, Ordering::SeqCst);
            let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(running, Ordering::SeqCst);
            if self.fails {
                self.running.fetch_sub(1, Ordering::SeqCst);
                return Err(Error::internal("the store is gone"));
            }
            self.gate.acquire().await.unwrap().forget();
            self.running.fetch_sub(1, Ordering::SeqCst);
            self.left.lock().unwrap().retain(|other| other != piece);
            Ok(())
        })
    }
}

fn node(store: &Arc<MemoryStore>, clock: &Arc<Hand>, job: &Arc<Slow>) -> Jobs {
    let store: Arc<dyn Store> = store.clone();
    Jobs {
        list: Vec::new(),
        long: vec![job.clone()],
        store,
        clock: clock.clone(),
        entropy: Arc::new(strongroom_seal::SystemEntropy),
        recorder: Arc::new(Tape::default()),
        account: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
    }
}

async fn a_while(jobs: &Jobs) {
    assert!(tokio::time::timeout(Duration::from_secs(10), jobs.run()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn pieces_run_beside_each_other_a_few_at_a_time_and_each_once() {
    let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(Hand::default()));
    let job = Slow::new(10, false);
    let jobs = node(&store, &clock, &job);
    let release = async {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(job.running.load(Ordering::SeqCst), job.left().min(3));
            job.gate.add_permits(1);
        }
        std::future::pending::<()>().await;
    };
    let both = async { tokio::join!(jobs.run(), release) };
    assert!(tokio::time::timeout(Duration::from_secs(30), both).await.is_err());
    assert_eq!((job.left(), job.begun.load(Ordering::SeqCst)), (0, 10));
    assert_eq!(job.most.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_piece_that_fails_for_reasons_of_ours_rests_before_it_is_tried_again() {
    let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(Hand::default()));
    let job = Slow::new(1, true);
    let jobs = node(&store, &clock, &job);
    let turn = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(job.begun.load(Ordering::SeqCst), 1);
        clock.0.fetch_add(REST_MILLIS, Ordering::SeqCst);
        std::future::pending::<()>().await;
    };
    let both = async { tokio::join!(jobs.run(), turn) };
    assert!(tokio::time::timeout(Duration::from_secs(10), both).await.is_err());
    assert_eq!(job.begun.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn what_one_node_was_at_another_takes_up_when_it_is_gone() {
    let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(Hand::default()));
    let job = Slow::new(1, false);
    a_while(&node(&store, &clock, &job)).await;
    assert_eq!(job.begun.load(Ordering::SeqCst), 1);
    let other = node(&store, &clock, &job);
    a_while(&other).await;
    assert_eq!(job.begun.load(Ordering::SeqCst), 1);
    clock.0.fetch_add(super::super::tenure::LEASE_MILLIS, Ordering::SeqCst);
    job.gate.add_permits(1);
    a_while(&other).await;
    assert_eq!((job.left(), job.begun.load(Ordering::SeqCst)), (0, 2));
}
