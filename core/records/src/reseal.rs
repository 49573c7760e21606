//! Sealing old records anew by the current generation of the keyring, beside whoever reads and writes.
//!
//! A record keeps its value; only its seal and its revision change, which no client ever sees. Whoever
//! writes at the same time is never overwritten: what was read is compared.

use std::collections::BTreeMap;

use strongroom_seal::{Damaged, Keyring};
use strongroom_store::{Direction, Entry, Range, Transaction, Write};
use zeroize::Zeroizing;

use crate::record::{Record, decode, encode};
use crate::{Changes, RecordError, Records};

/// A record with something in it that the keyring has sealed by itself.
pub trait SealedWithin: Record {
    /// What it was sealed for, and the sealed bytes.
    fn sealed(&mut self) -> (String, &mut Vec<u8>);
}

/// Which records have something sealed in them.
#[derive(Clone)]
pub struct Inner {
    prefix: String,
    look: fn(&Keyring, &str, &[u8]) -> Result<Within, RecordError>,
}

/// What is sealed in a record.
struct Within {
    /// By which generation.
    generation: u32,
    /// The record with it sealed anew, if it needs that.
    anew: Option<Zeroizing<Vec<u8>>>,
}

impl Inner {
    /// The records of type `T`, which are those whose keys begin with `prefix`.
    #[must_use]
    pub fn of<T: SealedWithin>(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), look: look::<T> }
    }
}

/// How many records are sealed by which generation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Records by generation: the oldest one that is needed to read them whole.
    pub by_generation: BTreeMap<u32, u64>,
    /// Where to go on; `None` when all are counted.
    pub next: Option<String>,
}

/// What one step of sealing anew came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Records sealed anew.
    pub done: u64,
    /// Records that do not open. They stay as they are.
    pub damaged: u64,
    /// Where to go on; `None` when everything has been gone through.
    pub next: Option<String>,
}

/// Records looked at in one step.
const STEP: usize = 1_000;
/// Bytes of keys and values that one transaction takes; stores take half as much again.
const MOST_BYTES: usize = 1 << 20;
/// Records of one transaction, each a compare and a write; a few places are the caller's.
const MOST_RECORDS: usize = 60;

/// Records on their way into one transaction.
#[derive(Default)]
struct Batch {
    records: Vec<(usize, Vec<u8>)>,
    bytes: usize,
    damaged: u64,
}

impl Batch {
    fn has_room(&self, bytes: usize) -> bool {
        let is_small = self.bytes + bytes <= MOST_BYTES && self.records.len() < MOST_RECORDS;
        self.records.is_empty() || is_small
    }
}

impl Records {
    /// Has the keyring changed while nobody writes, so that whatever is committed later is sealed by the
    /// generation that is current then.
    pub async fn change_keyring<T>(&self, change: impl FnOnce(&Keyring) -> T) -> T {
        let _nobody_writes = self.turn.write().await;
        change(&self.keyring)
    }

    /// Counts the records behind the key `after` by generation, up to `pages` pages of the store.
    ///
    /// # Errors
    /// [`RecordError::Store`] only.
    pub async fn count_generations(
        &self,
        inners: &[Inner],
        after: &str,
        pages: usize,
    ) -> Result<Counted, RecordError> {
        let mut counted = Counted { next: Some(after.to_owned()), ..Counted::default() };
        for _ in 0..pages {
            let Some(after) = &counted.next else { break };
            let range = Range::all().after(after);
            let page = self.store.scan(range, Direction::Forward, STEP).await?;
            for oldest in page.entries.iter().filter_map(|entry| self.oldest(inners, entry)) {
                *counted.by_generation.entry(oldest).or_default() += 1;
            }
            let last = page.entries.last().filter(|_| page.more);
            counted.next = last.map(|entry| entry.key.clone());
        }
        Ok(counted)
    }

