//! Credentials that are renewed before they end, once for all who wait.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::{Credentials, Provide, Providing};
use crate::{Error, Machine, Moment};

/// Renewed this long before they end, as AWS's SDKs do it; sooner would ask in vain.
const MARGIN_MILLIS: i64 = 10 * 60 * 1_000;
/// After a failed renewal of credentials that are still good, the next attempt.
const PAUSE_MILLIS: i64 = 30 * 1_000;
/// After a failure with nothing to serve: whoever waited meanwhile gets the same answer.
const SHORT_PAUSE_MILLIS: i64 = 1_000;

/// Remembers what `source` provided until shortly before it ends.
///
/// Time is counted from when they came, by two clocks: setting one of them makes no credentials last longer.
pub struct Fresh {
    source: Box<dyn Provide>,
    machine: Arc<dyn Machine>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    failed: Option<(Moment, Error)>,
}

struct Held {
    credentials: Credentials,
    since: Moment,
    /// How long they are good after `since`, and when they are to be renewed; milliseconds.
    ends: Option<i64>,
    renews: Option<i64>,
}

impl Fresh {
    /// Remembers what `source` provides.
    #[must_use]
    pub fn new(source: Box<dyn Provide>, machine: Arc<dyn Machine>) -> Self {
        Self { source, machine, state: Mutex::default() }
    }

    async fn current(&self) -> Result<Credentials, Error> {
        let mut state = self.state.lock().await;
        let state = &mut *state;
        let now = self.now();
        if let Some(held) = &state.held
            && held.renews.is_none_or(|millis| now.since(held.since) < millis)
        {
            return Ok(held.credentials.clone());
        }
        if let Some((when, error)) = &state.failed
            && now.since(*when) < SHORT_PAUSE_MILLIS
        {
            return Err(error.clone());
        }
        state.failed = None;
        match self.source.provide().await {
            Ok(credentials) => {
                state.held = Some(Held::new(credentials.clone(), now));
                Ok(credentials)
            }
            Err(error) => {
                let now = self.now();
                if let Some(held) = &mut state.held
                    && held.is_good(now)
                {
                    held.postpone(now);
                    return Ok(held.credentials.clone());
                }
                state.failed = Some((now, error.clone()));
                Err(error)
            }
        }
    }

    fn now(&self) -> Moment {
        Moment::now(self.machine.as_ref())
    }
}

impl Held {
    fn new(credentials: Credentials, since: Moment) -> Self {
        let left = credentials.left(since.timestamp());
        let ends = left.map(|left| i64::try_from(left.as_millis()).unwrap_or(i64::MAX));
        // Whoever gives out what has ended is asked again, but not by everyone at once.
        let renews = ends.map(|ends| renewal(ends).max(SHORT_PAUSE_MILLIS));
        Self { credentials, since, ends, renews }
    }

    fn is_good(&self, now: Moment) -> bool {
        self.ends.is_none_or(|ends| now.since(self.since) < ends)
    }

    /// Tries again a little later, but serves nothing past its end.
    fn postpone(&mut self, now: Moment) {
        let next = now.since(self.since).saturating_add(PAUSE_MILLIS);
        self.renews = Some(self.ends.map_or(next, |ends| next.min(ends)));
    }
}

/// The margin before the end, or half of what is left if that is less.
fn renewal(ends: i64) -> i64 {
    if ends > MARGIN_MILLIS * 2 { ends - MARGIN_MILLIS } else { ends / 2 }
}

