//! Closed segments are compressed and retired, and are read and verified all the same.

use std::fs;
use std::path::Path;

use strongroom_trail::{
    Expectations, ProblemKind, compress_next, read_from, retirable, retire, tail, verify,
};

use crate::{event, open, report, segments, written};

fn packed(folder: &Path) -> Vec<std::path::PathBuf> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut packed: Vec<_> =
        names.filter(|path| path.extension().is_some_and(|end| end == "zst")).collect();
    packed.sort();
    packed
}

fn sequences(reader: strongroom_trail::Reader) -> Vec<u64> {
    reader.map(|entry| entry.unwrap().sequence).collect()
}

/// Twelve records in three segments, the first two of them compressed.
fn trail() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 12, 4);
    while compress_next(folder.path()).unwrap().is_some() {}
    folder
}

#[test]
fn compressed_segments_are_read_from_any_record_and_verified() {
    let folder = trail();
    assert_eq!((segments(folder.path()).len(), packed(folder.path()).len()), (1, 2));
    for first in 1..=12 {
        let expected: Vec<u64> = (first..=12).collect();
        assert_eq!(sequences(read_from(folder.path(), first)), expected);
        assert_eq!(sequences(tail(folder.path(), 13 - first).unwrap()), expected);
    }
    let report = report(folder.path());
    assert_eq!((report.segments, report.records, report.problem), (3, 12, None));
}

#[test]
fn a_trail_goes_on_after_compressed_segments() {
    let folder = trail();
    let trail = open(folder.path(), 4);
    assert_eq!(trail.append(&event(13)).unwrap().sequence, 13);
    trail.close().unwrap();
    while compress_next(folder.path()).unwrap().is_some() {}
    assert_eq!(report(folder.path()).records, 13);
}

#[test]
fn many_records_are_found_in_many_frames() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 10_000, 9_000);
    compress_next(folder.path()).unwrap().unwrap();
    for first in [1, 2, 1_000, 4_567, 8_999, 9_000, 9_001] {
        let entry = read_from(folder.path(), first).next().unwrap().unwrap();
        assert_eq!((entry.sequence, entry.event()), (first, event(first)));
    }
    assert_eq!(report(folder.path()).records, 10_000);
}

#[test]
fn a_crash_while_compressing_leaves_the_original() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 12, 4);
    let first = &segments(folder.path())[0];
    for half in ["trail-0000000000000001-20260131T102030Z.jsonl.new"; 1] {
        fs::write(folder.path().join(half), b"half").unwrap();
    }
    // Killed between making the compressed file and deleting the original.
    let original = fs::read(first).unwrap();
    compress_next(folder.path()).unwrap().unwrap();
    fs::write(first, original).unwrap();
    let report = report(folder.path());
    assert_eq!((report.segments, report.records, report.problem), (3, 12, None));
    while compress_next(folder.path()).unwrap().is_some() {}
    assert_eq!(packed(folder.path()).len(), 2);
}

#[test]
fn any_flipped_bit_of_a_compressed_segment_is_found_or_without_meaning() {
    let folder = trail();
    let path = &packed(folder.path())[0];
    let content = fs::read(path).unwrap();
    for at in 0..content.len() {
        let mut altered = content.clone();
        altered[at] ^= 1 << (at % 8);
        fs::write(path, &altered).unwrap();
        match verify(folder.path(), &Expectations::default()).unwrap().problem {
            Some(problem) => assert_eq!(problem.file, *path, "byte {at}"),
            // Some bits only say how the lines are compressed; the lines are what was written.
            None => assert_eq!(sequences(read_from(folder.path(), 1)).len(), 12, "byte {at}"),
        }
    }
    fs::write(path, &content[..content.len() - 1]).unwrap();
    let problem = report(folder.path()).problem.unwrap();
    assert_eq!((&problem.file, problem.kind), (path, ProblemKind::Unreadable));
}

#[test]
fn segments_are_retired_when_the_next_one_is_older_than_the_cutoff() {
    let folder = trail();
    let made = 1_769_854_830_000;
    assert_eq!(retirable(folder.path(), made).unwrap(), None, "not older");
    let begins_after = retirable(folder.path(), made + 1_000).unwrap().unwrap();
    assert_eq!(begins_after.sequence, 8);
    assert_eq!(retire(folder.path(), &begins_after).unwrap(), 2);
    assert_eq!(retire(folder.path(), &begins_after).unwrap(), 0);
    let expected = Expectations { begins_after: Some(begins_after), ..Expectations::default() };
    let report = verify(folder.path(), &expected).unwrap();
    assert_eq!((report.records, report.problem), (4, None));
}
