//! Records are found by their terms, in memory and in blocks, after a restart and after losses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::Path;

use strongroom_trail_index::{BLOCK_RECORDS, Index, IndexError, Wanted, term};

const BLOCK: u64 = BLOCK_RECORDS as u64;

fn everything() -> u64 {
    term(&["all"])
}

/// Every record has a term of its own and one that all share; every tenth has a third.
fn add(index: &Index, to: u64) {
    for sequence in index.next()..=to {
        let own = term(&["id", &sequence.to_string()]);
        let mut terms = vec![everything(), own];
        if sequence % 10 == 0 {
            terms.push(term(&["tenth"]));
        }
        index.add(sequence, 1_000 + i64::try_from(sequence / 100).unwrap(), &terms).unwrap();
    }
}

fn find(index: &Index, terms: &[u64], before: u64, limit: usize) -> Vec<u64> {
    let wanted = Wanted { terms, before, from: i64::MIN, to: i64::MAX };
    index.newest(&wanted, limit).unwrap()
}

fn own(sequence: u64) -> u64 {
    term(&["id", &sequence.to_string()])
}

#[test]
fn the_newest_records_come_first_across_the_edges_of_blocks() {
    let folder = tempfile::tempdir().unwrap();
    for index in [Index::open(folder.path()).unwrap(), Index::in_memory(8)] {
        let last = 2 * BLOCK + 5;
        add(&index, last);
        assert_eq!(find(&index, &[everything()], u64::MAX, 3), [last, last - 1, last - 2]);
        let edge = find(&index, &[everything()], 2 * BLOCK + 2, 3);
        assert_eq!(edge, [2 * BLOCK + 1, 2 * BLOCK, 2 * BLOCK - 1]);
        let tenths = find(&index, &[term(&["tenth"])], u64::MAX, usize::MAX);
        let expected: Vec<_> = (1..=last).rev().filter(|sequence| sequence % 10 == 0).collect();
        assert_eq!(tenths, expected);
        for sequence in [1, 2, BLOCK, BLOCK + 1, 2 * BLOCK, last] {
            assert_eq!(find(&index, &[own(sequence)], u64::MAX, 9), [sequence]);
        }
        assert!(find(&index, &[term(&["nobody"])], u64::MAX, 9).is_empty());
    }
}

#[test]
fn a_record_with_two_of_the_terms_is_found_once() {
    let index = Index::in_memory(8);
    add(&index, BLOCK + 20);
    for sequence in [10, BLOCK + 20] {
        let found = find(&index, &[own(sequence), term(&["tenth"])], sequence + 1, 2);
        assert_eq!(found.iter().filter(|found| **found == sequence).count(), 1, "{found:?}");
    }
}

#[test]
fn only_records_of_the_time_asked_for_are_found() {
    let index = Index::in_memory(8);
    add(&index, 2 * BLOCK);
    for (from, to) in [(1_000, 1_000), (1_500, 1_501), (1_655, 1_656), (2_000, 2_003)] {
        let terms = [everything()];
        let wanted = Wanted { terms: &terms, before: u64::MAX, from, to };
        let found = index.newest(&wanted, usize::MAX).unwrap();
        let when = |sequence: &u64| 1_000 + i64::try_from(sequence / 100).unwrap();
        let expected: Vec<_> =
            (1..=2 * BLOCK).rev().filter(|one| (from..=to).contains(&when(one))).collect();
        assert_eq!(found, expected, "{from} to {to}");
    }
}

#[test]
fn an_index_goes_on_after_its_last_block_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    add(&Index::open(folder.path()).unwrap(), BLOCK + 7);
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.next(), BLOCK + 1);
    add(&index, BLOCK + 9);
    assert_eq!(find(&index, &[own(BLOCK + 8)], u64::MAX, 9), [BLOCK + 8]);
    assert_eq!(find(&index, &[own(3)], u64::MAX, 9), [3]);
}

#[test]
fn what_is_lost_or_damaged_is_forgotten_with_everything_after_it() {
    let blocks = |folder: &Path| {
        let mut all: Vec<_> =
            fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()).collect();
        all.sort();
        all
    };
    for is_lost in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        add(&Index::open(folder.path()).unwrap(), 3 * BLOCK + 1);
        assert_eq!(blocks(folder.path()).len(), 3);
        let second = &blocks(folder.path())[1];
        if is_lost { fs::remove_file(second) } else { fs::write(second, "damaged") }.unwrap();
        let index = Index::open(folder.path()).unwrap();
        assert_eq!(index.next(), BLOCK + 1);
        assert_eq!(blocks(folder.path()).len(), 1);
    }
}

#[test]
fn a_damaged_block_is_an_error_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    add(&Index::open(folder.path()).unwrap(), BLOCK + 1);
    let path = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&path).unwrap();
    for length in [0, 7, 39, 40, 5_000, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        if let Ok(index) = Index::open(folder.path()) {
            let terms = [everything(), own(5)];
            let wanted = Wanted { terms: &terms, before: u64::MAX, from: 0, to: 1_001 };
            let _found_or_refused = index.newest(&wanted, 10);
        }
    }
}

#[test]
fn records_are_added_in_their_order_or_not_at_all() {
    let index = Index::in_memory(1);
    add(&index, 2);
    assert!(matches!(index.add(4, 0, &[]), Err(IndexError::OutOfOrder { expected: 3, found: 4 })));
    assert_eq!(index.next(), 3);
}

#[test]
fn blocks_that_the_trail_no_longer_has_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    add(&index, 2 * BLOCK + 1);
    index.forget_before(BLOCK + 1).unwrap();
    assert!(find(&index, &[own(1)], u64::MAX, 9).is_empty());
    assert_eq!(find(&index, &[own(BLOCK + 1)], u64::MAX, 9), [BLOCK + 1]);
    index.restart_at(7_000_000).unwrap();
    assert_eq!(index.next(), 7_000_000);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
