//! The latest records, which are in no block yet.

use std::collections::HashMap;

use crate::BLOCK_RECORDS;
use crate::index::Wanted;

/// Records in memory, in their order.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// The sequence number of the first.
    pub(crate) first: u64,
    /// When each was made, in seconds since the epoch.
    pub(crate) times: Vec<i64>,
    /// Where the records are that have a term.
    terms: HashMap<u64, Places>,
}

/// Places of records, in ascending order.
#[derive(Debug)]
pub(crate) enum Places {
    /// The only one, as with the ids of events.
    One(u32),
    /// Two or more.
    Many(Vec<u32>),
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
        for term in terms {
            let places = self.terms.entry(*term);
            places.and_modify(|places| places.push(place)).or_insert(Places::One(place));
        }
    }

    /// Every term with its places, in ascending order.
    pub(crate) fn sorted(&self) -> Vec<(u64, &[u32])> {
        let mut terms: Vec<_> =
            self.terms.iter().map(|(term, places)| (*term, places.all())).collect();
        terms.sort_unstable_by_key(|(term, _)| *term);
        terms
    }

    /// Adds the wanted records, newest first, until `found` has `limit`.
    pub(crate) fn find(&self, wanted: &Wanted<'_>, limit: usize, found: &mut Vec<u64>) {
        let places = wanted.terms.iter().filter_map(|term| self.terms.get(term));
        let mut places: Vec<u32> = places.flat_map(|places| places.all()).copied().collect();
        // A record that has two of the terms is met twice.
        places.sort_unstable();
        places.dedup();
        let in_time = |place: &u32| {
            let seconds = self.times.get(*place as usize).copied().unwrap_or_default();
            wanted.covers(seconds)
        };
        let sequences =
            places.into_iter().rev().filter(in_time).map(|place| self.first + u64::from(place));
        let room = limit.saturating_sub(found.len());
        found.extend(sequences.filter(|sequence| *sequence < wanted.before).take(room));
    }
}

impl Places {
    fn all(&self) -> &[u32] {
        match self {
            Self::One(place) => std::slice::from_ref(place),
            Self::Many(places) => places,
        }
    }

    /// Adds a place that is not before those that are there; one that is there already changes nothing.
    fn push(&mut self, place: u32) {
        match self {
            Self::One(only) if *only == place => {}
            Self::One(only) => *self = Self::Many(vec![*only, place]),
            Self::Many(places) if places.last() == Some(&place) => {}
            Self::Many(places) => places.push(place),
        }
    }
}
