//! KMS's long computations, on threads that serve no calls.

use std::sync::Arc;

use strongroom_api::BoxFuture;
use strongroom_kms::{Work, Workers};
use tokio::sync::Semaphore;

/// The runtime's threads for blocking work, no more of them at once than there are cores.
#[derive(Clone, Debug)]
pub struct BlockingWorkers {
    places: Arc<Semaphore>,
}

impl Default for BlockingWorkers {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { places: Arc::new(Semaphore::new(cores)) }
    }
}

impl Workers for BlockingWorkers {
    fn run(&self, work: Work) -> BoxFuture<'static, ()> {
        let places = Arc::clone(&self.places);
        Box::pin(async move {
            let _place = places.acquire_owned().await;
            // Work that panicked leaves no answer, which the caller reports.
            let _done = tokio::task::spawn_blocking(work).await;
        })
    }
}
