//! Credentials that are renewed before they end, once for all who wait.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::{Credentials, Provide, Providing};
use crate::{Error, Machine};

/// Renewed this long before they end, as AWS's SDKs do it; sooner would ask in vain.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// After a failed renewal of credentials that are still good, the next attempt.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// Remembers what `source` provided until shortly before it ends.
pub struct Fresh {
    source: Box<dyn Provide>,
    machine: Arc<dyn Machine>,
    held: Mutex<Option<Held>>,
}

struct Held {
    credentials: Credentials,
    renew_at: Option<Timestamp>,
}

impl Fresh {
    /// Remembers what `source` provides.
    #[must_use]
    pub fn new(source: Box<dyn Provide>, machine: Arc<dyn Machine>) -> Self {
        Self { source, machine, held: Mutex::new(None) }
    }

    async fn current(&self) -> Result<Credentials, Error> {
        let mut held = self.held.lock().await;
        let now = self.machine.now();
        if let Some(held) = held.as_ref()
            && held.renew_at.is_none_or(|time| now < time)
        {
            return Ok(held.credentials.clone());
        }
        match (self.source.provide().await, held.as_mut()) {
            (Ok(credentials), _) => {
                let renew_at = credentials.expiration().map(|end| renewal(now, end));
                *held = Some(Held { credentials: credentials.clone(), renew_at });
                Ok(credentials)
            }
            (Err(_), Some(held)) if held.credentials.expiration().is_some_and(|end| now < end) => {
                held.renew_at = Some(now.saturating_add(PAUSE).unwrap_or(now));
                Ok(held.credentials.clone())
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// The margin before the end, or half of what is left if that is less.
fn renewal(now: Timestamp, end: Timestamp) -> Timestamp {
    let left = end.duration_since(now);
    let margin = if left > MARGIN * 2 { MARGIN } else { left / 2 };
    end.saturating_sub(margin).unwrap_or(end)
}

impl Provide for Fresh {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(self.current())
    }

    fn forget(&self) -> Providing<'_, ()> {
        Box::pin(async { *self.held.lock().await = None })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    use super::*;

    #[derive(Default)]
    struct Turned(AtomicI64);

    impl Machine for Turned {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
        }

        fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
            bytes.fill(0);
            Ok(())
        }
    }

    /// Provides hourly credentials twice, then fails.
    struct Twice(Arc<Turned>, AtomicU64);

    impl Provide for Twice {
        fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
            let count = self.1.fetch_add(1, Ordering::Relaxed);
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
        let clock = Arc::new(Turned::default());
        let source = Twice(Arc::clone(&clock), AtomicU64::new(0));
        let fresh = Fresh::new(Box::new(source), Arc::clone(&clock) as Arc<dyn Machine>);
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
        let clock = Arc::new(Turned::default());
        let source = Twice(Arc::clone(&clock), AtomicU64::new(0));
        let fresh = Fresh::new(Box::new(source), Arc::clone(&clock) as Arc<dyn Machine>);
        fresh.provide().await.unwrap();
        fresh.forget().await;
        assert_eq!(fresh.provide().await.unwrap().access_key_id(), "key1");
    }
}
