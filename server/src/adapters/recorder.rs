//! The trail, as where records go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use strongroom_api::{Recorder, Unrecorded};
use strongroom_trail::{Position, Trail, TrailError};

/// Hands records to the trail and counts those that it did not take.
pub struct TrailRecorder {
    trail: Arc<Trail>,
    refused: AtomicU64,
}

impl TrailRecorder {
    /// A recorder onto `trail`.
    #[must_use]
    pub fn new(trail: Arc<Trail>) -> Self {
        Self { trail, refused: AtomicU64::new(0) }
    }

    /// How many records were refused since the start.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Recorder for TrailRecorder {
    fn append(&self, record: &[u8]) -> Result<(), Unrecorded> {
        self.check(self.trail.append(record))
    }

    fn append_both(&self, one: &[u8], other: &[u8]) -> Result<(), Unrecorded> {
        self.check(self.trail.append_many(&[one, other]))
    }
}

impl TrailRecorder {
    fn check(&self, taken: Result<Position, TrailError>) -> Result<(), Unrecorded> {
        taken.map(drop).map_err(|error| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            Unrecorded(Box::new(error))
        })
    }
}
