//! The latest records, which are in no block yet.

use crate::BLOCK_RECORDS;
use crate::index::Wanted;

/// Records in memory, in their order.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// The sequence number of the first.
    pub(crate) first: u64,
    /// When each was made, in seconds since the epoch.
    pub(crate) times: Vec<i64>,
    /// Terms, each with the place of a record that has it; in the order of places.
    pub(crate) pairs: Vec<(u64, u32)>,
}

impl Live {
    pub(crate) fn beginning_with(first: u64) -> Self {
        Self { first, ..Self::default() }
    }

    pub(crate) fn next(&self) -> u64 {
        self.first + self.times.len() as u64
    }

    pub(crate) fn is_full(&self) -> bool {
        self.times.len() >= BLOCK_RECORDS
    }

    pub(crate) fn push(&mut self, seconds: i64, terms: &[u64]) {
        // Never more than a block holds, which fits.
        let place = u32::try_from(self.times.len()).unwrap_or(u32::MAX);
        self.times.push(seconds);
        self.pairs.extend(terms.iter().map(|term| (*term, place)));
    }

    /// Adds the wanted records, newest first, until `found` has `limit`.
    pub(crate) fn find(&self, wanted: &Wanted<'_>, limit: usize, found: &mut Vec<u64>) {
        // Pairs of one record lie together: a record that has two of the terms is met twice in a row.
        let mut last = None;
        for (term, place) in self.pairs.iter().rev() {
            if found.len() >= limit {
                return;
            }
            let sequence = self.first + u64::from(*place);
            if sequence >= wanted.before || last == Some(sequence) || !wanted.terms.contains(term) {
                continue;
            }
            let seconds = self.times.get(*place as usize).copied().unwrap_or_default();
            if wanted.covers(seconds) {
                found.push(sequence);
                last = Some(sequence);
            }
        }
    }
}
