//! Changes: the bounded log of the latest ones, and the watches that read it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::{Range, Revision};

/// A key was written or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which key.
    pub key: String,
    /// By which transaction.
    pub revision: Revision,
    /// Whether the key was removed.
    pub deleted: bool,
}

/// Some of the changes asked for are no longer known: scan, then watch from the page's revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("changes up to revision {floor} are no longer known")]
pub struct Compacted {
    /// The smallest revision that can still be watched from.
    pub floor: Revision,
}

/// The latest changes of a store, bounded in number and bytes, for any number of watches.
///
/// A watch holds no queue of its own, so a reader that lags costs nothing and is told so.
#[derive(Clone)]
pub struct ChangeLog {
    shared: Arc<Shared>,
}

struct Shared {
    log: Mutex<Log>,
    moved: Notify,
}

struct Log {
    changes: VecDeque<Change>,
    /// How many changes were forgotten: the number of the first one in `changes`.
    forgotten: u64,
    /// No change up to this revision is known.
    floor: Revision,
    revision: Revision,
    bytes: usize,
    max_changes: usize,
    max_bytes: usize,
    closed: bool,
}

impl ChangeLog {
    /// An empty log of a store that stands at `revision`, for at most `max_changes` changes whose
    /// keys take at most `max_bytes`.
    pub fn new(revision: Revision, max_changes: usize, max_bytes: usize) -> Self {
        let log = Log {
            changes: VecDeque::new(),
            forgotten: 0,
            floor: revision,
            revision,
            bytes: 0,
            max_changes,
            max_bytes,
            closed: false,
        };
        Self { shared: Arc::new(Shared { log: Mutex::new(log), moved: Notify::new() }) }
    }

    /// Appends the changes of committed transactions, in order, and moves to `revision`.
    pub fn append(&self, changes: impl IntoIterator<Item = Change>, revision: Revision) {
        let mut log = self.shared.lock();
        log.revision = revision;
        for change in changes {
            log.bytes += change.key.len();
            log.changes.push_back(change);
        }
        log.forget_the_oldest();
        drop(log);
        self.shared.moved.notify_waiters();
    }

    /// Moves to `revision` without knowing the changes in between: every watch is told to look anew.
    pub fn restart(&self, revision: Revision) {
        let mut log = self.shared.lock();
        // One more than there were, so that a watch that has seen them all is behind as well.
        log.forgotten += log.changes.len() as u64 + 1;
        log.changes.clear();
        log.bytes = 0;
        log.floor = revision;
        log.revision = revision;
        drop(log);
        self.shared.moved.notify_waiters();
    }

    /// The changes of `range` with a revision above `from`.
    ///
    /// # Errors
    /// [`Compacted`] if some of them were forgotten.
    pub fn watch(&self, range: Range, from: Revision) -> Result<Watch, Compacted> {
        let log = self.shared.lock();
        if from < log.floor {
            return Err(Compacted { floor: log.floor });
        }
        let known = log.changes.partition_point(|change| change.revision <= from);
        let next = log.forgotten + known as u64;
        Ok(Watch { shared: Arc::clone(&self.shared), range, from, next, ended: false })
    }

    /// The revision of the last transaction appended.
    pub fn revision(&self) -> Revision {
        self.shared.lock().revision
    }

    /// Ends every watch once it has yielded what is in the log.
    pub fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.moved.notify_waiters();
    }
}

