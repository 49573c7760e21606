//! A disk that fails when told to, and what the trail makes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::disk::{Disk, RealDisk, SegmentFile};
use crate::sync::lock;
use crate::{Expectations, Options, Report, Trail, TrailError, verify};

/// What a disk does wrong at the moment, and what it was asked to do.
#[derive(Default)]
struct Faults {
    /// How many bytes still fit; without a figure all do.
    room: Option<usize>,
    truncate_fails: bool,
    sync_fails: bool,
    /// Told of every attempt to sync a segment.
    sync_tried: Option<Sender<()>>,
    rewrites: usize,
}

#[derive(Clone, Default)]
struct FailingDisk {
    faults: Arc<Mutex<Faults>>,
}

struct FailingFile {
    file: Arc<dyn SegmentFile>,
    faults: Arc<Mutex<Faults>>,
}

impl FailingDisk {
    fn set(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut lock(&self.faults));
    }

    fn around(&self, file: Arc<dyn SegmentFile>) -> Arc<dyn SegmentFile> {
        Arc::new(FailingFile { file, faults: Arc::clone(&self.faults) })
    }

    /// A trail of which nothing is synced in the background, so that the test decides when.
    fn trail(&self, folder: &Path, segment_bytes: u64) -> Trail {
        self.syncing_trail(folder, segment_bytes, Duration::from_secs(86_400))
    }

    fn syncing_trail(&self, folder: &Path, segment_bytes: u64, sync_interval: Duration) -> Trail {
        let options = Options { segment_bytes, sync_interval };
        Trail::open_on(Arc::new(self.clone()), folder, options, 0).unwrap()
    }
}

impl Disk for FailingDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn SegmentFile>> {
        if lock(&self.faults).room == Some(0) {
            return Err(ErrorKind::StorageFull.into());
        }
        RealDisk.create(path).map(|file| self.around(file))
    }

    fn reopen(&self, path: &Path) -> io::Result<Arc<dyn SegmentFile>> {
        RealDisk.reopen(path).map(|file| self.around(file))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        RealDisk.sync_folder(folder)
    }
}

impl SegmentFile for FailingFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let mut faults = lock(&self.faults);
        let room = faults.room.unwrap_or(usize::MAX);
        let fits = bytes.len().min(room);
        faults.room = faults.room.map(|room| room - fits);
        self.file.append(&bytes[..fits])?;
        if fits < bytes.len() { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        if lock(&self.faults).truncate_fails {
            return Err(io::Error::other("no"));
        }
        self.file.truncate(length)
    }

    fn sync(&self) -> io::Result<()> {
        let faults = lock(&self.faults);
        if let Some(told) = &faults.sync_tried {
            let _perhaps_nobody_listens = told.send(());
        }
        if faults.sync_fails { Err(io::Error::other("no")) } else { self.file.sync() }
    }

    fn rewrite(&self, from: u64, to: u64) -> io::Result<()> {
        lock(&self.faults).rewrites += 1;
        self.file.rewrite(from, to)
    }
}

const EVENT: &[u8] = br#"{"eventName":"GetSecretValue"}"#;

fn verified(folder: &Path) -> Report {
    let report = verify(folder, &Expectations::default()).unwrap();
    assert_eq!(report.problem, None);
    report
}

#[test]
fn a_full_disk_refuses_events_and_takes_them_again_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FailingDisk::default();
    let trail = disk.trail(folder.path(), 1 << 20);
    trail.append(EVENT).unwrap();
    for room in [0, 1, 40, 100] {
        disk.set(|faults| faults.room = Some(room));
        assert!(matches!(trail.append(EVENT), Err(TrailError::File { action: "write to", .. })));
        assert_eq!(verified(folder.path()).records, 1, "nothing of a refused event is left");
    }
    disk.set(|faults| faults.room = None);
    assert_eq!(trail.append(EVENT).unwrap().sequence, 2);
    assert_eq!(verified(folder.path()).records, 2);
}

#[test]
fn of_a_batch_that_does_not_fit_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FailingDisk::default();
    let trail = disk.trail(folder.path(), 1 << 20);
    disk.set(|faults| faults.room = Some(300));
    assert!(trail.append_many(&[EVENT; 8]).is_err());
    assert_eq!(verified(folder.path()).records, 0);
    disk.set(|faults| faults.room = None);
    assert_eq!(trail.append_many(&[EVENT; 8]).unwrap().sequence, 8);
    assert_eq!(verified(folder.path()).records, 8);
}

