//! Seals records of earlier generations of the keyring anew, a thousand at a time.
//!
//! It counts, seals what it counted, and counts again, until there is nothing left to seal. How far it
//! has come is stored with what it seals, so that the next process goes on where this one ended.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use strongroom_api::{BoxFuture, Circumstances, Error, Job, Report};
use strongroom_records::{Changes, Inner, Record, RecordError, Records, Resealed};

/// The job.
pub struct Reseal {
    records: Arc<Records>,
    inners: Vec<Inner>,
    /// Records that need an earlier generation, as far as is known.
    left: Arc<AtomicU64>,
    progress: Mutex<Option<Progress>>,
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    /// The generation that records are to be sealed by.
    generation: u32,
    stage: Stage,
    /// The last key that was looked at in this stage.
    after: String,
    /// Records that need an earlier generation.
    left: u64,
    /// How many times everything was gone through.
    rounds: u32,
    /// Records sealed anew in the latest round.
    sealed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    /// Counts what is left.
    Counting,
    /// Seals it anew.
    Sealing,
    /// Nothing is left, but for what is damaged.
    Done,
}

impl Record for Progress {
    const KIND: &'static str = "progress of sealing anew";
}

const PLACE: &str = "system/reseal";
/// Pages of the store that are counted at a time.
const PAGES: usize = 5;

impl Reseal {
    /// Seals `records` anew, and what `inners` hold; `left` tells how many are left.
    #[must_use]
    pub fn new(records: Arc<Records>, inners: Vec<Inner>, left: Arc<AtomicU64>) -> Self {
        Self { records, inners, left, progress: Mutex::default() }
    }

    async fn step(&self) -> Result<u64, RecordError> {
        let keyring = self.records.keyring();
        if !keyring.holds_earlier() {
            self.left.store(0, Ordering::Relaxed);
            return Ok(0);
        }
        let mut progress = self.progress().await?;
        if progress.generation != keyring.current_generation() {
            progress = Progress::of(keyring.current_generation());
        }
        let done = match progress.stage {
            Stage::Counting => self.count(&mut progress).await.map(|()| 0)?,
            Stage::Sealing => self.seal(&mut progress).await?,
            Stage::Done => 0,
        };
        if progress.stage != Stage::Counting {
            self.left.store(progress.left, Ordering::Relaxed);
        }
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
        Ok(done)
    }

    async fn progress(&self) -> Result<Progress, RecordError> {
        let known = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let stored = self.records.get::<Progress>(PLACE).await?;
        let stored = stored.map(|stored| stored.value.clone());
        // What was damaged may have been mended; and counting that was cut off begins anew.
        let is_of_use = |progress: &Progress| match progress.stage {
            Stage::Counting => false,
            Stage::Sealing => true,
            Stage::Done => progress.left == 0,
        };
        let current = self.records.keyring().current_generation();
        Ok(stored.filter(is_of_use).unwrap_or_else(|| Progress::of(current)))
    }

    async fn count(&self, progress: &mut Progress) -> Result<(), RecordError> {
        let counted = self.records.count_generations(&self.inners, &progress.after, PAGES).await?;
        let earlier = counted.by_generation.range(..progress.generation);
        progress.left += earlier.map(|(_, records)| records).sum::<u64>();
        if let Some(next) = counted.next {
            progress.after = next;
            return Ok(());
        }
        progress.after.clear();
        // A round that sealed nothing leaves only what does not open.
        let was_vain = progress.rounds > 0 && progress.sealed == 0;
        progress.stage = if progress.left == 0 || was_vain { Stage::Done } else { Stage::Sealing };
        progress.sealed = 0;
        progress.tell();
        let mut changes = self.records.changes();
        changes.put(PLACE, progress)?;
        self.records.commit(changes).await.map(drop)
    }

    async fn seal(&self, progress: &mut Progress) -> Result<u64, RecordError> {
        let before = progress.clone();
        let note = |changes: &mut Changes<'_>, then: &Resealed| {
            changes.put(PLACE, &before.clone().advanced(then))
        };
        let then =
            self.records.reseal(&self.inners, before.generation, &before.after, note).await?;
        *progress = before.advanced(&then);
        Ok(then.done)
    }
}

impl Progress {
    fn of(generation: u32) -> Self {
        let (after, stage) = (String::new(), Stage::Counting);
        Self { generation, stage, after, left: 0, rounds: 0, sealed: 0 }
    }

    /// The same after a step, and at the end of a round before all is counted again.
    fn advanced(mut self, then: &Resealed) -> Self {
        self.sealed += then.done;
        match &then.next {
            Some(next) => {
                self.after.clone_from(next);
                self.left = self.left.saturating_sub(then.done);
                self
            }
            None => {
                Self { rounds: self.rounds + 1, sealed: self.sealed, ..Self::of(self.generation) }
            }
        }
    }

    fn tell(&self) {
        let Self { generation, left, .. } = self;
        match self.stage {
            Stage::Counting => {}
            Stage::Sealing => tracing::info!(generation, left, "records are sealed anew"),
            Stage::Done if *left == 0 => tracing::info!(
                generation,
                "no record needs an earlier generation of the keyring any more"
            ),
            Stage::Done => tracing::error!(
                damaged = left,
                "records that do not open keep generations of the keyring from being retired"
            ),
        }
    }
}

impl Job for Reseal {
    fn name(&self) -> &'static str {
        "reseal_old_records"
    }

    fn principal(&self) -> &'static str {
        "strongroom.internal"
    }

    /// Each time that due work is looked for, which makes two thousand records a second at most.
    fn period_millis(&self) -> i64 {
        0
    }

    fn run<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
    ) -> BoxFuture<'a, strongroom_api::Result<Report>> {
        Box::pin(async move {
            let done = self.step().await.map_err(Error::internal)?;
            Ok(Report { done, more: false })
        })
    }
}

#[cfg(test)]
mod tests;
