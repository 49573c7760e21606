//! The trail of a server that keeps everything: the end of the last segment, open for writing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Disk, SegmentFile};
use crate::line::LineMaker;
use crate::segment;
use crate::{Position, TrailError};

/// Everything that one append at a time may change.
pub(crate) struct Log {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    segment_bytes: u64,
    opened_ms: u64,
    position: Position,
    current: Option<Current>,
    /// Segments that are full but not yet on disk.
    full: Vec<Unsynced>,
    /// Whether a segment was made whose name is not yet on disk.
    is_folder_unsynced: bool,
    /// Why lines could not be brought to disk, while that lasts.
    sync_failure: Option<String>,
    is_closed: bool,
    maker: LineMaker,
    batch: Vec<u8>,
}

/// The segment being written.
struct Current {
    file: Arc<dyn SegmentFile>,
    path: PathBuf,
    /// The length of all complete, acknowledged lines.
    written: u64,
    /// How much of it is on disk.
    synced: u64,
    /// Whether a failed write may have left bytes behind `written`.
    is_ragged: bool,
}

/// A stretch of a segment that is not yet on disk.
#[derive(Clone)]
pub(crate) struct Unsynced {
    pub(crate) file: Arc<dyn SegmentFile>,
    pub(crate) path: PathBuf,
    pub(crate) from: u64,
    pub(crate) to: u64,
}

/// What has to be brought to disk.
pub(crate) struct SyncWork {
    pub(crate) stretches: Vec<Unsynced>,
    pub(crate) is_folder_unsynced: bool,
    /// The last attempt failed, so the bytes must be written again first.
    pub(crate) is_retry: bool,
}

impl Log {
    /// A log that goes on after `position`.
    pub(crate) fn new(
        folder: &Path,
        disk: Arc<dyn Disk>,
        segment_bytes: u64,
        opened_ms: u64,
        position: Position,
    ) -> Self {
        Self {
            folder: folder.into(),
            disk,
            segment_bytes,
            opened_ms,
            position,
            current: None,
            full: Vec::new(),
            is_folder_unsynced: true,
            sync_failure: None,
            is_closed: false,
            maker: LineMaker::default(),
            batch: Vec::new(),
        }
    }

    /// Goes on writing at the end of a segment that exists.
    pub(crate) fn resume(&mut self, path: PathBuf, written: u64) -> Result<(), TrailError> {
        let file = self.disk.reopen(&path).map_err(failed("open", &path))?;
        // Whoever wrote it may have died before bringing it to disk.
        self.current = Some(Current { file, path, written, synced: 0, is_ragged: false });
        Ok(())
    }

    /// Writes one event. On an error nothing is written and the next append may succeed.
    pub(crate) fn append(&mut self, event: &[u8]) -> Result<Position, TrailError> {
        self.make_ready(event)?;
        let Some(current) = &mut self.current else { return Err(TrailError::Closed) };
        let (line, position) = self.maker.chain(&self.position, event);
        current.write(line)?;
        self.position = position;
        Ok(position)
    }

    /// Writes several events with one write: all of them or none.
    pub(crate) fn append_many(&mut self, events: &[&[u8]]) -> Result<Position, TrailError> {
        let Some(first) = events.first() else { return Ok(self.position) };
        self.make_ready(first)?;
        let Some(current) = &mut self.current else { return Err(TrailError::Closed) };
        let mut end = self.position;
        self.batch.clear();
        for event in events {
            let (line, position) = self.maker.chain(&end, event);
            self.batch.extend_from_slice(line);
            end = position;
        }
        current.write(&self.batch)?;
        self.position = end;
        Ok(end)
    }

    /// Lets the next event begin a new segment.
    pub(crate) fn finish_segment(&mut self) {
        let is_worth_it = |current: &mut Current| current.written > 0 && !current.is_ragged;
        if let Some(full) = self.current.take_if(is_worth_it) {
            self.full.extend(full.unsynced());
        }
    }

    pub(crate) fn position(&self) -> Position {
        self.position
    }

    pub(crate) fn close(&mut self) {
        self.is_closed = true;
    }

    /// What is not yet on disk.
    pub(crate) fn sync_work(&self) -> SyncWork {
        let current = self.current.as_ref().and_then(Current::unsynced);
        SyncWork {
            stretches: self.full.iter().cloned().chain(current).collect(),
            is_folder_unsynced: self.is_folder_unsynced,
            is_retry: self.sync_failure.is_some(),
        }
    }

    /// Takes note that `work` is on disk. Only one piece of work may be under way at a time.
    pub(crate) fn synced(&mut self, work: &SyncWork) {
        self.sync_failure = None;
        self.is_folder_unsynced &= !work.is_folder_unsynced;
        for done in &work.stretches {
            self.full.retain(|full| full.path != done.path || full.to > done.to);
            if let Some(current) = self.current.as_mut().filter(|one| one.path == done.path) {
                current.synced = done.to;
            }
        }
    }

    /// Takes note that lines did not reach the disk. Until they do, nothing more is accepted.
    pub(crate) fn sync_failed(&mut self, error: &TrailError) {
        self.sync_failure = Some(error.to_string());
    }

    /// Sees to it that the current segment can take the next line, which holds `event`.
    fn make_ready(&mut self, event: &[u8]) -> Result<(), TrailError> {
        if self.is_closed {
            return Err(TrailError::Closed);
        }
        if let Some(reason) = &self.sync_failure {
            return Err(TrailError::Unsynced { reason: reason.clone() });
        }
        if let Some(current) = &mut self.current {
            current.cut_ragged_end()?;
            if current.written < self.segment_bytes {
                return Ok(());
            }
        }
        self.begin_segment(event)
    }

    fn begin_segment(&mut self, event: &[u8]) -> Result<(), TrailError> {
        let name = segment::name(self.position.sequence + 1, event, self.opened_ms);
        let path = self.folder.join(name);
        let file = self.disk.create(&path).map_err(failed("create", &path))?;
        self.is_folder_unsynced = true;
        let next = Current { file, path, written: 0, synced: 0, is_ragged: false };
        let full = self.current.replace(next);
        self.full.extend(full.and_then(|full| full.unsynced()));
        Ok(())
    }
}

impl Current {
    fn write(&mut self, lines: &[u8]) -> Result<(), TrailError> {
        if let Err(source) = self.file.append(lines) {
            self.is_ragged = true;
            // Best effort for whoever reads the file now; the next append insists on it.
            let _tried_again_later = self.cut_ragged_end();
            return Err(failed("write to", &self.path)(source));
        }
        self.written += lines.len() as u64;
        Ok(())
    }

    fn cut_ragged_end(&mut self) -> Result<(), TrailError> {
        if self.is_ragged {
            self.file.truncate(self.written).map_err(failed("truncate", &self.path))?;
            self.is_ragged = false;
        }
        Ok(())
    }

    fn unsynced(&self) -> Option<Unsynced> {
        (self.synced < self.written).then(|| Unsynced {
            file: Arc::clone(&self.file),
            path: self.path.clone(),
            from: self.synced,
            to: self.written,
        })
    }
}

/// Turns what the system said about `path` into an error of ours.
pub(crate) fn failed(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> TrailError {
    move |source| TrailError::File { action, path: path.into(), source }
}
