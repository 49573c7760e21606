//! The values remembered: a bounded number, of bounded size, the least used leaving first.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use strongroom_client::Moment;

use crate::wanted::Wanted;

/// A value, ready to be sent. Its memory is wiped once neither cache nor connection holds it.
#[derive(Debug)]
pub struct Entry {
    /// The answer's body.
    pub body: Bytes,
    /// The ARN of the secret or parameter.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The version.
    pub version_id: String,
    confirmed: Mutex<Option<Confirmed>>,
}

/// When the service gave a value or confirmed it.
#[derive(Clone, Copy, Debug)]
struct Confirmed {
    at: Moment,
    /// For how many milliseconds it serves without asking.
    fresh_for: i64,
}

impl Entry {
    /// A value that serves once it is confirmed.
    #[must_use]
    pub fn new(body: Bytes, arn: &str, name: &str, version_id: &str) -> Self {
        Self {
            body,
            arn: arn.to_owned(),
            name: name.to_owned(),
            version_id: version_id.to_owned(),
            confirmed: Mutex::default(),
        }
    }

    /// Notes that the service confirmed it `at` that moment; it serves for so many milliseconds from then.
    pub fn confirm(&self, at: Moment, fresh_for: i64) {
        *self.confirmed() = Some(Confirmed { at, fresh_for });
    }

    /// Serves it to that age, in milliseconds, although the service could not confirm it.
    pub fn bridge(&self, age: i64) {
        if let Some(confirmed) = &mut *self.confirmed() {
            confirmed.fresh_for = age;
        }
    }

    /// Lets it serve only once it is confirmed again, or while the service is away.
    pub fn doubt(&self) {
        self.bridge(0);
    }

    /// Whether it serves without asking.
    #[must_use]
    pub fn is_fresh(&self, now: Moment) -> bool {
        self.confirmed().is_some_and(|confirmed| now.since(confirmed.at) < confirmed.fresh_for)
    }

    /// How many milliseconds ago the service gave or confirmed it, if it did.
    #[must_use]
    pub fn age(&self, now: Moment) -> Option<i64> {
        self.confirmed().map(|confirmed| now.since(confirmed.at))
    }

    fn confirmed(&self) -> MutexGuard<'_, Option<Confirmed>> {
        self.confirmed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn weight(&self) -> usize {
        self.body.len() + self.arn.len() + self.name.len() + self.version_id.len() + 256
    }
}

/// What is remembered.
#[derive(Debug)]
pub struct Cache {
    max_entries: usize,
    max_bytes: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    entries: HashMap<Wanted, (Arc<Entry>, u64)>,
    /// By when they were last used.
    order: BTreeMap<u64, Wanted>,
    clock: u64,
    bytes: usize,
}

impl Cache {
    /// At most so many values, of so many bytes together; none with `max_entries` 0.
    #[must_use]
    pub fn new(max_entries: usize, max_bytes: usize) -> Self {
        Self { max_entries, max_bytes, held: Mutex::default() }
    }

    /// The value, which counts as used.
    #[must_use]
    pub fn get(&self, wanted: &Wanted) -> Option<Arc<Entry>> {
        let mut held = self.lock();
        let held = &mut *held;
        let (entry, used) = held.entries.get_mut(wanted)?;
        if *used != held.clock
            && let Some(key) = held.order.remove(used)
        {
            held.clock += 1;
            *used = held.clock;
            held.order.insert(held.clock, key);
        }
        Some(Arc::clone(entry))
    }

    /// Remembers the value, forgetting those that no longer fit.
    pub fn put(&self, wanted: &Wanted, entry: &Arc<Entry>) {
        if self.max_entries == 0 || entry.weight() > self.max_bytes {
            return;
        }
        let mut held = self.lock();
        held.remove(wanted);
        while held.entries.len() >= self.max_entries || held.bytes + entry.weight() > self.max_bytes
        {
            let Some((_, oldest)) = held.order.pop_first() else { break };
            held.remove(&oldest);
        }
        held.clock += 1;
        let used = held.clock;
        held.bytes += entry.weight();
        held.order.insert(used, wanted.clone());
        held.entries.insert(wanted.clone(), (Arc::clone(entry), used));
    }

