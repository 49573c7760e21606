//! Work that time starts: what a job is.

use strongroom_wire::Result;

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
