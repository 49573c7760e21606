//! Bringing lines to disk in the background, and waking followers on that occasion.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::TrailError;
use crate::disk::Disk;
use crate::follow::Head;
use crate::log::{Log, SyncWork, failed};

/// Brings lines to disk, at most once in an interval.
pub(crate) struct Syncer {
    pub(crate) log: Mutex<Log>,
    pub(crate) head: Arc<Head>,
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    interval: Duration,
    /// Whether anything was appended since the last sync began.
    is_dirty: AtomicBool,
    is_stopped: Mutex<bool>,
    changed: Condvar,
    /// One sync at a time, so that what is noted as done is done.
    syncing: Mutex<()>,
}

impl Syncer {
    pub(crate) fn new(
        log: Log,
        head: Arc<Head>,
        folder: PathBuf,
        disk: Arc<dyn Disk>,
        interval: Duration,
    ) -> Self {
        Self {
            log: Mutex::new(log),
            head,
            folder,
            disk,
            interval,
            is_dirty: AtomicBool::new(true),
            is_stopped: Mutex::new(false),
            changed: Condvar::new(),
            syncing: Mutex::new(()),
        }
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    /// Says that there is something to bring to disk. Costs next to nothing except once in an
    /// interval.
    pub(crate) fn mark_dirty(&self) {
        if !self.is_dirty.load(Ordering::Relaxed) && !self.is_dirty.swap(true, Ordering::AcqRel) {
            let _stopped = lock(&self.is_stopped);
            self.changed.notify_one();
        }
    }

    /// Ends `run`.
    pub(crate) fn stop(&self) {
        *lock(&self.is_stopped) = true;
        self.changed.notify_one();
    }

    /// Brings lines to disk until stopped.
    pub(crate) fn run(&self) {
        while self.wait_for_lines() {
            // The first line after a pause is told at once, those that follow with the sync.
            self.head.wake();
            if !self.wait_for_interval() {
                return;
            }
            self.is_dirty.store(false, Ordering::Release);
            // A failure is noted in the log and told by the appends that it makes fail.
            let _noted = self.sync();
            self.head.wake();
        }
    }

    /// Brings everything appended so far to disk.
    pub(crate) fn sync(&self) -> Result<(), TrailError> {
        let _one_at_a_time = lock(&self.syncing);
        let work = self.log().sync_work();
        let done = self.perform(&work);
        match &done {
            Ok(()) => self.log().synced(&work),
            Err(error) => {
                self.log().sync_failed(error);
                // Appends are refused until it succeeds, so it is tried again without being asked.
                self.mark_dirty();
            }
        }
        done
    }

    fn perform(&self, work: &SyncWork) -> Result<(), TrailError> {
        for stretch in &work.stretches {
            if work.is_retry {
                let rewritten = stretch.file.rewrite(stretch.from, stretch.to);
                rewritten.map_err(failed("write again to", &stretch.path))?;
            }
            stretch.file.sync().map_err(failed("sync", &stretch.path))?;
        }
        if work.is_folder_unsynced {
            self.disk.sync_folder(&self.folder).map_err(failed("sync", &self.folder))?;
        }
        Ok(())
    }

    /// Whether to go on: false once stopped.
    fn wait_for_lines(&self) -> bool {
        let idle = |stopped: &mut bool| !*stopped && !self.is_dirty.load(Ordering::Acquire);
        let stopped = self.changed.wait_while(lock(&self.is_stopped), idle);
        !*stopped.unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether to go on: false once stopped.
    fn wait_for_interval(&self) -> bool {
        let stopped = lock(&self.is_stopped);
        let waited = self.changed.wait_timeout_while(stopped, self.interval, |stopped| !*stopped);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// A lock is never given up because a thread died while holding it: each change of what it guards
/// is complete before anything can fail.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