    /// Forgets the value.
    pub fn remove(&self, wanted: &Wanted) {
        self.lock().remove(wanted);
    }

    /// Forgets all values that `is_gone` names, and says which.
    pub fn remove_if(&self, is_gone: impl Fn(&Entry) -> bool) -> Vec<Wanted> {
        let mut held = self.lock();
        let gone: Vec<Wanted> = held
            .entries
            .iter()
            .filter(|(_, (entry, _))| is_gone(entry))
            .map(|(wanted, _)| wanted.clone())
            .collect();
        for wanted in &gone {
            held.remove(wanted);
        }
        gone
    }

    /// Doubts all values, and names them.
    pub fn doubt_all(&self) -> Vec<Wanted> {
        let held = self.lock();
        held.entries.values().for_each(|(entry, _)| entry.doubt());
        held.entries.keys().cloned().collect()
    }

    /// How many are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn remove(&mut self, wanted: &Wanted) {
        if let Some((entry, used)) = self.entries.remove(wanted) {
            self.bytes -= entry.weight();
            self.order.remove(&used);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;
    use crate::wanted::Item;

    fn wanted(id: &str) -> Wanted {
        let item = Item::Secret { id: id.to_owned(), version_id: None, version_stage: None };
        Wanted { role: None, item }
    }

    fn entry(size: usize) -> Arc<Entry> {
        Arc::new(Entry::new(Bytes::from(vec![b'x'; size]), "arn", "name", "v"))
    }

    fn ids(cache: &Cache, ids: &[&str]) -> String {
        ids.iter().filter(|id| cache.get(&wanted(id)).is_some()).copied().collect()
    }

    #[test]
    fn the_least_used_leaves_first() {
        let cache = Cache::new(2, 1 << 20);
        cache.put(&wanted("a"), &entry(1));
        cache.put(&wanted("b"), &entry(1));
        assert!(cache.get(&wanted("a")).is_some());
        cache.put(&wanted("c"), &entry(1));
        assert_eq!(ids(&cache, &["a", "b", "c"]), "ac");
    }

    #[test]
    fn the_values_together_stay_within_their_bytes() {
        let cache = Cache::new(100, 4_000);
        for id in ["a", "b", "c"] {
            cache.put(&wanted(id), &entry(1_500));
        }
        assert_eq!(ids(&cache, &["a", "b", "c"]), "bc");
        cache.put(&wanted("d"), &entry(5_000));
        assert_eq!(ids(&cache, &["b", "c", "d"]), "bc");
        // Replaced, not added.
        cache.put(&wanted("b"), &entry(1_500));
        assert_eq!(ids(&cache, &["b", "c"]), "bc");
        assert_eq!(cache.len(), 2);
    }

    #[test]
    fn a_cache_of_size_nought_remembers_nothing() {
        let cache = Cache::new(0, 1 << 20);
        cache.put(&wanted("a"), &entry(1));
        assert!(cache.is_empty());
    }

    #[test]
    fn what_is_gone_is_forgotten_and_named() {
        let cache = Cache::new(10, 1 << 20);
        cache.put(&wanted("a"), &entry(1));
        assert_eq!(cache.remove_if(|entry| entry.arn == "other"), []);
        assert_eq!(cache.remove_if(|entry| entry.arn == "arn"), [wanted("a")]);
        assert!(cache.is_empty());
    }

    #[test]
    fn what_was_never_confirmed_does_not_serve() {
        let now = Moment::now(&strongroom_client::ThisMachine);
        assert!(!entry(1).is_fresh(now));
        assert_eq!(entry(1).age(now), None);
    }
}
