//! The trail, as where records go.
//!
//! Requests that finish at about the same time share one write: whoever comes first lets the others of
//! its thread have their turn, then writes what has gathered.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use strongroom_api::{Batch, BoxFuture, Recorder, Unrecorded};
use strongroom_trail::{Trail, TrailError};
use tokio::sync::oneshot;

use crate::calls::Tally;
use crate::sinks::Gauge;

/// Hands records to the trail and counts those that it did not take.
pub struct TrailRecorder {
    trail: Arc<Trail>,
    tally: Arc<Tally>,
    /// Sinks whose falling behind lets calls fail.
    blocking: Vec<Arc<Gauge>>,
    refused: AtomicU64,
    /// Requests whose records nobody has begun to write; the first of them will.
    waiting: Mutex<Vec<Waiting>>,
    /// How many times in a row nobody else came while the first one waited.
    alone: AtomicU32,
}

/// Waiting for others costs a lone client a tenth of its time. Who was alone so many times waits only
/// now and then, to see whether that has changed.
const PROBED_EVERY: u32 = 32;

struct Waiting {
    records: Batch,
    written: oneshot::Sender<Result<(), Unrecorded>>,
}

impl TrailRecorder {
    /// A recorder onto `trail`.
    #[must_use]
    pub fn new(trail: Arc<Trail>) -> Self {
        Self {
            trail,
            tally: Arc::default(),
            blocking: Vec::new(),
            refused: AtomicU64::new(0),
            waiting: Mutex::default(),
            alone: AtomicU32::new(0),
        }
    }

    /// The same, which lets `tally` see what passes.
    #[must_use]
    pub fn seen_by(mut self, tally: Arc<Tally>) -> Self {
        self.tally = tally;
        self
    }

    /// The same, which refuses records while one of `sinks` that may block is too far behind.
    #[must_use]
    pub fn blocked_by(mut self, sinks: impl Iterator<Item = Arc<Gauge>>) -> Self {
        self.blocking = sinks.filter(|sink| sink.blocks_at.is_some()).collect();
        self
    }

    /// How many records were refused since the start.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Lets others join, if there have been any lately.
    async fn gather(&self) {
        let alone = self.alone.load(Ordering::Relaxed);
        if alone < 2 || alone.is_multiple_of(PROBED_EVERY) {
            tokio::task::yield_now().await;
        }
        let next = if self.waiting().len() > 1 { 0 } else { alone.wrapping_add(1).max(1) };
        self.alone.store(next, Ordering::Relaxed);
    }

    fn write_all(&self, requests: Vec<Waiting>) {
        let all: Vec<&[u8]> = requests.iter().flat_map(|request| request.records.iter()).collect();
        if self.trail.append_many(&all).is_ok() {
            all.iter().for_each(|record| self.tally.see(record));
            for request in requests {
                // Nobody listens any more when the server is being stopped.
                let _unheard = request.written.send(Ok(()));
            }
            return;
        }
        // One record that cannot be written must not fail the requests beside it.
        for request in requests {
            let own: Vec<&[u8]> = request.records.iter().collect();
            let written = self.trail.append_many(&own).map(drop);
            if written.is_ok() {
                own.iter().for_each(|record| self.tally.see(record));
            }
            let _unheard =
                request.written.send(written.map_err(|error| self.refuse(error, own.len())));
        }
    }

    fn refuse(&self, error: TrailError, records: usize) -> Unrecorded {
        self.refused.fetch_add(records as u64, Ordering::Relaxed);
        Unrecorded(Box::new(error))
    }

    fn refuse_if_full(&self, records: usize) -> Result<(), Unrecorded> {
        if self.blocking.is_empty() {
            return Ok(());
        }
        let next = self.trail.position().sequence + 1;
        match self.blocking.iter().find(|sink| sink.is_full_at(next)) {
            None => Ok(()),
            Some(sink) => {
                self.refused.fetch_add(records as u64, Ordering::Relaxed);
                Err(Unrecorded(format!("the sink {} is too far behind", sink.name).into()))
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder for TrailRecorder {
    fn append(&self, record: &[u8]) -> Result<(), Unrecorded> {
        self.refuse_if_full(1)?;
        self.trail.append(record).map_err(|error| self.refuse(error, 1))?;
        self.tally.see(record);
        Ok(())
    }

    fn append_both(&self, one: &[u8], other: &[u8]) -> Result<(), Unrecorded> {
        self.refuse_if_full(2)?;
        self.trail.append_many(&[one, other]).map(drop).map_err(|error| self.refuse(error, 2))
    }

    fn append_all(&self, records: Batch) -> BoxFuture<'_, Result<(), Unrecorded>> {
        Box::pin(async move {
            self.refuse_if_full(records.len())?;
            let (written, outcome) = oneshot::channel();
            let is_first = {
                let mut waiting = self.waiting();
                waiting.push(Waiting { records, written });
                waiting.len() == 1
            };
            if is_first {
                self.gather().await;
                let requests = std::mem::take(&mut *self.waiting());
                self.write_all(requests);
            }
            outcome.await.unwrap_or_else(|gone| Err(Unrecorded(Box::new(gone))))
        })
    }
}
