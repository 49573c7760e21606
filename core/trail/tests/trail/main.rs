//! The trail from outside: writing, reading, opening after a mishap, finding tampering.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod digests;
mod keeping;
mod killing;
mod opening;
mod reading;
mod tampering;
mod writing;

use std::fs;
use std::path::{Path, PathBuf};

use strongroom_trail::{Expectations, Options, Report, Trail, verify};

/// A trail with segments of `lines_per_segment` (about, from 40 on) of the lines `event` makes.
fn open(folder: &Path, lines_per_segment: u64) -> Trail {
    let line = event(0).len() as u64 + r#","sequence":1000,"chain":"""#.len() as u64 + 65;
    let segment_bytes = (lines_per_segment - 1) * line + 1;
    Trail::open(folder, Options { segment_bytes, ..Options::default() }, 0).unwrap()
}

fn event(number: u64) -> Vec<u8> {
    format!("{{\"eventTime\":\"2026-01-31T10:20:30Z\",\"id\":\"{number:06}\"}}").into_bytes()
}

/// A closed trail of so many records.
fn written(folder: &Path, records: u64, lines_per_segment: u64) {
    let trail = open(folder, lines_per_segment);
    for number in 1..=records {
        trail.append(&event(number)).unwrap();
    }
    trail.close().unwrap();
}

/// The segments, in order.
fn segments(folder: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<_> =
        names.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    segments.sort();
    segments
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

fn write_lines(path: &Path, lines: &[String]) {
    fs::write(path, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
}

fn report(folder: &Path) -> Report {
    verify(folder, &Expectations::default()).unwrap()
}
