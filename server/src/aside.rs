//! A thread for long reads, which gives way to requests: work waits in a queue, is done piece by piece,
//! and with a low priority, so that however much is asked of it, others hardly notice.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use strongroom_api::{Error, Result};
use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// The thread.
pub struct Aside(SyncSender<Work>);

/// Pieces of work that wait; beyond that, who asks is throttled.
const MOST_WAITING: usize = 256;
/// How nice the thread is, of 19: beside a thread that is always busy it gets a thirtieth of the time.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 15;

impl Aside {
    /// Starts a thread of this name, which ends when this is dropped.
    #[must_use]
    pub fn start(name: &str) -> Self {
        let (sender, waiting) = sync_channel(MOST_WAITING);
        let thread =
            std::thread::Builder::new().name(name.to_owned()).spawn(move || work(&waiting));
        if let Err(error) = thread {
            // Then nobody takes work, and it is done where it would be done otherwise.
            tracing::error!("no thread of its own for {name}: {error}");
        }
        Self(sender)
    }

    /// Does `piece` there.
    ///
    /// # Errors
    /// ThrottlingException when too many wait; internal when the piece fails.
    pub async fn run<T: Send + 'static>(
        &self,
        piece: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let (done, outcome) = oneshot::channel();
        let piece: Work = Box::new(move || {
            // Whoever has asked may be gone; then nobody needs the outcome, nor the work.
            if !done.is_closed() {
                let _unheard = done.send(piece());
            }
        });
        match self.0.try_send(piece) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(Error::throttling()),
            Err(TrySendError::Disconnected(piece)) => {
                let _unheard = tokio::task::spawn_blocking(piece).await;
            }
        }
        outcome.await.map_err(Error::internal)
    }
}

fn work(waiting: &Receiver<Work>) {
    // Linux has this for each thread; elsewhere it would slow everything down.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!("a thread keeps its priority: {error}");
    }
    while let Ok(piece) = waiting.recv() {
        // One that fails is told to whoever waits for it, by the end it lets go of.
        let _failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(piece));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::sync::Arc;
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn work_is_done_in_its_turn_and_a_failure_ends_nothing() {
        let aside = Aside::start("test");
        let failed = aside.run(|| -> u8 { std::panic::resume_unwind(Box::new("no")) }).await;
        assert!(failed.unwrap_err().is_internal());
        assert_eq!(aside.run(|| 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn those_who_come_when_too_many_wait_are_throttled() {
        let aside = Arc::new(Aside::start("test"));
        let (release, held) = channel::<()>();
        let (taken, begun) = oneshot::channel();
        let hold = {
            let aside = Arc::clone(&aside);
            tokio::spawn(async move {
                let piece = move || {
                    taken.send(()).unwrap();
                    held.recv().ok()
                };
                aside.run(piece).await
            })
        };
        begun.await.unwrap();
        let mut waiting: Vec<_> = (0..MOST_WAITING).map(|_| Box::pin(aside.run(|| ()))).collect();
        for one in &mut waiting {
            assert!(futures_util::poll!(one).is_pending());
        }
        let refused = aside.run(|| ()).await.unwrap_err();
        assert_eq!(refused.code(strongroom_wire::Family::Json), "ThrottlingException");
        release.send(()).unwrap();
        for one in waiting {
            one.await.unwrap();
        }
        hold.await.unwrap().unwrap();
    }
}