#[test]
fn a_half_written_line_that_cannot_be_cut_away_blocks_the_trail_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FailingDisk::default();
    let trail = disk.trail(folder.path(), 1 << 20);
    trail.append(EVENT).unwrap();
    disk.set(|faults| (faults.room, faults.truncate_fails) = (Some(200), true));
    assert!(trail.append_many(&[EVENT; 3]).is_err());
    disk.set(|faults| faults.room = None);
    assert!(matches!(trail.append(EVENT), Err(TrailError::File { action: "truncate", .. })));
    // One whole line of the refused batch is in the file, and shown to nobody.
    assert_eq!(trail.read_from(1).count(), 1);
    disk.set(|faults| faults.truncate_fails = false);
    assert_eq!(trail.append(EVENT).unwrap().sequence, 2);
    assert_eq!(verified(folder.path()).records, 2);
}

#[test]
fn a_reader_that_read_ahead_into_a_refused_write_gives_what_was_written_instead() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FailingDisk::default();
    let trail = disk.trail(folder.path(), 1 << 20);
    trail.append(EVENT).unwrap();
    disk.set(|faults| (faults.room, faults.truncate_fails) = (Some(200), true));
    assert!(trail.append_many(&[EVENT; 3]).is_err());
    let mut reader = trail.read_from(1);
    assert_eq!(reader.next().unwrap().unwrap().sequence, 1);
    disk.set(|faults| *faults = Faults::default());
    trail.append(br#"{"eventName":"CreateSecret!!"}"#).unwrap();
    let line = String::from_utf8(reader.next().unwrap().unwrap().line).unwrap();
    assert!(line.contains("CreateSecret!!"), "{line}");
}

#[test]
fn a_segment_that_cannot_be_made_refuses_events_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FailingDisk::default();
    let trail = disk.trail(folder.path(), 1);
    trail.append(EVENT).unwrap();
    disk.set(|faults| faults.room = Some(0));
    assert!(matches!(trail.append(EVENT), Err(TrailError::File { action: "create", .. })));
    disk.set(|faults| faults.room = None);
    trail.append(EVENT).unwrap();
    let report = verified(folder.path());
    assert_eq!((report.segments, report.records), (2, 2));
}

#[test]
fn lines_that_do_not_reach_the_disk_stop_the_trail_until_they_do() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FailingDisk::default();
    let trail = disk.trail(folder.path(), 150);
    trail.append_many(&[EVENT; 2]).unwrap();
    trail.append(EVENT).unwrap();
    disk.set(|faults| faults.sync_fails = true);
    assert!(trail.sync().is_err());
    assert!(matches!(trail.append(EVENT), Err(TrailError::Unsynced { .. })));
    assert!(trail.sync().is_err());
    disk.set(|faults| faults.sync_fails = false);
    trail.sync().unwrap();
    // The kernel may have taken the lines for written, so both segments were written once more.
    let rewrites = lock(&disk.faults).rewrites;
    assert!(rewrites >= 2, "{rewrites}");
    assert_eq!(trail.append(EVENT).unwrap().sequence, 4);
    assert_eq!(verified(folder.path()).records, 4);
}

#[test]
fn lines_are_brought_to_disk_unasked_and_again_after_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FailingDisk::default();
    let (sender, tried) = channel();
    disk.set(|faults| (faults.sync_tried, faults.sync_fails) = (Some(sender), true));
    let trail = disk.syncing_trail(folder.path(), 1 << 20, Duration::from_millis(1));
    trail.append(EVENT).unwrap();
    tried.recv().unwrap();
    tried.recv().unwrap();
    assert!(matches!(trail.append(EVENT), Err(TrailError::Unsynced { .. })));
    disk.set(|faults| faults.sync_fails = false);
    while trail.append(EVENT).is_err() {
        std::thread::yield_now();
    }
    assert_eq!(trail.position().sequence, 2);
}

#[test]
fn closing_tells_when_lines_did_not_reach_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FailingDisk::default();
    let trail = disk.trail(folder.path(), 1 << 20);
    trail.append(EVENT).unwrap();
    disk.set(|faults| faults.sync_fails = true);
    assert!(trail.close().is_err());
    assert!(matches!(trail.append(EVENT), Err(TrailError::Closed)));
}
