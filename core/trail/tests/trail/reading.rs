//! Reading back and following.

use std::thread;

use strongroom_trail::{Options, Trail, read_from, tail};

use crate::{event, open, segments, written};

fn sequences(reader: strongroom_trail::Reader) -> Vec<u64> {
    reader.map(|entry| entry.unwrap().sequence).collect()
}

#[test]
fn reading_begins_at_any_record() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 20, 6);
    for first in 1..=20 {
        let expected: Vec<u64> = (first..=20).collect();
        assert_eq!(sequences(read_from(folder.path(), first)), expected);
    }
    assert_eq!(sequences(read_from(folder.path(), 0)).len(), 20);
    assert_eq!(sequences(read_from(folder.path(), 21)), [0u64; 0]);
}

#[test]
fn a_record_is_found_in_a_large_segment_whatever_the_length_of_its_lines() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path(), 1_000_000);
    for number in 1..=300u64 {
        let filler = "x".repeat((number as usize * 7919) % 9000);
        let event = format!("{{\"id\":{number},\"filler\":\"{filler}\"}}");
        trail.append(event.as_bytes()).unwrap();
    }
    for first in 1..=300 {
        let entry = trail.read_from(first).next().unwrap().unwrap();
        assert_eq!(entry.sequence, first);
        let value: serde_json::Value = serde_json::from_slice(&entry.line).unwrap();
        assert_eq!(value["id"], first);
    }
}

#[test]
fn the_tail_is_the_last_records_across_segments() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 11, 4);
    assert_eq!(sequences(tail(folder.path(), 5).unwrap()), [7, 8, 9, 10, 11]);
    assert_eq!(sequences(tail(folder.path(), 100).unwrap()).len(), 11);
    let trail = open(folder.path(), 4);
    assert_eq!(sequences(trail.tail(2)), [10, 11]);
}

#[test]
fn reading_begins_at_the_oldest_record_when_older_segments_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 9, 3);
    std::fs::remove_file(&segments(folder.path())[0]).unwrap();
    assert_eq!(sequences(read_from(folder.path(), 1)), [4, 5, 6, 7, 8, 9]);
}

#[test]
fn a_reader_at_the_end_goes_on_when_more_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path(), 2);
    let mut reader = trail.read_from(1);
    assert!(reader.next().is_none());
    for number in 1..=5 {
        trail.append(&event(number)).unwrap();
        assert_eq!(reader.next().unwrap().unwrap().sequence, number);
        assert!(reader.next().is_none());
    }
}

#[test]
fn a_follower_is_told_of_everything_and_of_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path(), 40);
    thread::scope(|scope| {
        let mut follower = trail.follow(0);
        let mut reader = trail.read_from(1);
        let seen = scope.spawn(move || {
            let mut seen = Vec::new();
            while let Some(latest) = follower.wait() {
                seen.extend(reader.by_ref().map(|entry| entry.unwrap().sequence));
                assert!(seen.last().is_some_and(|last| *last >= latest));
            }
            seen
        });
        for number in 1..=500 {
            trail.append(&event(number)).unwrap();
        }
        trail.close().unwrap();
        assert_eq!(seen.join().unwrap(), (1..=500).collect::<Vec<u64>>());
    });
}

#[test]
fn a_trail_in_memory_keeps_the_latest_records_and_reads_alike() {
    let trail = Trail::in_memory(10);
    let mut follower = trail.follow(0);
    for number in 1..=25 {
        trail.append(&event(number)).unwrap();
    }
    assert_eq!(follower.wait(), Some(25));
    assert_eq!(sequences(trail.read_from(1)), (16..=25).collect::<Vec<u64>>());
    assert_eq!(sequences(trail.tail(3)), [23, 24, 25]);
    // The same chain as in files.
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 25, 100);
    assert_eq!(open(folder.path(), 100).position(), trail.position());
    trail.close().unwrap();
    assert!(trail.append(&event(26)).is_err());
    assert_eq!(follower.wait(), None);
}

#[test]
fn an_event_is_given_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let trail = Trail::open(folder.path(), Options::default(), 0).unwrap();
    let events = [&br#"{"a":1}"#[..], br#"{"sequence":7,"chain":"x","b":{"sequence":8}}"#];
    trail.append_many(&events).unwrap();
    let read: Vec<_> = trail.read_from(1).map(|entry| entry.unwrap().event()).collect();
    assert_eq!(read, events);
}
