//! What commit and close promise.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::{
    CommitError, Direction, MAX_KEY_BYTES, MAX_OPERATIONS, MAX_VALUE_BYTES, Range, Store,
    StoreError, Transaction,
};

/// One transaction, one revision.
pub async fn revisions_rise_and_all_keys_of_a_transaction_carry_its_own(store: Arc<dyn Store>) {
    let mut last = store.revision();
    for n in 0..20 {
        let write = Transaction::new().put("a", "1").put("b", "2").put(format!("c{n}"), "3");
        let revision = store.commit(write).await.unwrap();
        assert!(revision > last);
        last = revision;
        for key in ["a", "b", &format!("c{n}")] {
            assert_eq!(store.get(key).await.unwrap().unwrap().revision, revision);
        }
    }
    store.commit(Transaction::new().delete("a")).await.unwrap();
    assert_eq!(store.revision(), last + 1);
    assert_eq!(store.get("b").await.unwrap().unwrap().revision, last);
}

/// None of the writes of a transaction that conflicts is done, whichever compare fails.
pub async fn a_conflict_changes_nothing(store: Arc<dyn Store>) {
    let revision = store.commit(Transaction::new().put("a", "1").put("b", "1")).await.unwrap();
    let write = Transaction::new().put("a", "2").delete("b").put("c", "2");
    let attempt = write.expect("a", revision).expect("b", revision + 1);
    assert_eq!(store.commit(attempt).await, Err(CommitError::Conflict));
    assert_eq!(store.revision(), revision);
    let page = store.scan(Range::all(), Direction::Forward, 10).await.unwrap();
    let found: Vec<_> = page.entries.iter().map(|e| (e.key.as_str(), e.revision)).collect();
    assert_eq!(found, [("a", revision), ("b", revision)]);
}

/// Compares are about the state before the transaction, and all of them count.
pub async fn every_compare_must_hold(store: Arc<dyn Store>) {
    let one = store.commit(Transaction::new().put("a", "1")).await.unwrap();
    let two = store.commit(Transaction::new().put("b", "1")).await.unwrap();
    let guarded =
        |a, b, c| Transaction::new().expect("a", a).expect("b", b).expect("c", c).put("d", "1");
    for (a, b, c) in [(0, two, 0), (one, one, 0), (one, two, one), (one, u64::MAX, 0)] {
        let result = store.commit(guarded(a, b, c)).await;
        assert_eq!(result, Err(CommitError::Conflict), "{a} {b} {c}");
    }
    store.commit(guarded(one, two, 0)).await.unwrap();
    // A transaction may compare the very keys it creates.
    store.commit(Transaction::new().put("c", "1").expect("c", 0)).await.unwrap();
}

/// Revision 0 means "must be absent".
pub async fn a_key_expected_absent_conflicts_once_it_is_there(store: Arc<dyn Store>) {
    let create = || Transaction::new().expect("a", 0).put("a", "1");
    store.commit(create()).await.unwrap();
    assert_eq!(store.commit(create()).await, Err(CommitError::Conflict));
    store.commit(Transaction::new().delete("a")).await.unwrap();
    store.commit(create()).await.unwrap();
}

/// A compare cannot be fooled by deleting and putting back the same value.
pub async fn a_key_that_came_back_is_not_the_one_before(store: Arc<dyn Store>) {
    let before = store.commit(Transaction::new().put("a", "1")).await.unwrap();
    store.commit(Transaction::new().delete("a")).await.unwrap();
    store.commit(Transaction::new().put("a", "1")).await.unwrap();
    let stale = Transaction::new().expect("a", before).put("a", "2");
    assert_eq!(store.commit(stale).await, Err(CommitError::Conflict));
}

/// Comparing only, or deleting what is absent, is answered with the current revision.
pub async fn a_transaction_that_changes_nothing_takes_no_revision(store: Arc<dyn Store>) {
    let revision = store.commit(Transaction::new().put("a", "1")).await.unwrap();
    let nothing = Transaction::new().expect("a", revision);
    assert_eq!(store.commit(nothing).await, Ok(revision));
    assert_eq!(store.commit(Transaction::new().delete("b")).await, Ok(revision));
    assert_eq!(store.commit(Transaction::new()).await, Ok(revision));
    assert_eq!(store.commit(Transaction::new().put("a", "1")).await, Ok(revision + 1));
}

/// Optimistic concurrency works: one winner, everybody else is told.
pub async fn of_many_who_write_the_same_exactly_one_wins(store: Arc<dyn Store>) {
    for round in 0..10u64 {
        let expected = store.get("a").await.unwrap().map_or(0, |entry| entry.revision);
        let mut writers = JoinSet::new();
        for n in 0..16 {
            let store = Arc::clone(&store);
            let attempt = Transaction::new().expect("a", expected).put("a", format!("{n}"));
            writers.spawn(async move {
                (n, store.commit(attempt.put(format!("w/{round}/{n}"), "")).await)
            });
        }
        let results = writers.join_all().await;
        let won: Vec<i32> = results.iter().filter(|(_, r)| r.is_ok()).map(|(n, _)| *n).collect();
        let lost = results.iter().filter(|(_, r)| *r == Err(CommitError::Conflict)).count();
        assert_eq!((won.len(), lost), (1, 15));
        assert_eq!(store.get("a").await.unwrap().unwrap().value, won[0].to_string());
        let traces = store.scan(Range::prefix(format!("w/{round}/")), Direction::Forward, 99).await;
        assert_eq!(traces.unwrap().entries.len(), 1);
    }
}

