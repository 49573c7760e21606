//! What watch promises.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::FEW_CHANGES_KEPT;
use crate::{Change, Compacted, Direction, Range, Store, Transaction, Watch};

/// Changes come in commit order, with what happened, and none from outside the range.
pub async fn a_watch_yields_changes_in_order_and_only_its_range(store: Arc<dyn Store>) {
    let mut watch = store.watch(Range::prefix("a/"), 0).unwrap();
    let one = store.commit(Transaction::new().put("a/1", "").put("b/1", "")).await.unwrap();
    store.commit(Transaction::new().put("b/2", "")).await.unwrap();
    let two = store.commit(Transaction::new().put("a/2", "").delete("a/1")).await.unwrap();
    store.commit(Transaction::new().delete("a/absent")).await.unwrap();
    let three = store.commit(Transaction::new().put("a/2", "")).await.unwrap();
    let mut seen = take(&mut watch, 4).await;
    // Within one transaction the order is the engine's.
    seen[1..3].sort_by(|a, b| a.key.cmp(&b.key));
    let change = |key: &str, revision, deleted| Change { key: key.into(), revision, deleted };
    assert_eq!(
        seen,
        [
            change("a/1", one, false),
            change("a/1", two, true),
            change("a/2", two, false),
            change("a/2", three, false),
        ]
    );
}

/// A watch may begin in the past.
pub async fn a_watch_from_an_earlier_revision_catches_up(store: Arc<dyn Store>) {
    let mut revisions = Vec::new();
    for n in 0..10 {
        revisions.push(store.commit(Transaction::new().put(format!("{n}"), "")).await.unwrap());
    }
    let mut watch = store.watch(Range::all(), revisions[3]).unwrap();
    let seen: Vec<u64> = take(&mut watch, 6).await.iter().map(|c| c.revision).collect();
    assert_eq!(seen, revisions[4..]);
}

/// A watch that has seen everything waits, and wakes.
pub async fn a_watch_waits_for_the_next_change(store: Arc<dyn Store>) {
    let mut watch = store.watch(Range::all(), 0).unwrap();
    let reader = tokio::spawn(async move { take(&mut watch, 1).await });
    tokio::task::yield_now().await;
    assert!(!reader.is_finished());
    let revision = store.commit(Transaction::new().put("a", "")).await.unwrap();
    assert_eq!(reader.await.unwrap()[0].revision, revision);
}

/// Every change of every writer arrives once, revisions never fall.
pub async fn a_watch_under_concurrent_commits_has_no_gap_and_no_duplicate(store: Arc<dyn Store>) {
    let mut watch = store.watch(Range::prefix("k/"), 0).unwrap();
    let reader = tokio::spawn(async move { take(&mut watch, 8 * 50).await });
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            let mut written = Vec::new();
            for n in 0..50 {
                let key = format!("k/{writer}/{n}");
                let write = Transaction::new().put(&key, "").put(format!("other/{writer}"), "");
                written.push((store.commit(write).await.unwrap(), key));
            }
            written
        });
    }
    let mut written: Vec<(u64, String)> = writers.join_all().await.concat();
    written.sort();
    let seen: Vec<(u64, String)> =
        reader.await.unwrap().into_iter().map(|change| (change.revision, change.key)).collect();
    assert_eq!(seen, written);
}

/// How every cache fills: scan, then watch from the page's revision, is the same as scanning later.
pub async fn a_scan_and_a_watch_from_its_revision_miss_nothing(store: Arc<dyn Store>) {
    let writer = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            for n in 0..300 {
                let write = match n % 3 {
                    0 => Transaction::new().delete(format!("{}", n / 3 % 10)),
                    _ => Transaction::new().put(format!("{}", n % 10), ""),
                };
                store.commit(write).await.unwrap();
            }
            store.commit(Transaction::new().put("end", "")).await.unwrap();
        }
    });
    let page = store.scan(Range::all(), Direction::Forward, 100).await.unwrap();
    let mut cache: BTreeMap<String, u64> =
        page.entries.into_iter().map(|entry| (entry.key, entry.revision)).collect();
    let mut watch = store.watch(Range::all(), page.revision).unwrap();
    while !cache.contains_key("end") {
        let change = watch.next().await.unwrap().unwrap();
        assert!(change.revision > page.revision);
        match change.deleted {
            true => cache.remove(&change.key),
            false => cache.insert(change.key, change.revision),
        };
    }
    writer.await.unwrap();
    let page = store.scan(Range::all(), Direction::Forward, 100).await.unwrap();
    let found: BTreeMap<String, u64> =
        page.entries.into_iter().map(|entry| (entry.key, entry.revision)).collect();
    assert_eq!(cache, found);
}

/// What was committed before close is still yielded.
pub async fn a_watch_ends_when_the_store_is_closed(store: Arc<dyn Store>) {
    let mut watch = store.watch(Range::all(), 0).unwrap();
    store.commit(Transaction::new().put("a", "")).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(take(&mut watch, 1).await[0].key, "a");
    assert_eq!(watch.next().await, None);
}

/// A reader that cannot be served completely is told so, whether it begins or goes on.
pub async fn a_watch_that_lags_too_far_is_told(store: Arc<dyn Store>) {
    let mut lagging = store.watch(Range::all(), 0).unwrap();
    for n in 0..FEW_CHANGES_KEPT * 2 {
        store.commit(Transaction::new().put(format!("{n}"), "")).await.unwrap();
    }
    let Some(Err(Compacted { floor })) = lagging.next().await else { panic!("not told") };
    assert_eq!(lagging.next().await, None);
    assert!(store.watch(Range::all(), floor - 1).is_err());
    let mut watch = store.watch(Range::all(), floor).unwrap();
    let rest = take(&mut watch, (store.revision() - floor) as usize).await;
    assert!(rest.iter().map(|change| change.revision).eq(floor + 1..=store.revision()));
}

async fn take(watch: &mut Watch, count: usize) -> Vec<Change> {
    let mut changes = Vec::new();
    while changes.len() < count {
        changes.push(watch.next().await.expect("the watch ended").expect("compacted"));
    }
    changes
}
