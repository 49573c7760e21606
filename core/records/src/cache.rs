//! The bounded cache of opened records, and why it is never stale.
//!
//! A commit raises a barrier over the keys it writes: cached records of these keys go, and until the
//! commit has ended no reader may put one back. A reader takes a [`Ticket`] before it reads the store;
//! its record is taken into the cache only if no barrier was up or has been raised since. So a record
//! in the cache is always the one that the last acknowledged commit left.

use std::any::Any;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_cache::Weighter;

type Cached = Arc<dyn Any + Send + Sync>;

/// A bounded cache of opened records.
pub struct Cache {
    entries: quick_cache::sync::Cache<Box<str>, Entry, BySize>,
    gates: Box<[Mutex<Gate>]>,
    hasher: RandomState,
}

#[derive(Clone)]
struct Entry {
    record: Cached,
    weight: u64,
}

#[derive(Clone)]
struct BySize;

impl Weighter<Box<str>, Entry> for BySize {
    fn weight(&self, _: &Box<str>, entry: &Entry) -> u64 {
        entry.weight
    }
}

/// What readers and writers of a share of the keys agree on.
#[derive(Default)]
struct Gate {
    /// Counts the barriers raised so far.
    raised: u64,
    /// How many are up.
    up: u32,
}

/// A reader's proof of when it began to read.
pub struct Ticket {
    gate: usize,
    raised: u64,
}

const GATES: usize = 256;
/// What an entry takes beside its sealed size: the opened form's allocations, the key, the books.
const OVERHEAD: u64 = 512;
/// Records are rarely larger than this; the number only shapes the cache's first allocation.
const TYPICAL: u64 = 2_048;

impl Cache {
    /// A cache of about `bytes`.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let expected = usize::try_from(bytes / TYPICAL).unwrap_or(usize::MAX).max(16);
        Self {
            entries: quick_cache::sync::Cache::with_weighter(expected, bytes, BySize),
            gates: (0..GATES).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<Cached> {
        self.entries.get(key).map(|entry| entry.record)
    }

    /// To be taken before the store is read.
    pub(crate) fn ticket(&self, key: &str) -> Ticket {
        let gate = self.gate_of(key);
        Ticket { gate, raised: self.gate(gate).raised }
    }

    /// Takes `record` in, unless a commit has touched its share of the keys since the ticket.
    pub(crate) fn offer(&self, ticket: Ticket, key: &str, record: Cached, sealed_size: usize) {
        let gate = self.gate(ticket.gate);
        if gate.up == 0 && gate.raised == ticket.raised {
            let weight = OVERHEAD + 2 * sealed_size as u64;
            self.entries.insert(key.into(), Entry { record, weight });
        }
    }

    /// Keeps `keys` out of the cache until the answer is dropped.
    pub(crate) fn barrier(&self, keys: Vec<String>) -> Barrier<'_> {
        for key in &keys {
            let mut gate = self.gate(self.gate_of(key));
            gate.raised += 1;
            gate.up += 1;
            self.entries.remove(key.as_str());
        }
        Barrier { cache: self, keys }
    }

    fn gate_of(&self, key: &str) -> usize {
        self.hasher.hash_one(key) as usize % GATES
    }

    fn gate(&self, index: usize) -> MutexGuard<'_, Gate> {
        // A panic while a gate is held leaves two numbers that are still right.
        self.gates[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keys that a commit is writing.
pub(crate) struct Barrier<'c> {
    cache: &'c Cache,
    keys: Vec<String>,
}

impl Drop for Barrier<'_> {
    fn drop(&mut self) {
        for key in &self.keys {
            let mut gate = self.cache.gate(self.cache.gate_of(key));
            gate.up -= 1;
            // A reader that began while the barrier was up may hold the old record.
            gate.raised += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cached(cache: &Cache, key: &str) -> Option<u32> {
        cache.get(key).and_then(|record| record.downcast_ref::<u32>().copied())
    }

    #[test]
    fn a_record_read_without_a_commit_in_between_is_kept() {
        let cache = Cache::new(1 << 20);
        let ticket = cache.ticket("k");
        cache.offer(ticket, "k", Arc::new(1_u32), 10);
        assert_eq!(cached(&cache, "k"), Some(1));
    }

    #[test]
    fn a_record_read_before_a_commit_is_not_taken_after_it() {
        let cache = Cache::new(1 << 20);
        let ticket = cache.ticket("k");
        drop(cache.barrier(vec!["k".into()]));
        cache.offer(ticket, "k", Arc::new(1_u32), 10);
        assert_eq!(cached(&cache, "k"), None);
    }

    #[test]
    fn a_record_read_during_a_commit_is_never_taken() {
        let cache = Cache::new(1 << 20);
        let barrier = cache.barrier(vec!["k".into()]);
        let ticket = cache.ticket("k");
        let early = cache.ticket("k");
        cache.offer(early, "k", Arc::new(1_u32), 10);
        assert_eq!(cached(&cache, "k"), None);
        drop(barrier);
        cache.offer(ticket, "k", Arc::new(1_u32), 10);
        assert_eq!(cached(&cache, "k"), None);
    }

    #[test]
    fn the_cache_stays_within_its_bound() {
        let cache = Cache::new(1 << 20);
        for n in 0..10_000_u32 {
            let key = format!("k{n}");
            cache.offer(cache.ticket(&key), &key, Arc::new(n), 1_000);
        }
        assert!(cache.entries.weight() <= 1 << 20);
    }
}
