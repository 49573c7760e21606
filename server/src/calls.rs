//! Calls by account, region, operation and outcome, and failed rotations: counted as they happen, and
//! handed to CloudWatch a little later.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What the server's own figures are made of.
#[derive(Debug, Default)]
pub struct Tally {
    /// Calls.
    pub calls: Calls,
    /// Failed rotations: account, region and ARN of the secret.
    failures: Mutex<Vec<[String; 3]>>,
}

/// Failed rotations that wait to be handed on.
const MOST_FAILURES: usize = 1_024;
/// How a service event begins, and no record of a call does.
const SERVICE_EVENT: &[u8] = br#"{"eventVersion":"1.11","userIdentity":{"accountId":"#;

impl Tally {
    /// Looks at a record: failed rotations are known by the service events that tell of them.
    pub fn see(&self, record: &[u8]) {
        if !record.starts_with(SERVICE_EVENT) {
            return;
        }
        let Ok(event) = serde_json::from_slice::<serde_json::Value>(record) else { return };
        if event["eventName"] != "RotationFailed" {
            return;
        }
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() < MOST_FAILURES {
            failures.push([
                text(&event["recipientAccountId"]),
                text(&event["awsRegion"]),
                text(&event["additionalEventData"]["SecretId"]),
            ]);
        }
    }

    /// Takes the failed rotations since the last time.
    #[must_use]
    pub fn take_failures(&self) -> Vec<[String; 3]> {
        std::mem::take(&mut *self.failures.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Calls that wait to be handed on. Each thread counts in a share of its own as far as there are
/// enough, so that nobody waits for a lock.
#[derive(Debug)]
pub struct Calls([Mutex<HashMap<Counted, u64>>; SHARES]);

/// What is counted apart.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Counted {
    account: Short<12>,
    region: Short<24>,
    service: &'static str,
    operation: &'static str,
    /// The code of an error; `None` for a call that succeeded.
    code: Option<Box<str>>,
}

/// How often one operation ended in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The service.
    pub service: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// The code of an error; `None` for calls that succeeded.
    pub code: Option<Box<str>>,
    /// How often.
    pub count: u64,
}

/// Outcomes by account and region.
pub type Counts = BTreeMap<(String, String), Vec<Outcome>>;

const SHARES: usize = 16;
/// What is counted apart in one share; a client that makes up regions or provokes all codes there are
/// cannot fill memory with it.
const MOST: usize = 2_048;

impl Default for Calls {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Calls {
    /// Counts one call.
    pub fn count(
        &self,
        (account, region): (&str, &str),
        (service, operation): (&'static str, &'static str),
        code: Option<&str>,
    ) {
        let (Some(account), Some(region)) = (Short::of(account), Short::of(region)) else { return };
        let counted = Counted { account, region, service, operation, code: code.map(Into::into) };
        let share = &self.0[share() % SHARES];
        let mut counts = share.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&counted) {
            *count += 1;
        } else if counts.len() < MOST {
            counts.insert(counted, 1);
        }
    }

    /// Takes what was counted since the last time.
    #[must_use]
    pub fn take(&self) -> Counts {
        let mut counts = Counts::new();
        for share in &self.0 {
            let taken = std::mem::take(&mut *share.lock().unwrap_or_else(PoisonError::into_inner));
            for (counted, count) in taken {
                let Counted { account, region, service, operation, code } = counted;
                let outcomes = counts.entry((account.text(), region.text())).or_default();
                let same = outcomes.iter_mut().find(|one| {
                    one.service == service && one.operation == operation && one.code == code
                });
                match same {
                    Some(outcome) => outcome.count += count,
                    None => outcomes.push(Outcome { service, operation, code, count }),
                }
            }
        }
        counts
    }
}

/// The share of this thread.
fn share() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<Option<usize>> = const { Cell::new(None) };
    }
    OWN.with(|own| match own.get() {
        Some(share) => share,
        None => {
            let share = NEXT.fetch_add(1, Ordering::Relaxed);
            own.set(Some(share));
            share
        }
    })
}

/// A text that is short enough to be copied without memory of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Short<const MOST: usize>([u8; MOST]);

impl<const MOST: usize> Short<MOST> {
    fn of(text: &str) -> Option<Self> {
        let mut bytes = [0; MOST];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self(bytes))
    }

    fn text(self) -> String {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(MOST);
        String::from_utf8_lossy(&self.0[..end]).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: (&str, &str) = ("123456789012", "us-east-1");
    const GET: (&str, &str) = ("secretsmanager", "GetSecretValue");

    #[test]
    fn calls_are_counted_by_outcome_until_they_are_taken() {
        let calls = Calls::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    calls.count(HERE, GET, None);
                    calls.count(HERE, GET, Some("AccessDeniedException"));
                });
            }
        });
        let mut counts = calls.take();
        let outcomes = counts.remove(&("123456789012".into(), "us-east-1".into()));
        let mut outcomes = outcomes.unwrap_or_default();
        outcomes.sort_by_key(|outcome| outcome.code.is_some());
        let told: Vec<_> = outcomes.iter().map(|one| (one.code.as_deref(), one.count)).collect();
        assert_eq!(told, [(None, 4), (Some("AccessDeniedException"), 4)]);
        assert!(calls.take().is_empty());
    }

    #[test]
    fn a_failed_rotation_is_known_by_its_event() {
        let tally = Tally::default();
        let event = br#"{"eventVersion":"1.11","userIdentity":{"accountId":"123456789012","invokedBy":"secretsmanager.amazonaws.com"},"eventName":"RotationFailed","awsRegion":"us-east-1","additionalEventData":{"SecretId":"arn"},"recipientAccountId":"123456789012"}"#;
        tally.see(event);
        tally.see(br#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser"},"eventName":"RotationFailed"}"#);
        assert_eq!(
            tally.take_failures(),
            [["123456789012", "us-east-1", "arn"].map(str::to_owned)]
        );
        assert!(tally.take_failures().is_empty());
    }

    #[test]
    fn made_up_regions_do_not_fill_memory() {
        let calls = Calls::default();
        for n in 0..3 * MOST {
            calls.count(("123456789012", &format!("region-{n}")), GET, None);
        }
        calls.count(("123456789012", &"x".repeat(100)), GET, None);
        assert_eq!(calls.take().len(), MOST);
    }
}
