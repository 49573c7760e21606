//! Where long computations go: off the threads that serve calls.

use std::sync::{Arc, Mutex, PoisonError};

use strongroom_api::{BoxFuture, Result};

use crate::error;

/// Something to compute.
pub type Work = Box<dyn FnOnce() + Send>;

/// Threads for what takes long: making an RSA key takes a good part of a second, signing with one up
/// to some milliseconds.
pub trait Workers: Send + Sync {
    /// Does `work` somewhere else; the answer is ready when it is done, or given up.
    fn run(&self, work: Work) -> BoxFuture<'static, ()>;
}

/// No threads: work is done where it is asked for. For tests and tools that serve nobody meanwhile.
#[derive(Clone, Copy, Debug, Default)]
pub struct InPlace;

impl Workers for InPlace {
    fn run(&self, work: Work) -> BoxFuture<'static, ()> {
        work();
        Box::pin(std::future::ready(()))
    }
}

/// Computes `work` on the workers.
///
/// # Errors
/// Internal only: the workers gave up.
pub(crate) async fn compute<T: Send + 'static>(
    workers: &dyn Workers,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let slot = Arc::new(Mutex::new(None));
    let result = Arc::clone(&slot);
    let run = workers.run(Box::new(move || {
        let value = work();
        *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }));
    run.await;
    let value = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    value.ok_or_else(|| error::internal("the workers gave up"))
}
