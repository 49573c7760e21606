//! What get and scan promise.

use std::sync::Arc;

use bytes::Bytes;

use super::{keys, names};
use crate::{Direction, Entry, MAX_PAGE_BYTES, MAX_PAGE_ENTRIES, Range, Store, Transaction};

/// A value can be read once commit returned, by get and by scan.
pub async fn what_was_put_is_read(store: Arc<dyn Store>) {
    for n in 0..100u32 {
        let key = format!("a/{}", n % 7);
        let value = Bytes::from(n.to_string());
        let write = Transaction::new().put(&key, value.clone());
        let revision = store.commit(write).await.unwrap();
        let expected = Entry { key: key.clone(), value, revision };
        assert_eq!(store.get(&key).await.unwrap(), Some(expected.clone()));
        let page = store.scan(Range::prefix(&key), Direction::Forward, 10).await.unwrap();
        assert_eq!(page.entries, [expected]);
        assert_eq!(page.revision, revision);
        assert_eq!(store.revision(), revision);
    }
}

/// Absence is an answer, also next to keys that are there.
pub async fn what_is_absent_is_not_found(store: Arc<dyn Store>) {
    assert_eq!(store.get("a").await.unwrap(), None);
    let page = store.scan(Range::all(), Direction::Forward, 10).await.unwrap();
    assert_eq!((page.entries.len(), page.revision, page.more), (0, 0, false));
    store.commit(Transaction::new().put("ab", "1")).await.unwrap();
    for absent in ["a", "abc", "b", "ab\0", ""] {
        assert_eq!(store.get(absent).await.unwrap(), None, "{absent:?}");
    }
}

/// A deletion shows at once; the key may be used again.
pub async fn what_was_deleted_is_gone_and_can_come_back(store: Arc<dyn Store>) {
    store.commit(Transaction::new().put("a", "1").put("b", "1")).await.unwrap();
    store.commit(Transaction::new().delete("a")).await.unwrap();
    assert_eq!(store.get("a").await.unwrap(), None);
    assert_eq!(keys(&*store, Range::all(), Direction::Forward, 10).await, ["b"]);
    let revision = store.commit(Transaction::new().expect("a", 0).put("a", "2")).await.unwrap();
    let found = store.get("a").await.unwrap().unwrap();
    assert_eq!((found.value, found.revision), (Bytes::from("2"), revision));
}

/// Byte order is code point order, beyond the basic plane too (where UTF-16 would differ).
pub async fn keys_come_in_the_order_of_their_bytes(store: Arc<dyn Store>) {
    let ordered = [
        "\0",
        "\u{1}",
        " ",
        "A",
        "A\0",
        "A\0b",
        "A/",
        "A/b",
        "A0",
        "AA",
        "a",
        "aB",
        "ab",
        "\u{7f}",
        "\u{80}",
        "é",
        "\u{ff}",
        "\u{100}",
        "\u{d7ff}",
        "\u{e000}",
        "\u{ffff}",
        "\u{10000}",
        "\u{10ffff}",
        "\u{10ffff}a",
    ];
    // Written in an order that has nothing to do with theirs.
    for n in 0..ordered.len() {
        let key = ordered[n * 7 % ordered.len()];
        store.commit(Transaction::new().put(key, key.to_owned())).await.unwrap();
    }
    assert_eq!(keys(&*store, Range::all(), Direction::Forward, 100).await, ordered);
    let mut backward = keys(&*store, Range::all(), Direction::Backward, 100).await;
    backward.reverse();
    assert_eq!(backward, ordered);
}

/// The start belongs to a range, the end does not; a range turned around is empty.
pub async fn a_range_is_half_open(store: Arc<dyn Store>) {
    fill(&*store, &["a", "b", "b/1", "c"]).await;
    for direction in [Direction::Forward, Direction::Backward] {
        for (start, end, expected) in [
            ("a", "c", vec!["a", "b", "b/1"]),
            ("b", "b", vec![]),
            ("c", "a", vec![]),
            ("b", "", vec!["b", "b/1", "c"]),
            ("", "b", vec!["a"]),
            ("b\0", "c\0", vec!["b/1", "c"]),
            ("d", "", vec![]),
        ] {
            let mut found = keys(&*store, Range::new(start, end), direction, 10).await;
            found.sort();
            assert_eq!(found, expected, "{start:?}..{end:?} {direction:?}");
        }
    }
}

