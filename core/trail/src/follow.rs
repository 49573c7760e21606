//! Following the trail: learning that there is more to read, at no cost to whoever writes.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// The latest sequence number, and who waits for it to grow.
#[derive(Default)]
pub(crate) struct Head {
    sequence: AtomicU64,
    is_closed: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl Head {
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// Makes lines up to `sequence` visible to readers. Wakes nobody.
    pub(crate) fn advance(&self, sequence: u64) {
        self.sequence.store(sequence, Ordering::Release);
    }

    /// Wakes whoever waits. Always called some time after `advance`.
    pub(crate) fn wake(&self) {
        let waiting = std::mem::take(&mut *self.waiting());
        waiting.into_iter().for_each(Waker::wake);
    }

    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.wake();
    }

    fn poll_beyond(&self, seen: u64, context: &Context<'_>) -> Poll<Option<u64>> {
        // Under the lock, so that an advance that this does not see is followed by a wake that
        // finds the waker.
        let mut waiting = self.waiting();
        let sequence = self.sequence();
        if sequence > seen {
            return Poll::Ready(Some(sequence));
        }
        if self.is_closed.load(Ordering::Acquire) {
            return Poll::Ready(None);
        }
        if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            waiting.push(context.waker().clone());
        }
        Poll::Pending
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells one reader that there is more to read.
///
/// It hands out no lines and so never falls behind: a slow reader is told once, however much was
/// written meanwhile, and reads on with its [`Reader`](crate::Reader).
pub struct Follower {
    head: Arc<Head>,
    seen: u64,
}

impl Follower {
    pub(crate) fn new(head: Arc<Head>, seen: u64) -> Self {
        Self { head, seen }
    }

    /// Waits until there is a record beyond all those told of before, and returns the latest
    /// sequence number; nothing once the trail is closed and all of it was told.
    ///
    /// It may come as late as [`Options::sync_interval`](crate::Options::sync_interval) after the
    /// append, which is what makes it free. Runs on any executor and may be cancelled.
    pub async fn advanced(&mut self) -> Option<u64> {
        let told = poll_fn(|context| self.head.poll_beyond(self.seen, context)).await;
        self.seen = told.unwrap_or(self.seen);
        told
    }

    /// As [`advanced`](Self::advanced), for a thread of its own.
    pub fn wait(&mut self) -> Option<u64> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut advanced = pin!(self.advanced());
        loop {
            if let Poll::Ready(told) = advanced.as_mut().poll(&mut context) {
                return told;
            }
            thread::park();
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
