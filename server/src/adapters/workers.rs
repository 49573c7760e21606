//! Threads for work that would hold up the requests of others.

use std::sync::Arc;

use strongroom_api::BoxFuture;
use strongroom_kms::{Work, Workers};
use tokio::sync::Semaphore;

/// The port `Workers` of KMS: the runtime's threads for blocking work, a bounded number at a time.
pub struct BlockingWorkers {
    places: Arc<Semaphore>,
}

impl BlockingWorkers {
    /// At most `at_once` pieces of work are done at the same time; the others wait their turn.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once.max(1))) }
    }
}

impl Workers for BlockingWorkers {
    fn run(&self, work: Work) -> BoxFuture<'static, ()> {
        let places = Arc::clone(&self.places);
        Box::pin(async move {
            // The semaphore is never closed; without a place the work is simply given up.
            let Ok(_place) = places.acquire_owned().await else { return };
            // A panic inside has given the work up; whoever waits sees that there is no answer.
            let _given_up = tokio::task::spawn_blocking(work).await;
        })
    }
}