/// Read, compare, write, try again on conflict: no increment is lost, no revision given twice.
pub async fn counters_raised_concurrently_lose_no_step(store: Arc<dyn Store>) {
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(&store);
        workers.spawn(async move {
            let mut revisions = Vec::new();
            while revisions.len() < 20 {
                revisions.extend(raise(&*store).await);
            }
            revisions
        });
    }
    let revisions: Vec<u64> = workers.join_all().await.concat();
    assert_eq!(store.get("n").await.unwrap().unwrap().value, "160");
    assert_eq!(revisions.iter().collect::<BTreeSet<_>>().len(), 160);
}

async fn raise(store: &dyn Store) -> Option<u64> {
    let found = store.get("n").await.unwrap();
    let n: u64 = found.as_ref().map_or(0, |e| String::from_utf8_lossy(&e.value).parse().unwrap());
    let revision = found.map_or(0, |entry| entry.revision);
    match store.commit(Transaction::new().expect("n", revision).put("n", (n + 1).to_string())).await
    {
        Ok(revision) => Some(revision),
        Err(CommitError::Conflict) => None,
        Err(error) => panic!("{error}"),
    }
}

/// A page is of one revision: what is always written together is seen together.
pub async fn readers_never_see_half_a_transaction(store: Arc<dyn Store>) {
    let writer = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            for n in 0..200 {
                let value = Bytes::from(n.to_string());
                let write = Transaction::new().put("p/a", value.clone()).put("p/z", value);
                store.commit(write).await.unwrap();
            }
        }
    });
    while !writer.is_finished() {
        let page = store.scan(Range::prefix("p/"), Direction::Forward, 10).await.unwrap();
        if let [a, z] = &page.entries[..] {
            assert_eq!((&a.value, a.revision), (&z.value, z.revision));
            assert!(a.revision <= page.revision);
        } else {
            assert!(page.entries.is_empty());
        }
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
}

/// Whoever reads, through whatever connection, time only moves forward; what was acknowledged is seen.
pub async fn a_read_never_goes_back_behind_an_earlier_one(store: Arc<dyn Store>) {
    let newest = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let (store, newest) = (Arc::clone(&store), Arc::clone(&newest));
        tasks.spawn(async move {
            for _ in 0..2000 {
                let known = newest.load(std::sync::atomic::Ordering::SeqCst);
                let entry = store.get("a").await.unwrap();
                let seen = entry.map_or(0, |entry| entry.revision);
                assert!(seen >= known, "read {seen} after {known}");
                newest.fetch_max(seen, std::sync::atomic::Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        });
    }
    for n in 0..300 {
        let revision = store.commit(Transaction::new().put("a", n.to_string())).await.unwrap();
        newest.fetch_max(revision, std::sync::atomic::Ordering::SeqCst);
    }
    tasks.join_all().await;
}

/// The bounds are inclusive, and what is beyond them changes nothing.
pub async fn what_is_too_large_is_refused_and_the_largest_is_not(store: Arc<dyn Store>) {
    let key = "k".repeat(MAX_KEY_BYTES);
    let value = Bytes::from(vec![1; MAX_VALUE_BYTES]);
    store.commit(Transaction::new().put(&key, value.clone())).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap().unwrap().value, value);
    let full = (0..MAX_OPERATIONS).fold(Transaction::new(), |all, n| all.put(format!("f{n}"), ""));
    store.commit(full.clone()).await.unwrap();
    let revision = store.revision();
    for beyond in [
        Transaction::new().put(format!("{key}k"), ""),
        Transaction::new().expect(format!("{key}k"), 0),
        Transaction::new().put("v", Bytes::from(vec![1; MAX_VALUE_BYTES + 1])),
        Transaction::new().put("v", value.clone()).put("w", value),
        full.expect("f", 0),
    ] {
        assert_eq!(store.commit(beyond).await, Err(StoreError::TooLarge.into()));
    }
    assert_eq!(store.revision(), revision);
}

/// An empty key and a key written twice are mistakes of the caller, said to be so.
pub async fn a_transaction_that_makes_no_sense_is_refused(store: Arc<dyn Store>) {
    for senseless in [
        Transaction::new().put("", "1"),
        Transaction::new().delete(""),
        Transaction::new().expect("", 0),
        Transaction::new().put("a", "1").put("a", "2"),
        Transaction::new().put("a", "1").delete("a"),
    ] {
        let result = store.commit(senseless).await;
        assert!(
            matches!(result, Err(CommitError::Store(StoreError::Refused { .. }))),
            "{result:?}"
        );
    }
    assert_eq!(store.revision(), 0);
}

/// Nothing works after close, and it can be called again.
pub async fn a_closed_store_says_so(store: Arc<dyn Store>) {
    store.commit(Transaction::new().put("a", "1")).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(store.get("a").await, Err(StoreError::Closed));
    assert_eq!(store.scan(Range::all(), Direction::Forward, 1).await, Err(StoreError::Closed));
    let write = Transaction::new().put("a", "2");
    assert_eq!(store.commit(write).await, Err(StoreError::Closed.into()));
    store.close().await.unwrap();
}
