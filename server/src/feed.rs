//! The change feed: an ordered, resumable list of changes of secrets, derived from the trail.
//!
//! A change has the shape in which EventBridge hands on events of CloudTrail. It never has a value,
//! since no record has one. [`stream`] serves it to callers as server-sent events, [`webhook`] posts it
//! to an address of the operator's.

pub mod change;
pub mod cursor;
pub mod stream;
pub mod webhook;

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances};
use strongroom_trail::{Reader, Trail, TrailError};

use change::Change;

/// Who may see which secrets.
pub trait SeesSecrets: Send + Sync {
    /// The ARN of the secret with this name or ARN, if it is one of the caller's account that the
    /// caller may describe.
    fn seen<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        id: &'a str,
    ) -> BoxFuture<'a, Option<String>>;
}

/// Nobody sees anything: for servers without secrets.
pub struct SeesNothing;

impl SeesSecrets for SeesNothing {
    fn seen<'a>(&'a self, _: &'a Circumstances<'a>, _: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async { None })
    }
}

/// What was read of the trail at once.
pub struct Batch {
    /// The changes.
    pub changes: Vec<Change>,
    /// Up to which record it was read.
    pub read_to: u64,
    /// Whether there is nothing more at the moment.
    pub is_all: bool,
    reader: Reader,
}

/// Reads changes from the trail, in order.
pub struct Changes {
    trail: Arc<Trail>,
    reader: Option<Reader>,
    /// Up to which record it was read.
    read_to: u64,
}

/// Records that are read at once, and changes that are found among them.
const MOST_RECORDS: usize = 4_096;
const MOST_CHANGES: usize = 64;

impl Changes {
    /// The changes after record `cursor`.
    #[must_use]
    pub fn after(trail: Arc<Trail>, cursor: u64) -> Self {
        Self { trail, reader: None, read_to: cursor }
    }

    /// The next changes, as far as they are written.
    ///
    /// # Errors
    /// The trail cannot be read; asking again begins after what was read.
    pub async fn next(&mut self) -> Result<Batch, TrailError> {
        let reader = self.reader.take();
        let reader = reader.unwrap_or_else(|| self.trail.read_from(self.read_to + 1));
        let read_to = self.read_to;
        let read = tokio::task::spawn_blocking(move || read(reader, read_to)).await;
        let mut batch = read.map_err(|_| TrailError::Closed)??;
        self.read_to = batch.read_to;
        // An empty reader takes its place until the next call.
        let spent = self.trail.read_from(u64::MAX);
        self.reader = Some(std::mem::replace(&mut batch.reader, spent));
        Ok(batch)
    }
}

fn read(mut reader: Reader, mut read_to: u64) -> Result<Batch, TrailError> {
    let mut changes = Vec::new();
    for _ in 0..MOST_RECORDS {
        let Some(entry) = reader.next() else {
            return Ok(Batch { changes, read_to, is_all: true, reader });
        };
        let entry = entry?;
        read_to = entry.sequence;
        changes.extend(Change::of(&entry));
        if changes.len() >= MOST_CHANGES {
            break;
        }
    }
    Ok(Batch { changes, read_to, is_all: false, reader })
}
