//! Which keys changed lately: whether a snapshot from before is still good for a key.

use std::sync::atomic::{AtomicU64, Ordering};

use strongroom_store::Revision;

/// Half a megabyte of them: with fewer, many changes of other keys soon make every snapshot look too old,
/// and each new one begins without the pages that the one before had read.
const BUCKETS: usize = 65_536;

/// The latest revision, for groups of keys. It may say that an unchanged key has changed, never the
/// reverse.
///
/// The writer announces a revision *before* it becomes visible to any connection. So a reader who
/// finds nothing announced after its snapshot began reading before anyone could have seen the change,
/// and its old answer is still a true one.
pub struct Recent {
    buckets: Box<[AtomicU64]>,
    all: AtomicU64,
}

impl Recent {
    /// For a store at `revision`.
    pub fn new(revision: Revision) -> Self {
        let buckets = (0..BUCKETS).map(|_| AtomicU64::new(0)).collect();
        Self { buckets, all: AtomicU64::new(revision) }
    }

    /// `revision` is about to change the row with the number `id`.
    pub fn announce(&self, id: i64, revision: Revision) {
        self.bucket(id).fetch_max(revision, Ordering::SeqCst);
        self.all.fetch_max(revision, Ordering::SeqCst);
    }

    /// Whether nothing is announced for `id` after `snapshot`.
    pub fn unchanged(&self, id: i64, snapshot: Revision) -> bool {
        self.bucket(id).load(Ordering::SeqCst) <= snapshot
    }

    /// Whether nothing at all is announced after `snapshot`.
    pub fn all_unchanged(&self, snapshot: Revision) -> bool {
        self.all.load(Ordering::SeqCst) <= snapshot
    }

    fn bucket(&self, id: i64) -> &AtomicU64 {
        &self.buckets[id.cast_unsigned() as usize % BUCKETS]
    }
}
