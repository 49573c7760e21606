//! Every way to change a trail is found and named.

use std::fs;
use std::path::Path;

use strongroom_trail::{Expectations, Position, ProblemKind, Report, verify};

use crate::{lines, report, segments, write_lines, written};

/// Twelve records in three segments, without a position noted.
fn trail() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 12, 4);
    fs::remove_file(folder.path().join("head.json")).unwrap();
    folder
}

/// Applies `change` to the lines of the second segment, records 5 to 8.
fn changed(change: impl FnOnce(&mut Vec<String>)) -> (tempfile::TempDir, Report) {
    let folder = trail();
    let path = &segments(folder.path())[1];
    let mut content = lines(path);
    change(&mut content);
    write_lines(path, &content);
    let report = report(folder.path());
    (folder, report)
}

fn assert_problem(
    report: &Report,
    file: &Path,
    line: u64,
    sequence: Option<u64>,
    kind: ProblemKind,
) {
    let problem = report.problem.as_ref().expect("it goes unnoticed");
    assert_eq!((&*problem.file, problem.line), (file, line), "{problem}");
    assert_eq!((problem.sequence, problem.kind), (sequence, kind), "{problem}");
}

#[test]
fn an_untouched_trail_has_no_problem() {
    let report = report(trail().path());
    assert_eq!((report.segments, report.records, report.problem), (3, 12, None));
}

#[test]
fn an_altered_record_is_found() {
    let (folder, report) = changed(|lines| lines[2] = lines[2].replace("000007", "000070"));
    let file = &segments(folder.path())[1];
    assert_problem(&report, file, 3, Some(7), ProblemKind::Altered);
    assert_eq!((report.records, report.end.sequence), (6, 6));
    assert!(report.problem.unwrap().to_string().contains(&format!("{}, line 3", file.display())));
}

#[test]
fn any_flipped_bit_anywhere_is_found() {
    let folder = trail();
    let path = &segments(folder.path())[1];
    let content = fs::read(path).unwrap();
    for at in 0..content.len() {
        let mut altered = content.clone();
        altered[at] ^= 1 << (at % 8);
        fs::write(path, &altered).unwrap();
        let problem = report(folder.path()).problem;
        assert_eq!(problem.expect("it goes unnoticed").file, *path, "byte {at}");
    }
}

#[test]
fn a_removed_record_is_found() {
    let (folder, report) = changed(|lines| drop(lines.remove(1)));
    let kind = ProblemKind::Missing { from: 6, to: 6 };
    assert_problem(&report, &segments(folder.path())[1], 2, Some(7), kind);
}

#[test]
fn records_removed_from_the_end_of_a_segment_are_found_in_the_next_one() {
    let (folder, report) = changed(|lines| lines.truncate(2));
    let kind = ProblemKind::Missing { from: 7, to: 8 };
    assert_problem(&report, &segments(folder.path())[2], 1, Some(9), kind);
}

#[test]
fn an_inserted_record_is_found() {
    let (folder, report) = changed(|lines| lines.insert(2, lines[0].clone()));
    let kind = ProblemKind::Reordered { expected: 7 };
    assert_problem(&report, &segments(folder.path())[1], 3, Some(5), kind);
}

#[test]
fn records_that_changed_places_are_found() {
    let (folder, report) = changed(|lines| lines.swap(1, 3));
    let kind = ProblemKind::Reordered { expected: 6 };
    assert_problem(&report, &segments(folder.path())[1], 2, Some(8), kind);
}

#[test]
fn a_line_that_is_no_record_is_found() {
    let (folder, report) = changed(|lines| lines[3] = "{}".to_owned());
    assert_problem(&report, &segments(folder.path())[1], 4, None, ProblemKind::Unreadable);
}

#[test]
fn a_missing_segment_is_found() {
    let folder = trail();
    fs::remove_file(&segments(folder.path())[1]).unwrap();
    let kind = ProblemKind::Missing { from: 5, to: 8 };
    assert_problem(&report(folder.path()), &segments(folder.path())[1], 1, Some(9), kind);
}

#[test]
fn missing_first_segments_are_found_unless_said_to_be_elsewhere() {
    let folder = trail();
    let begins_after = {
        let one = &segments(folder.path())[0];
        let last: Position = serde_json::from_str(lines(one).last().unwrap()).unwrap();
        fs::remove_file(one).unwrap();
        last
    };
    let kind = ProblemKind::Missing { from: 1, to: 4 };
    assert_problem(&report(folder.path()), &segments(folder.path())[0], 1, Some(5), kind);
    let expected = Expectations { begins_after: Some(begins_after), ..Expectations::default() };
    let report = verify(folder.path(), &expected).unwrap();
    assert_eq!((report.records, report.problem), (8, None));
}

#[test]
fn a_segment_that_changed_its_name_is_found() {
    let folder = trail();
    let names = segments(folder.path());
    let kind = ProblemKind::Reordered { expected: 5 };
    let copy = folder.path().join("trail-0000000000000002-20260131T102030Z.jsonl");
    fs::rename(&names[1], &copy).unwrap();
    assert_problem(&report(folder.path()), &copy, 1, Some(2), kind);
}

#[test]
fn a_torn_end_is_found() {
    let folder = trail();
    let last = segments(folder.path()).pop().unwrap();
    let content = fs::read(&last).unwrap();
    fs::write(&last, &content[..content.len() - 1]).unwrap();
    assert_problem(&report(folder.path()), &last, 4, None, ProblemKind::Torn);
}

#[test]
fn an_end_cut_off_is_found_against_a_remembered_position() {
    let folder = trail();
    let head = report(folder.path()).end;
    let last = segments(folder.path()).pop().unwrap();
    write_lines(&last, &lines(&last)[..2]);
    assert_eq!(report(folder.path()).problem, None, "alone, the files cannot tell");
    let expected = Expectations { head: Some(head), ..Expectations::default() };
    let kind = ProblemKind::CutOff { from: 11, to: 12 };
    assert_problem(&verify(folder.path(), &expected).unwrap(), &last, 0, Some(11), kind);
}

#[test]
fn a_trail_written_anew_is_found_against_a_remembered_position() {
    let folder = trail();
    let head = report(folder.path()).end;
    let anew = tempfile::tempdir().unwrap();
    let trail = crate::open(anew.path(), 4);
    for number in 101..=112 {
        trail.append(&crate::event(number)).unwrap();
    }
    trail.close().unwrap();
    let expected = Expectations { head: Some(head), ..Expectations::default() };
    let report = verify(anew.path(), &expected).unwrap();
    assert_problem(&report, &segments(anew.path())[2], 4, Some(12), ProblemKind::Rewritten);
}
