//! The queue before the writer: bounded in bytes, emptied in batches.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use strongroom_store::{CommitError, Revision, StoreError, Transaction};
use tokio::sync::oneshot::{Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Compares and writes of a batch, about. Each write costs some three pages of log, so this is also by
/// how much the log outgrows its bound.
const MAX_BATCH: usize = 256;
const MAX_BATCH_BYTES: usize = 4 << 20;

/// What may wait, in units of 1 KiB.
const ROOM: usize = 32 << 10;
/// What even the smallest transaction takes of it, which bounds their number to 2048.
const SMALLEST: usize = 16;

/// Transactions that wait for the writer.
pub struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
    room: Arc<Semaphore>,
}

struct Waiting {
    jobs: VecDeque<Job>,
    closed: bool,
}

/// A transaction and who waits for it.
pub struct Job {
    /// What to commit.
    pub transaction: Transaction,
    answer: Sender<Result<Revision, CommitError>>,
    _room: OwnedSemaphorePermit,
}

/// What the writer does next.
pub enum Next {
    /// Commits these, together.
    Batch(Vec<Job>),
    /// Tidies up: nothing came for a while.
    Idle,
    /// Stops: nothing is left and nothing will come.
    Stop,
}

impl Job {
    /// Tells the caller, if it still waits.
    pub fn answer(self, result: Result<Revision, CommitError>) {
        drop(self.answer.send(result));
    }
}

impl Queue {
    /// An empty queue.
    pub fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                jobs: VecDeque::new(),
                closed: false,
            }),
            arrived: Condvar::new(),
            room: Arc::new(Semaphore::new(ROOM)),
        }
    }

    /// Waits for room, then for the writer's answer.
    pub async fn commit(&self, transaction: Transaction) -> Result<Revision, CommitError> {
        let units = SMALLEST + transaction.size_bytes().div_ceil(1024);
        let room = Arc::clone(&self.room)
            .acquire_many_owned(units as u32)
            .await;
        let room = room.map_err(|_| StoreError::Closed)?;
        let (answer, answered) = channel();
        self.push(Job {
            transaction,
            answer,
            _room: room,
        })?;
        // The writer answers everything that it accepted, unless it dies.
        answered.await.unwrap_or(Err(StoreError::Closed.into()))
    }

    fn push(&self, job: Job) -> Result<(), StoreError> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        waiting.jobs.push_back(job);
        drop(waiting);
        self.arrived.notify_one();
        Ok(())
    }

    /// For the writer: what has gathered, waiting for something if it is nothing. `Idle` comes only
    /// if `patience` is given and runs out.
    pub fn next(&self, patience: Option<Duration>) -> Next {
        let mut waiting = self.lock();
        loop {
            if !waiting.jobs.is_empty() {
                return Next::Batch(waiting.take_batch());
            }
            if waiting.closed {
                return Next::Stop;
            }
            waiting = match patience {
                None => self
                    .arrived
                    .wait(waiting)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(patience) => {
                    let woken = self.arrived.wait_timeout(waiting, patience);
                    let (waiting, slept) = woken.unwrap_or_else(PoisonError::into_inner);
                    if slept.timed_out() && waiting.jobs.is_empty() && !waiting.closed {
                        return Next::Idle;
                    }
                    waiting
                }
            };
        }
    }

    /// Accepts nothing more; what waits is still committed.
    pub fn close(&self) {
        self.lock().closed = true;
        self.room.close();
        self.arrived.notify_one();
    }

    /// The writer is gone: whoever waits is told.
    pub fn abandon(&self) {
        self.close();
        self.lock().jobs.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn take_batch(&mut self) -> Vec<Job> {
        let mut batch = Vec::new();
        let (mut operations, mut bytes) = (0, 0);
        while operations < MAX_BATCH && bytes < MAX_BATCH_BYTES {
            let Some(job) = self.jobs.pop_front() else {
                break;
            };
            let transaction = &job.transaction;
            // Even a transaction that does nothing takes a place.
            operations += (transaction.compare.len() + transaction.writes.len()).max(1);
            bytes += transaction.size_bytes();
            batch.push(job);
        }
        batch
    }
}