impl Provide for Fresh {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(self.current())
    }

    fn forget(&self) -> Providing<'_, ()> {
        Box::pin(async { *self.state.lock().await = State::default() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};

    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    use super::*;

    /// A clock of the day in seconds, a steady one, and how often the source was asked.
    #[derive(Default)]
    struct Turned(AtomicI64, AtomicU64, AtomicU64);

    impl Machine for Turned {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
        }

        fn steady(&self) -> Duration {
            Duration::from_secs(self.1.load(Ordering::Relaxed))
        }

        fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
            bytes.fill(0);
            Ok(())
        }
    }

    /// Provides hourly credentials twice, then fails.
    struct Twice(Arc<Turned>);

    fn twice() -> (Arc<Turned>, Fresh) {
        let clock = Arc::new(Turned::default());
        let machine: Arc<dyn Machine> = clock.clone();
        let fresh = Fresh::new(Box::new(Twice(Arc::clone(&clock))), machine);
        (clock, fresh)
    }

    impl Provide for Twice {
        fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
            let count = self.0.2.fetch_add(1, Ordering::Relaxed);
            let end = self.0.now() + SignedDuration::from_hours(1);
            Box::pin(async move {
                if count > 1 {
                    return Err(Error::credentials("no more"));
                }
                Ok(Credentials::new(&format!("key{count}"), "s", None).until(end))
            })
        }
    }

    #[tokio::test]
    async fn credentials_are_renewed_before_they_end_and_used_until_then() {
        let (clock, fresh) = twice();
        let mut seen = Vec::new();
        for second in [0, 2_999, 3_001, 6_500, 6_602, 6_603] {
            clock.0.store(second, Ordering::Relaxed);
            seen.push(fresh.provide().await.map(|found| found.access_key_id().to_owned()).ok());
        }
        let named = |name: &str| Some(name.to_owned());
        // The second ends at 6601, which a failed renewal does not outlive.
        let expected = [named("key0"), named("key0"), named("key1"), named("key1"), None, None];
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn what_the_service_refused_is_asked_for_anew() {
        let (_, fresh) = twice();
        fresh.provide().await.unwrap();
        fresh.forget().await;
        assert_eq!(fresh.provide().await.unwrap().access_key_id(), "key1");
    }

    #[tokio::test]
    async fn a_failed_renewal_shortly_before_the_end_does_not_outlive_it() {
        let (clock, fresh) = twice();
        let mut seen = Vec::new();
        for second in [0, 3_001, 6_595, 6_600, 6_601] {
            clock.0.store(second, Ordering::Relaxed);
            seen.push(fresh.provide().await.map(|found| found.access_key_id().to_owned()).ok());
        }
        let named = |name: &str| Some(name.to_owned());
        let expected = [named("key0"), named("key1"), named("key1"), named("key1"), None];
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn a_clock_set_back_makes_no_credentials_last_longer() {
        let (clock, fresh) = twice();
        clock.0.store(100_000, Ordering::Relaxed);
        fresh.provide().await.unwrap();
        // Half an hour later it is set back by a day; then the hour is over.
        for (day, steady, expected) in [
            (101_800, 1_800, "key0"),
            (15_400, 1_800, "key0"),
            (16_599, 2_999, "key0"),
            (16_600, 3_000, "key1"),
        ] {
            clock.0.store(day, Ordering::Relaxed);
            clock.1.store(steady, Ordering::Relaxed);
            assert_eq!(fresh.provide().await.unwrap().access_key_id(), expected, "{steady}");
        }
        clock.1.store(3_000 + 3_600, Ordering::Relaxed);
        assert!(fresh.provide().await.is_err());
    }

    #[tokio::test]
    async fn a_clock_set_forward_has_credentials_renewed_once() {
        let (clock, fresh) = twice();
        fresh.provide().await.unwrap();
        clock.0.store(1_000_000, Ordering::Relaxed);
        for _ in 0..10 {
            assert_eq!(fresh.provide().await.unwrap().access_key_id(), "key1");
        }
    }

    #[tokio::test]
    async fn the_time_left_is_told_by_the_clock_that_the_end_was_told_by() {
        /// Hourly credentials of a service that lives two hours later, counted.
        struct Ahead(AtomicU64);
        impl Provide for Ahead {
            fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
                let count = self.0.fetch_add(1, Ordering::Relaxed);
                let there = Timestamp::from_second(7_200).unwrap();
                let end = there + SignedDuration::from_hours(1);
                let found = Credentials::new(&format!("key{count}"), "s", None);
                Box::pin(async move { Ok(found.until(end).given_at(there)) })
            }
        }
        let clock = Arc::new(Turned::default());
        let machine: Arc<dyn Machine> = clock.clone();
        let fresh = Fresh::new(Box::new(Ahead(AtomicU64::new(0))), machine);
        for (second, expected) in [(0, "key0"), (2_999, "key0"), (3_000, "key1")] {
            clock.0.store(second, Ordering::Relaxed);
            assert_eq!(fresh.provide().await.unwrap().access_key_id(), expected, "{second}");
        }
    }

    #[tokio::test]
    async fn whoever_waited_for_a_failure_does_not_ask_again() {
        let (clock, fresh) = twice();
        for second in [0, 3_001] {
            clock.0.store(second, Ordering::Relaxed);
            fresh.provide().await.unwrap();
        }
        clock.0.store(7_000, Ordering::Relaxed);
        for _ in 0..100 {
            assert!(fresh.provide().await.is_err());
        }
        assert_eq!(clock.2.load(Ordering::Relaxed), 3);
    }
}
