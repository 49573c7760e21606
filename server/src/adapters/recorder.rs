//! The trail, as where records go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use strongroom_api::{Recorder, Unrecorded};
use strongroom_trail::Trail;

use crate::calls::Tally;

/// Hands records to the trail and counts those that it did not take.
pub struct TrailRecorder {
    trail: Arc<Trail>,
    tally: Arc<Tally>,
    refused: AtomicU64,
}

impl TrailRecorder {
    /// A recorder onto `trail`, which lets `tally` see what passes.
    #[must_use]
    pub fn new(trail: Arc<Trail>, tally: Arc<Tally>) -> Self {
        Self { trail, tally, refused: AtomicU64::new(0) }
    }

    /// How many records were refused since the start.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Recorder for TrailRecorder {
    fn append(&self, record: &[u8]) -> Result<(), Unrecorded> {
        match self.trail.append(record) {
            Ok(_) => {
                self.tally.see(record);
                Ok(())
            }
            Err(error) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                Err(Unrecorded(Box::new(error)))
            }
        }
    }
}
