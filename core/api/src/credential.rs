//! An access key as signatures are checked with it, and who calls with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use strongroom_wire::{Sensitive, Timestamp};

use crate::caller::Caller;

/// An access key, long-term or of a session, ready to check signatures and to decide with.
#[derive(Debug)]
pub struct Credential {
    /// `AKIA…` or `ASIA…`.
    pub access_key_id: String,
    /// The 12 digits of the account that owns it.
    pub account: String,
    /// The secret access key.
    pub secret: Sensitive<String>,
    /// Rises whenever anything changes that this was made from.
    pub generation: u64,
    /// Whether it may be used.
    pub active: bool,
    /// Who calls with it.
    pub caller: Arc<Caller>,
    /// When its use was noted last.
    pub used: LastNoted,
}

/// When something was noted last, for those who need not know each time.
#[derive(Debug, Default)]
pub struct LastNoted(AtomicI64);

impl LastNoted {
    /// Whether more than `coarse_millis` have passed since this last said so; `now` counts as noted then.
    pub fn is_news(&self, now: Timestamp, coarse_millis: i64) -> bool {
        let (now, noted) = (now.millis(), self.0.load(Ordering::Relaxed));
        if now.abs_diff(noted) < coarse_millis.unsigned_abs() {
            return false;
        }
        // Of several at the same time one has the news.
        self.0.compare_exchange(noted, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}
