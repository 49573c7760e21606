//! The trail, open for writing.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::disk::{Disk, RealDisk};
use crate::follow::Head;
use crate::line::check_event;
use crate::log::{Log, failed};
use crate::recover::recover;
use crate::ring::Ring;
use crate::sync::{Syncer, lock};
use crate::{Follower, Position, Reader, TrailError, head_file, segment};

/// How a trail is kept.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// A segment that has grown to this many bytes is followed by a new one.
    pub segment_bytes: u64,
    /// How long a line may wait before it is brought to disk.
    pub sync_interval: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 64 * 1024 * 1024, sync_interval: Duration::from_millis(100) }
    }
}

/// The trail, open for writing by this process alone. Shared by all threads.
pub struct Trail {
    head: Arc<Head>,
    kept: Kept,
}

enum Kept {
    InFolder(InFolder),
    InMemory(Arc<Mutex<Ring>>),
}

struct InFolder {
    folder: PathBuf,
    syncer: Arc<Syncer>,
    thread: Mutex<Option<JoinHandle<()>>>,
    set_aside: Vec<PathBuf>,
    /// Locked as long as the trail is open.
    lock: File,
}

impl Trail {
    /// Opens the trail in `folder`, or begins one. `now_ms`, since the epoch, names segments whose
    /// first event tells no time.
    ///
    /// Takes as long for a large trail as for a small one. A torn last line, which was never
    /// acknowledged, is moved to a file of its own, see [`set_aside`](Self::set_aside). Fails if
    /// the end of the trail is not what was written, or if another process has it open.
    pub fn open(folder: &Path, options: Options, now_ms: u64) -> Result<Self, TrailError> {
        Self::open_on(Arc::new(RealDisk), folder, options, now_ms)
    }

    /// A trail that keeps the latest `limit` lines in memory and nothing else.
    pub fn in_memory(limit: usize) -> Self {
        let kept = Kept::InMemory(Arc::new(Mutex::new(Ring::new(limit))));
        Self { head: Arc::new(Head::default()), kept }
    }

    /// Writes one event: a compact JSON object on one line, without `sequence` and `chain`.
    ///
    /// When it returns, the line is in the kernel's hands. On an error nothing was written, and the
    /// next call may succeed.
    pub fn append(&self, event: &[u8]) -> Result<Position, TrailError> {
        check_event(event)?;
        match &self.kept {
            Kept::InFolder(kept) => {
                let mut log = kept.syncer.log();
                let position = log.append(event)?;
                // Under the lock, so that the head never goes back.
                self.head.advance(position.sequence);
                drop(log);
                kept.syncer.mark_dirty();
                Ok(position)
            }
            Kept::InMemory(ring) => self.append_in_memory(ring, &[event]),
        }
    }

    /// Writes several events with a single write, all of them or none; returns the last position.
    pub fn append_many(&self, events: &[&[u8]]) -> Result<Position, TrailError> {
        events.iter().try_for_each(|event| check_event(event))?;
        match &self.kept {
            Kept::InFolder(kept) => {
                let mut log = kept.syncer.log();
                let position = log.append_many(events)?;
                self.head.advance(position.sequence);
                drop(log);
                kept.syncer.mark_dirty();
                Ok(position)
            }
            Kept::InMemory(ring) => self.append_in_memory(ring, events),
        }
    }

    /// Brings everything appended so far to disk.
    pub fn sync(&self) -> Result<(), TrailError> {
        match &self.kept {
            Kept::InFolder(kept) => kept.syncer.sync(),
            Kept::InMemory(_) => Ok(()),
        }
    }

    /// Lets the next event begin a new segment.
    pub fn rotate(&self) {
        if let Kept::InFolder(kept) = &self.kept {
            kept.syncer.log().finish_segment();
            kept.syncer.mark_dirty();
        }
    }

    /// The position after the last record.
    pub fn position(&self) -> Position {
        match &self.kept {
            Kept::InFolder(kept) => kept.syncer.log().position(),
            Kept::InMemory(ring) => lock(ring).position(),
        }
    }

