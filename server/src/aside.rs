//! A thread for long reads, which gives way to requests: work waits in a queue, is done piece by piece,
//! and with a low priority, so that however much is asked of it, others hardly notice.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use strongroom_api::{Error, Result};
use tokio::sync::oneshot;

use crate::clock::Stopwatch;

type Work = Box<dyn FnOnce() + Send>;

/// The thread.
pub struct Aside(SyncSender<Work>);

/// Pieces of work that wait; beyond that, who asks is throttled.
const MOST_WAITING: usize = 256;
/// The thread works one moment in so many, once it has worked for a while: where all processors are
/// busy its priority alone leaves it too much.
const SHARE: u32 = 8;
/// Work that is done without a rest, so that nobody who asks now and then waits.
const AT_ONCE: Duration = Duration::from_millis(250);
/// Whoever waits for the thread waits for no more than this and a piece of work.
const LONGEST_REST: Duration = Duration::from_secs(1);
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

/// Lets every other thread go before this one from now on.
pub fn give_way() {
    // Linux has this for each thread; elsewhere it would slow everything down.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!("a thread keeps its priority: {error}");
    }
}

fn work(waiting: &Receiver<Work>) {
    give_way();
    let (mut pace, mut idle) = (Pace::default(), Stopwatch::start());
    while let Ok(piece) = waiting.recv() {
        let (idled, busy) = (idle.elapsed(), Stopwatch::start());
        // One that fails is told to whoever waits for it, by the end it lets go of.
        let _failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(piece));
        idle = Stopwatch::start();
        std::thread::sleep(pace.rest(idled, busy.elapsed()));
    }
}

/// Keeps the thread to its share.
#[derive(Debug, Default)]
struct Pace {
    /// Work that no rest has made up for.
    ahead: Duration,
}

impl Pace {
    /// How long to rest after it idled and then was busy for so long.
    fn rest(&mut self, idled: Duration, busy: Duration) -> Duration {
        let ahead = self.ahead.saturating_sub(idled / (SHARE - 1)) + busy;
        // One long piece must not slow down all that follow it.
        self.ahead = ahead.min(AT_ONCE + LONGEST_REST / (SHARE - 1));
        self.ahead.saturating_sub(AT_ONCE) * (SHARE - 1)
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

    #[test]
    fn much_work_gets_its_share_of_the_time_and_little_work_no_rest() {
        let millis = Duration::from_millis;
        let mut pace = Pace::default();
        // A piece now and then.
        for _ in 0..1_000 {
            assert_eq!(pace.rest(millis(1_000), millis(100)), Duration::ZERO);
        }
        // No pause but the rests.
        let (mut rest, mut all) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..1_000 {
            rest = pace.rest(rest, millis(10));
            all += rest + millis(10);
        }
        let share = all.as_secs_f64() / 10.0;
        assert!((7.5..=8.0).contains(&share), "{share}");
        // A long piece is made up for by one rest.
        let rest = pace.rest(Duration::ZERO, millis(60_000));
        assert!(rest <= LONGEST_REST && rest > LONGEST_REST / 2, "{rest:?}");
        assert!(pace.rest(rest, Duration::ZERO) < millis(1));
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
