//! The trail, as where records go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sinks::Gauge;
use strongroom_api::{Recorder, Unrecorded};
use strongroom_trail::{Position, Trail, TrailError};

/// Hands records to the trail and counts those that it did not take.
pub struct TrailRecorder {
    trail: Arc<Trail>,
    /// Sinks whose falling behind lets calls fail.
    blocking: Vec<Arc<Gauge>>,
    /// The latest record.
    head: AtomicU64,
    refused: AtomicU64,
}

impl TrailRecorder {
    /// A recorder onto `trail`.
    #[must_use]
    pub fn new(trail: Arc<Trail>) -> Self {
        let head = AtomicU64::new(trail.position().sequence);
        Self { trail, blocking: Vec::new(), head, refused: AtomicU64::new(0) }
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
}

impl Recorder for TrailRecorder {
    fn append(&self, record: &[u8]) -> Result<(), Unrecorded> {
        self.refuse_if_full()?;
        self.check(self.trail.append(record))
    }

    fn append_both(&self, one: &[u8], other: &[u8]) -> Result<(), Unrecorded> {
        self.refuse_if_full()?;
        self.check(self.trail.append_many(&[one, other]))
    }
}

impl TrailRecorder {
    fn check(&self, taken: Result<Position, TrailError>) -> Result<(), Unrecorded> {
        match taken {
            Ok(position) => {
                self.head.fetch_max(position.sequence, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                Err(Unrecorded(Box::new(error)))
            }
        }
    }

    fn refuse_if_full(&self) -> Result<(), Unrecorded> {
        let next = self.head.load(Ordering::Relaxed) + 1;
        match self.blocking.iter().find(|sink| sink.is_full_at(next)) {
            None => Ok(()),
            Some(sink) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                let text = format!("the sink {} is too far behind", sink.name);
                Err(Unrecorded(text.into()))
            }
        }
    }
}
