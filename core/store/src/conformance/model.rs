//! Any sequence of operations does what it does to a map.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::test_runner::{Config, TestRunner};

use super::CHANGES_KEPT;
use crate::{
    Change, CommitError, Compare, Direction, Entry, Range, Revision, Store, StoreError,
    Transaction, Write,
};

/// One step of a sequence. Compares are made from what the model knows, right or off by a little.
#[derive(Clone, Debug)]
enum Step {
    Commit { compares: Vec<(String, bool)>, writes: Vec<Write> },
    Scan { range: Range, direction: Direction, limit: usize },
    Get { key: String },
}

/// Runs arbitrary sequences against a store from `open` and against a map, and compares every
/// answer, the final contents and the changes watched.
///
/// # Panics
/// With the smallest sequence found for which they disagree.
pub fn any_sequence_agrees_with_a_map<F, T>(open: impl Fn(usize) -> F)
where
    F: Future<Output = (Arc<dyn Store>, T)>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut runner =
        TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&vec(step(), 1..40), |steps| {
        runtime.block_on(async {
            let (store, _kept) = open(CHANGES_KEPT).await;
            run(&*store, steps).await;
        });
        Ok(())
    });
    if let Err(failure) = checked {
        panic!("{failure}");
    }
}

fn step() -> impl Strategy<Value = Step> {
    let direction = prop_oneof![Just(Direction::Forward), Just(Direction::Backward)];
    prop_oneof![
        3 => (vec((key(), any::<bool>()), 0..3), vec(write(), 0..5))
            .prop_map(|(compares, writes)| Step::Commit { compares, writes }),
        2 => (range(), direction, 0..12usize)
            .prop_map(|(range, direction, limit)| Step::Scan { range, direction, limit }),
        1 => key().prop_map(|key| Step::Get { key }),
    ]
}

/// Few enough keys that they meet again, strange enough to find an order that is not of bytes.
fn key() -> impl Strategy<Value = String> {
    "[ab/\u{0}\u{ff}\u{10ffff}]{1,3}"
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        2 => (key(), vec(any::<u8>(), 0..20))
            .prop_map(|(key, value)| Write::Put { key, value: Bytes::from(value) }),
        1 => key().prop_map(|key| Write::Delete { key }),
    ]
}

fn range() -> impl Strategy<Value = Range> {
    let edge = || prop_oneof![key(), Just(String::new())];
    prop_oneof![
        (edge(), edge()).prop_map(|(start, end)| Range::new(start, end)),
        edge().prop_map(Range::prefix),
        (edge(), key()).prop_map(|(prefix, key)| Range::prefix(prefix).after(&key)),
        (edge(), key()).prop_map(|(prefix, key)| Range::prefix(prefix).before(&key)),
    ]
}

#[derive(Default)]
struct Model {
    records: BTreeMap<String, (Bytes, Revision)>,
    revision: Revision,
    changes: Vec<Change>,
}

async fn run(store: &dyn Store, steps: Vec<Step>) {
    let mut model = Model::default();
    let mut watch = store.watch(Range::all(), 0).unwrap();
    for step in steps {
        match step {
            Step::Commit { compares, writes } => {
                let compare = compares.into_iter().map(|guess| model.compare(guess)).collect();
                let transaction = Transaction { compare, writes };
                let expected = model.commit(&transaction);
                assert_eq!(store.commit(transaction).await, expected);
            }
            Step::Scan { range, direction, limit } => {
                let page = store.scan(range.clone(), direction, limit).await.unwrap();
                let found = model.scan(&range, direction);
                assert_eq!(page.entries, found[..limit.min(found.len())], "{range:?}");
                assert_eq!((page.more, page.revision), (found.len() > limit, model.revision));
            }
            Step::Get { key } => assert_eq!(store.get(&key).await.unwrap(), model.get(&key)),
        }
        assert_eq!(store.revision(), model.revision);
    }
    for expected in &model.changes {
        let seen = watch.next().await.unwrap().unwrap();
        assert_eq!(
            (seen.revision, seen.deleted, &seen.key),
            (expected.revision, expected.deleted, &expected.key)
        );
    }
}

impl Model {
    fn get(&self, key: &str) -> Option<Entry> {
        let (value, revision) = self.records.get(key)?;
        Some(Entry { key: key.into(), value: value.clone(), revision: *revision })
    }

    fn scan(&self, range: &Range, direction: Direction) -> Vec<Entry> {
        let keys = self.records.keys().filter(|key| range.contains(key));
        let mut found: Vec<Entry> = keys.filter_map(|key| self.get(key)).collect();
        if direction == Direction::Backward {
            found.reverse();
        }
        found
    }

    fn compare(&self, (key, right): (String, bool)) -> Compare {
        let revision = self.get(&key).map_or(0, |entry| entry.revision);
        Compare { key, revision: if right { revision } else { revision + 1 } }
    }

    fn commit(&mut self, transaction: &Transaction) -> Result<Revision, CommitError> {
        let mut keys: Vec<&str> = transaction.writes.iter().map(Write::key).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(StoreError::Refused { what: "it writes a key twice" }.into());
        }
        let holds = |compare: &Compare| {
            compare.revision == self.get(&compare.key).map_or(0, |entry| entry.revision)
        };
        if !transaction.compare.iter().all(holds) {
            return Err(CommitError::Conflict);
        }
        let revision = self.revision + 1;
        for write in &transaction.writes {
            let (key, deleted) = match write {
                Write::Put { key, value } => {
                    self.records.insert(key.clone(), (value.clone(), revision));
                    (key, false)
                }
                Write::Delete { key } if self.records.remove(key).is_some() => (key, true),
                Write::Delete { .. } => continue,
            };
            self.changes.push(Change { key: key.clone(), revision, deleted });
            self.revision = revision;
        }
        Ok(self.revision)
    }
}