    /// Looks at a thousand records behind the key `after` and seals those anew that need a generation before
    /// `until`, in a few transactions. `note` adds to each of them how far it comes. It may stop early, where another writer
    /// was faster; going on from `next` finds the rest.
    ///
    /// # Errors
    /// [`RecordError::Store`] when the store fails; whatever `note` says.
    pub async fn reseal(
        &self,
        inners: &[Inner],
        until: u32,
        after: &str,
        note: impl Fn(&mut Changes<'_>, &Resealed) -> Result<(), RecordError> + Send,
    ) -> Result<Resealed, RecordError> {
        let page = self.store.scan(Range::all().after(after), Direction::Forward, STEP).await?;
        let entries = &page.entries;
        let mut resealed = Resealed { next: Some(after.to_owned()), ..Resealed::default() };
        let mut batch = Batch::default();
        for (place, entry) in entries.iter().enumerate() {
            let anew = self.anew(inners, until, entry);
            let bytes = entry.value.len() + 2 * entry.key.len();
            if matches!(anew, Ok(Some(_))) && !batch.has_room(bytes) {
                let next = entries.get(place.wrapping_sub(1)).map(|entry| entry.key.clone());
                let full = std::mem::take(&mut batch);
                if !self.write_anew(entries, full, next, &mut resealed, &note).await? {
                    return Ok(resealed);
                }
            }
            match anew {
                Ok(None) => {}
                Ok(Some(sealed)) => {
                    batch.bytes += bytes;
                    batch.records.push((place, sealed));
                }
                Err(_) => batch.damaged += 1,
            }
        }
        let next = entries.last().filter(|_| page.more).map(|entry| entry.key.clone());
        self.write_anew(entries, batch, next, &mut resealed, &note).await?;
        Ok(resealed)
    }

    /// Writes a batch that goes as far as `next`; whether no other writer was faster.
    async fn write_anew(
        &self,
        entries: &[Entry],
        batch: Batch,
        next: Option<String>,
        resealed: &mut Resealed,
        note: &impl Fn(&mut Changes<'_>, &Resealed) -> Result<(), RecordError>,
    ) -> Result<bool, RecordError> {
        let mut changes = self.changes();
        let done = resealed.done + batch.records.len() as u64;
        for (place, sealed) in batch.records {
            if let Some(entry) = entries.get(place) {
                changes.put_sealed(entry, sealed);
            }
        }
        let then = Resealed { done, damaged: resealed.damaged + batch.damaged, next };
        note(&mut changes, &then)?;
        match self.commit(changes).await {
            Ok(_) => {
                *resealed = then;
                Ok(true)
            }
            Err(RecordError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Seals what was made before the keyring changed and is committed after it.
    pub(crate) fn freshen(&self, transaction: &mut Transaction) -> Result<(), RecordError> {
        for write in &mut transaction.writes {
            if let Write::Put { key, value } = write
                && self.keyring.needs_reseal(value)
            {
                let anew = self.keyring.reseal(key, value);
                *value = anew.map_err(|cause| RecordError::damaged(key, cause))?.into();
            }
        }
        Ok(())
    }

    /// The oldest generation that is needed to read all of a record; `None` for what is no record.
    fn oldest(&self, inners: &[Inner], entry: &Entry) -> Option<u32> {
        let outside = Keyring::sealed_by(&entry.value)?;
        let inner = inners.iter().find(|inner| entry.key.starts_with(&inner.prefix));
        let inside = inner.and_then(|inner| {
            let opened = self.keyring.open(&entry.key, &entry.value).ok()?;
            (inner.look)(&self.keyring, &entry.key, &opened).ok().map(|within| within.generation)
        });
        Some(inside.map_or(outside, |inside| inside.min(outside)))
    }

    /// A record sealed anew, inside too, if it needs that.
    fn anew(
        &self,
        inners: &[Inner],
        until: u32,
        entry: &Entry,
    ) -> Result<Option<Vec<u8>>, RecordError> {
        let Entry { key, value, .. } = entry;
        let damaged = |cause: Damaged| RecordError::damaged(key, cause);
        let Some(generation) = Keyring::sealed_by(value) else { return Ok(None) };
        if let Some(inner) = inners.iter().find(|inner| key.starts_with(&inner.prefix)) {
            let opened = self.keyring.open(key, value).map_err(damaged)?;
            if let Some(record) = (inner.look)(&self.keyring, key, &opened)?.anew {
                return Ok(Some(self.keyring.seal(key, &record)));
            }
        }
        if generation >= until {
            return Ok(None);
        }
        self.keyring.reseal(key, value).map(Some).map_err(damaged)
    }
}

fn look<T: SealedWithin>(
    keyring: &Keyring,
    key: &str,
    opened: &[u8],
) -> Result<Within, RecordError> {
    let mut record: T = decode(key, opened)?;
    let (purpose, sealed) = record.sealed();
    let generation = Keyring::sealed_by(sealed)
        .ok_or_else(|| RecordError::damaged(key, "what it holds is not sealed"))?;
    if !keyring.needs_reseal(sealed) {
        return Ok(Within { generation, anew: None });
    }
    *sealed = keyring.reseal(&purpose, sealed).map_err(|cause| RecordError::damaged(key, cause))?;
    Ok(Within { generation, anew: Some(encode(key, &record)?) })
}

#[cfg(test)]
mod tests;