impl Log {
    fn forget_the_oldest(&mut self) {
        while self.changes.len() > self.max_changes || self.bytes > self.max_bytes {
            let Some(oldest) = self.changes.pop_front() else {
                return;
            };
            self.bytes -= oldest.key.len();
            self.forgotten += 1;
            self.floor = oldest.revision;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The changes of a range, in order, none twice and none left out.
pub struct Watch {
    shared: Arc<Shared>,
    range: Range,
    from: Revision,
    /// The number, counted from the first ever appended, of the next change to look at.
    next: u64,
    ended: bool,
}

enum Step {
    Yield(Option<Result<Change, Compacted>>),
    Wait,
}

impl Watch {
    /// The next change; waits for it. `Compacted` if this reader fell so far behind that changes
    /// are lost to it; `None` after that, and when the store was closed.
    pub async fn next(&mut self) -> Option<Result<Change, Compacted>> {
        let shared = Arc::clone(&self.shared);
        loop {
            // Registered before looking, or a change in between would be slept through.
            let mut moved = std::pin::pin!(shared.moved.notified());
            moved.as_mut().enable();
            match self.step() {
                Step::Yield(change) => return change,
                Step::Wait => moved.await,
            }
        }
    }

    fn step(&mut self) -> Step {
        if self.ended {
            return Step::Yield(None);
        }
        let log = self.shared.lock();
        let Some(mut at) = self.next.checked_sub(log.forgotten).map(|at| at as usize) else {
            self.ended = true;
            return Step::Yield(Some(Err(Compacted { floor: log.floor })));
        };
        while let Some(change) = log.changes.get(at) {
            at += 1;
            self.next += 1;
            if change.revision > self.from && self.range.contains(&change.key) {
                return Step::Yield(Some(Ok(change.clone())));
            }
        }
        if log.closed { Step::Yield(None) } else { Step::Wait }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
mod tests {
    use super::{Change, ChangeLog, Compacted};
    use crate::Range;

    fn change(key: &str, revision: u64) -> Change {
        Change { key: key.into(), revision, deleted: false }
    }

    #[test]
    fn a_log_forgets_the_oldest_and_says_so() {
        let log = ChangeLog::new(10, 2, 1000);
        log.append([change("a", 11), change("b", 12), change("c", 13)], 13);
        assert_eq!(log.watch(Range::all(), 10).err(), Some(Compacted { floor: 11 }));
        assert!(log.watch(Range::all(), 11).is_ok());
    }

    #[test]
    fn a_transaction_that_is_half_forgotten_cannot_be_watched() {
        let log = ChangeLog::new(0, 2, 1000);
        log.append([change("a", 1), change("b", 1), change("c", 1)], 1);
        assert_eq!(log.watch(Range::all(), 0).err(), Some(Compacted { floor: 1 }));
    }

    #[test]
    fn long_keys_count_by_their_bytes() {
        let log = ChangeLog::new(0, 100, 10);
        log.append([change("123456", 1), change("123456", 2)], 2);
        assert_eq!(log.watch(Range::all(), 0).err(), Some(Compacted { floor: 1 }));
    }

    #[tokio::test]
    async fn a_reader_that_lags_is_told_once_and_then_ends() {
        let log = ChangeLog::new(0, 2, 1000);
        let mut watch = log.watch(Range::all(), 0).unwrap();
        log.append([change("a", 1)], 1);
        assert_eq!(watch.next().await, Some(Ok(change("a", 1))));
        log.append([change("b", 2), change("c", 3), change("d", 4)], 4);
        assert_eq!(watch.next().await, Some(Err(Compacted { floor: 2 })));
        assert_eq!(watch.next().await, None);
    }

    #[tokio::test]
    async fn a_restart_reaches_even_a_watch_that_has_seen_everything() {
        let log = ChangeLog::new(0, 10, 1000);
        log.append([change("a", 1)], 1);
        let mut watch = log.watch(Range::all(), 1).unwrap();
        log.restart(2);
        assert_eq!(watch.next().await, Some(Err(Compacted { floor: 2 })));
        log.append([change("b", 3)], 3);
        let mut watch = log.watch(Range::all(), 2).unwrap();
        assert_eq!(watch.next().await, Some(Ok(change("b", 3))));
    }

    #[tokio::test]
    async fn a_watch_from_the_future_stays_silent_until_then() {
        let log = ChangeLog::new(0, 10, 1000);
        let mut watch = log.watch(Range::all(), 2).unwrap();
        log.append([change("a", 1), change("b", 2), change("c", 3)], 3);
        assert_eq!(watch.next().await, Some(Ok(change("c", 3))));
    }
}