/// Neither the neighbour that sorts just before nor the one just behind belongs to a prefix.
pub async fn a_prefix_ends_exactly_where_it_should(store: Arc<dyn Store>) {
    let all = [
        "a",
        "a.",
        "a/",
        "a/\0",
        "a/\u{10ffff}",
        "a/\u{10ffff}\u{10ffff}",
        "a0",
        "\u{d7ff}",
        "\u{d7ff}\u{10ffff}",
        "\u{e000}",
        "\u{10ffff}",
        "\u{10ffff}x",
    ];
    fill(&*store, &all).await;
    let prefixes = ["", "a", "a/", "a/\u{10ffff}", "\u{d7ff}", "\u{e000}", "\u{10ffff}", "zz"];
    for prefix in prefixes {
        let mut expected: Vec<&str> =
            all.iter().copied().filter(|key| key.starts_with(prefix)).collect();
        expected.sort_unstable();
        let found = keys(&*store, Range::prefix(prefix), Direction::Forward, 100).await;
        assert_eq!(found, expected, "{prefix:?}");
    }
}

/// Following `more` with `after` or `before` walks the whole range, whatever the page size.
pub async fn paging_forward_and_backward_meets_every_key_once(store: Arc<dyn Store>) {
    let all: Vec<String> = (0..50).map(|n| format!("p/{n:02}")).collect();
    fill(&*store, &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    fill(&*store, &["o", "p", "p0", "q"]).await;
    for limit in [1, 2, 7, 25, 49, 50, 51] {
        assert_eq!(walk(&*store, Direction::Forward, limit).await, all, "{limit}");
        let mut backward = walk(&*store, Direction::Backward, limit).await;
        backward.reverse();
        assert_eq!(backward, all, "{limit}");
    }
}

async fn walk(store: &dyn Store, direction: Direction, limit: usize) -> Vec<String> {
    let mut range = Range::prefix("p/");
    let mut met = Vec::new();
    loop {
        let page = store.scan(range.clone(), direction, limit).await.unwrap();
        met.extend(names(&page));
        let Some(last) = page.entries.last().filter(|_| page.more) else {
            return met;
        };
        range = match direction {
            Direction::Forward => range.after(&last.key),
            Direction::Backward => range.before(&last.key),
        };
    }
}

/// `more` is exact at the edges, for a limit of nothing as well.
pub async fn a_page_says_whether_there_is_more(store: Arc<dyn Store>) {
    fill(&*store, &["a", "b", "c"]).await;
    for direction in [Direction::Forward, Direction::Backward] {
        for (limit, count, more) in [(0, 0, true), (2, 2, true), (3, 3, false), (4, 3, false)] {
            let page = store.scan(Range::all(), direction, limit).await.unwrap();
            assert_eq!((page.entries.len(), page.more), (count, more), "{limit} {direction:?}");
        }
        let page = store.scan(Range::prefix("z"), direction, 0).await.unwrap();
        assert!(!page.more);
    }
}

/// No limit, however large, makes a page unbounded; what is left is reached by paging on.
pub async fn a_page_is_bounded_in_entries_and_bytes(store: Arc<dyn Store>) {
    for n in 0..=MAX_PAGE_ENTRIES / 100 {
        let write =
            (0..100).fold(Transaction::new(), |all, m| all.put(format!("n/{n:03}/{m:03}"), "1"));
        store.commit(write).await.unwrap();
    }
    let page = store.scan(Range::prefix("n/"), Direction::Forward, usize::MAX).await.unwrap();
    assert_eq!((page.entries.len(), page.more), (MAX_PAGE_ENTRIES, true));

    let large = Bytes::from(vec![7; 1 << 20]);
    for n in 0..6 {
        store.commit(Transaction::new().put(format!("l/{n}"), large.clone())).await.unwrap();
    }
    let page = store.scan(Range::prefix("l/"), Direction::Backward, 100).await.unwrap();
    let bytes: usize = page.entries.iter().map(|entry| entry.value.len()).sum();
    assert!(page.more && (1 << 20..MAX_PAGE_BYTES + (1 << 20)).contains(&bytes), "{bytes}");
}

/// Values are bytes, keys are any text: nothing is escaped, cut at a NUL or normalized.
pub async fn any_bytes_and_any_characters_come_back_as_they_were(store: Arc<dyn Store>) {
    let values =
        [vec![], vec![0], vec![0xff; 3], (0..=255).collect::<Vec<u8>>(), b"\0\0a".to_vec()];
    let names = ["nul\0nul", "\0", "e\u{301}", "é", "'; drop table kv; --", "%_*?[", "\u{feff}bom"];
    for (n, key) in names.iter().enumerate() {
        let value = Bytes::from(values[n % values.len()].clone());
        store.commit(Transaction::new().put(*key, value.clone())).await.unwrap();
        let found = store.get(key).await.unwrap().unwrap();
        assert_eq!((found.key.as_str(), found.value), (*key, value));
    }
    let page = store.scan(Range::all(), Direction::Forward, 100).await.unwrap();
    assert_eq!(page.entries.len(), names.len());
}

async fn fill(store: &dyn Store, keys: &[&str]) {
    for key in keys {
        store.commit(Transaction::new().put(*key, key.to_string())).await.unwrap();
    }
}
