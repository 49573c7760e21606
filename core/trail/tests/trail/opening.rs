//! Opening a trail whose last writer met with a mishap, or that someone changed.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use strongroom_trail::{Options, Problem, ProblemKind, Trail, TrailError};

use crate::{event, lines, open, report, segments, write_lines, written};

fn refusal(folder: &Path) -> Problem {
    match Trail::open(folder, Options::default(), 0) {
        Err(TrailError::Damaged(problem)) => *problem,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it opened"),
    }
}

fn append_bytes(path: &Path, bytes: &[u8]) {
    OpenOptions::new().append(true).open(path).unwrap().write_all(bytes).unwrap();
}

#[test]
fn a_torn_last_line_is_set_aside_and_the_trail_goes_on() {
    for torn in ["{", "{\"id\":4,\"sequence\":4,\"chain\":\"00", "\0\0\0\0", "garbage\n"] {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path(), 3, 100);
        append_bytes(&segments(folder.path())[0], torn.as_bytes());
        let trail = open(folder.path(), 100);
        assert_eq!(trail.set_aside().len(), 1);
        assert_eq!(fs::read(&trail.set_aside()[0]).unwrap(), torn.as_bytes());
        assert_eq!(trail.append(&event(4)).unwrap().sequence, 4);
        let report = report(folder.path());
        assert_eq!((report.records, report.problem), (4, None));
    }
}

#[test]
fn a_segment_that_holds_nothing_but_a_torn_line_is_used_again() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 4, 4);
    let next = folder.path().join("trail-0000000000000005-20260131T102030Z.jsonl");
    for torn in [&b""[..], b"{\"id\""] {
        fs::write(&next, torn).unwrap();
        let trail = open(folder.path(), 4);
        assert_eq!(trail.set_aside().len(), usize::from(!torn.is_empty()));
        assert_eq!(trail.position().sequence, 4);
        trail.append(&event(5)).unwrap();
        drop(trail);
        assert_eq!(report(folder.path()).problem, None);
        fs::remove_file(folder.path().join("head.json")).unwrap();
    }
}

#[test]
fn an_altered_last_line_is_refused_by_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 5, 100);
    let path = &segments(folder.path())[0];
    let mut content = lines(path);
    content[4] = content[4].replace("000005", "000006");
    write_lines(path, &content);
    let before = fs::read(path).unwrap();
    let problem = refusal(folder.path());
    assert_eq!((&problem.file, problem.line), (path, 5));
    assert_eq!((problem.sequence, problem.kind), (Some(5), ProblemKind::Altered));
    assert_eq!(fs::read(path).unwrap(), before, "nothing was changed");
}

#[test]
fn a_line_that_is_none_is_refused_unless_it_is_the_last() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 5, 100);
    let path = &segments(folder.path())[0];
    let mut content = lines(path);
    content[2] = "not a line".to_owned();
    write_lines(path, &content);
    let problem = refusal(folder.path());
    assert_eq!((problem.line, problem.kind), (3, ProblemKind::Unreadable));
}

#[test]
fn the_line_number_is_right_in_a_segment_larger_than_what_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 3000, 100_000);
    let path = &segments(folder.path())[0];
    let mut content = lines(path);
    content.remove(2989);
    write_lines(path, &content);
    let problem = refusal(folder.path());
    assert_eq!((problem.line, problem.sequence), (2990, Some(2991)));
    assert_eq!(problem.kind, ProblemKind::Missing { from: 2990, to: 2990 });
}

#[test]
fn a_missing_segment_before_the_last_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 9, 3);
    fs::remove_file(&segments(folder.path())[1]).unwrap();
    let problem = refusal(folder.path());
    assert_eq!(problem.kind, ProblemKind::Missing { from: 4, to: 6 });
}

#[test]
fn a_segment_of_another_trail_does_not_continue_this_one() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    written(folder.path(), 6, 3);
    let trail = open(other.path(), 3);
    for number in 11..=16 {
        trail.append(&event(number)).unwrap();
    }
    drop(trail);
    fs::copy(&segments(other.path())[1], &segments(folder.path())[1]).unwrap();
    let problem = refusal(folder.path());
    assert_eq!((problem.line, problem.kind), (1, ProblemKind::Altered));
}

#[test]
fn a_trail_cut_off_since_it_was_closed_is_refused() {
    for kept in [0, 3] {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path(), 5, 100);
        let path = &segments(folder.path())[0];
        match kept {
            0 => fs::remove_file(path).unwrap(),
            kept => write_lines(path, &lines(path)[..kept]),
        }
        let from = kept as u64 + 1;
        assert_eq!(refusal(folder.path()).kind, ProblemKind::CutOff { from, to: 5 });
    }
}

#[test]
fn a_noted_position_that_cannot_be_read_counts_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 5, 100);
    fs::write(folder.path().join("head.json"), "{").unwrap();
    assert_eq!(open(folder.path(), 100).position().sequence, 5);
}

#[test]
fn older_segments_may_be_moved_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 9, 3);
    fs::remove_file(&segments(folder.path())[0]).unwrap();
    fs::remove_file(&segments(folder.path())[0]).unwrap();
    assert_eq!(open(folder.path(), 3).append(&event(10)).unwrap().sequence, 10);
}