    /// The records from `sequence` on, or from the oldest that is still there.
    pub fn read_from(&self, sequence: u64) -> Reader {
        match &self.kept {
            Kept::InFolder(kept) => {
                Reader::in_folder(&kept.folder, sequence, Some(Arc::clone(&self.head)))
            }
            Kept::InMemory(ring) => Reader::in_ring(Arc::clone(ring), sequence),
        }
    }

    /// The last `count` records, or all there are.
    pub fn tail(&self, count: u64) -> Reader {
        self.read_from(self.head.sequence().saturating_sub(count) + 1)
    }

    /// Tells of every record after `seen`.
    pub fn follow(&self, seen: u64) -> Follower {
        Follower::new(Arc::clone(&self.head), seen)
    }

    /// Where opening moved torn ends to; to be reported, nothing acknowledged is in them.
    pub fn set_aside(&self) -> &[PathBuf] {
        match &self.kept {
            Kept::InFolder(kept) => &kept.set_aside,
            Kept::InMemory(_) => &[],
        }
    }

    /// Brings everything to disk and notes the position; later appends fail. Dropping does the same
    /// but cannot tell of a failure.
    pub fn close(&self) -> Result<(), TrailError> {
        let closed = match &self.kept {
            Kept::InFolder(kept) => kept.close(),
            Kept::InMemory(ring) => {
                lock(ring).close();
                Ok(())
            }
        };
        self.head.close();
        closed
    }

    pub(crate) fn open_on(
        disk: Arc<dyn Disk>,
        folder: &Path,
        options: Options,
        now_ms: u64,
    ) -> Result<Self, TrailError> {
        segment::make_folder(folder).map_err(failed("create", folder))?;
        let lock = lock_folder(folder)?;
        let found = recover(folder)?;
        let head = Arc::new(Head::default());
        head.advance(found.position.sequence);
        let mut log =
            Log::new(folder, Arc::clone(&disk), options.segment_bytes, now_ms, found.position);
        if let Some((path, written)) = found.last {
            log.resume(path, written)?;
        }
        let interval = options.sync_interval;
        let syncer = Arc::new(Syncer::new(log, Arc::clone(&head), folder.into(), disk, interval));
        let thread = start(&syncer).map_err(failed("start syncing", folder))?;
        let kept = Kept::InFolder(InFolder {
            folder: folder.into(),
            syncer,
            thread: Mutex::new(Some(thread)),
            set_aside: found.set_aside,
            lock,
        });
        Ok(Self { head, kept })
    }

    fn append_in_memory(
        &self,
        ring: &Mutex<Ring>,
        events: &[&[u8]],
    ) -> Result<Position, TrailError> {
        let mut ring = lock(ring);
        let position = ring.append(events)?;
        self.head.advance(position.sequence);
        drop(ring);
        self.head.wake();
        Ok(position)
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        let _nobody_to_tell = self.close();
    }
}

impl InFolder {
    fn close(&self) -> Result<(), TrailError> {
        let Some(thread) = lock(&self.thread).take() else { return Ok(()) };
        self.syncer.stop();
        let _ended = thread.join();
        self.syncer.log().close();
        let synced = self.syncer.sync();
        let noted =
            synced.and_then(|()| head_file::write(&self.folder, &self.syncer.log().position()));
        // Said aloud: a process being started just now holds a copy of the file for a moment, and
        // merely closing ours would leave the folder locked for as long.
        let unlocked = self.lock.unlock().map_err(failed("unlock", &self.folder));
        noted.and(unlocked)
    }
}

fn start(syncer: &Arc<Syncer>) -> std::io::Result<JoinHandle<()>> {
    let syncer = Arc::clone(syncer);
    Builder::new().name("trail-sync".to_owned()).spawn(move || syncer.run())
}

fn lock_folder(folder: &Path) -> Result<File, TrailError> {
    let path = folder.join("lock");
    let mut options = OpenOptions::new();
    let lock = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
    let lock = lock.map_err(failed("create", &path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(TrailError::InUse { path: folder.into() }),
        Err(TryLockError::Error(source)) => Err(failed("lock", &path)(source)),
    }
}
