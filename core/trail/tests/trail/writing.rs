//! What is in the files after writing.

use std::os::unix::fs::PermissionsExt;

use strongroom_trail::{Trail, TrailError};

use crate::{event, lines, open, report, segments, written};

#[test]
fn every_line_is_json_with_the_event_its_number_and_its_chain() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 3, 100);
    let lines = lines(&segments(folder.path())[0]);
    for (number, line) in (1u64..).zip(&lines) {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["id"], format!("{number:06}"));
        assert_eq!(value["sequence"], number);
        assert_eq!(value["chain"].as_str().unwrap().len(), 64);
    }
    assert_eq!(lines.len(), 3);
}

#[test]
fn a_line_is_in_its_file_when_append_returns() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path(), 100);
    for number in 1..=5 {
        let position = trail.append(&event(number)).unwrap();
        assert_eq!(position.sequence, number);
        assert_eq!(report(folder.path()).end, position);
    }
}

#[test]
fn segments_follow_each_other_in_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 10, 3);
    let names = segments(folder.path());
    let firsts: Vec<_> = names.iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    let expected = [1, 4, 7, 10].map(|first| format!("trail-{first:016}-20260131T102030Z.jsonl"));
    assert_eq!(firsts, expected.map(std::ffi::OsString::from));
    let report = report(folder.path());
    assert_eq!((report.segments, report.records, report.problem), (4, 10, None));
}

#[test]
fn a_segment_can_be_ended_on_demand_and_an_empty_one_is_never_made() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path(), 100);
    trail.rotate();
    trail.append(&event(1)).unwrap();
    trail.rotate();
    trail.rotate();
    trail.append(&event(2)).unwrap();
    trail.rotate();
    assert_eq!(segments(folder.path()).len(), 2);
    assert_eq!(report(folder.path()).problem, None);
}

#[test]
fn a_trail_goes_on_where_it_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 2, 100);
    let trail = open(folder.path(), 100);
    assert_eq!(trail.position().sequence, 2);
    assert_eq!(trail.append(&event(3)).unwrap().sequence, 3);
    drop(trail);
    let report = report(folder.path());
    assert_eq!((report.segments, report.records, report.problem), (1, 3, None));
}

#[test]
fn threads_and_batches_share_one_chain_without_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path(), 50);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let trail = &trail;
            scope.spawn(move || {
                for number in 0..100 {
                    trail.append(&event(thread * 1000 + number)).unwrap();
                    let batch = [event(number), event(number + 1)];
                    trail.append_many(&[&batch[0], &batch[1]]).unwrap();
                }
            });
        }
    });
    trail.close().unwrap();
    let report = report(folder.path());
    assert_eq!((report.records, report.problem), (1200, None));
}

#[test]
fn nobody_else_may_read_the_files() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("trail");
    written(&folder, 5, 2);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_trail_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path(), 100);
    let second = Trail::open(folder.path(), strongroom_trail::Options::default(), 0);
    assert!(matches!(second, Err(TrailError::InUse { .. })));
}

#[test]
fn an_event_that_is_not_one_line_of_json_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path(), 100);
    let refused = trail.append_many(&[&event(1), b"{\"a\":\n1}"]);
    assert!(matches!(refused, Err(TrailError::NotAnEvent { .. })));
    assert_eq!(trail.append(&event(1)).unwrap().sequence, 1);
}
