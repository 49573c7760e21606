//! Work that time starts: what a job is.

use std::collections::HashSet;

use strongroom_wire::{Result, Timestamp};

use crate::BoxFuture;
use crate::call::Circumstances;

/// Due work of one service: rotation, deletion at the end of a recovery window, clean-up.
///
/// A job takes no input and is idempotent: it finds what is due through a time-ordered index, does a
/// bounded batch of it, and leaves the rest for its next run. A crash at any step is made good by the
/// run after it.
pub trait Job: Send + Sync {
    /// Its name in logs and metrics, in the imperative: `delete_expired_secrets`.
    fn name(&self) -> &'static str;

    /// The service principal that it runs as: `secretsmanager.amazonaws.com`.
    fn principal(&self) -> &'static str;

    /// How long after one run the next one begins, in milliseconds.
    fn period_millis(&self) -> i64;

    /// Does what is due at `circumstances.now`.
    ///
    /// The caller is the job's principal in the server's first account. Work for another account is
    /// done as that account's principal: `Circumstances { caller: &caller, ..*circumstances }`.
    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>>;
}

/// What one run of a job came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many things were done.
    pub done: u64,
    /// Whether more is due already, so that the next run should follow at once.
    pub more: bool,
}

/// Due work of which a single piece may last minutes, such as the rotation of a secret.
///
/// Pieces run beside the [jobs](Job) and beside each other, so many at a time and no more. As with jobs,
/// a crash at any moment is made good by whoever finds the piece due afterwards.
pub trait LongJob: Send + Sync {
    /// Its name in logs and metrics, in the imperative: `rotate_due_secrets`.
    fn name(&self) -> &'static str;

    /// The service principal that it runs as: `secretsmanager.amazonaws.com`.
    fn principal(&self) -> &'static str;

    /// Pieces that run at the same time, at most.
    fn most_at_once(&self) -> usize;

    /// Up to `most` pieces that are due at `now`, by names of their own, and none of those that are
    /// `running`. Found through a time-ordered index.
    fn due<'a>(
        &'a self,
        now: Timestamp,
        most: usize,
        running: &'a HashSet<String>,
    ) -> BoxFuture<'a, Result<Vec<String>>>;

    /// Does a piece to its end, or as far as it goes now. Since that lasts, the time is asked for:
    /// `clock` tells it, `circumstances.now` only when the piece began.
    fn work<'a>(
        &'a self,
        piece: &'a str,
        circumstances: &'a Circumstances<'a>,
        clock: &'a TellTime,
    ) -> BoxFuture<'a, Result<()>>;
}

/// Tells the time.
pub type TellTime = dyn Fn() -> Timestamp + Send + Sync;
