//! Reading events: of a stream or of a whole group, from any moment on, in either direction, within
//! bounds of memory that do not depend on how much there is.
//!
//! Chunks are walked in the order in which they begin. What they hold goes into a selection of the
//! first events after (or the last before) a place, as many as a page takes; what does not fit falls
//! out at its far end. The walk ends when no chunk that follows can hold anything for the selection.

mod cursor;
mod selection;

use std::collections::HashMap;
use std::sync::Arc;

use strongroom_api::Result;
use strongroom_store::Direction;

use crate::Logs;
use crate::group::Group;
use crate::pattern::Pattern;
use crate::position::Position;

pub use cursor::Source;
use cursor::{Slice, Walk};
pub use selection::Selected;
use selection::Selection;

/// Bytes of events on one page, as AWS bounds it.
const PAGE_BYTES: usize = 1 << 20;
/// Bytes of chunks that one search looks through before it hands over what it has.
const SEARCH_BYTES: usize = 24 << 20;

/// Bytes of events after which a search backward does not look at another stretch of time.
const STRETCH_BYTES: usize = 256 << 10;
/// The first stretch of time that a search backward looks at, in milliseconds.
const STRETCH_MILLIS: i64 = 10_000;

/// What is asked for.
#[derive(Clone)]
pub struct Search<'s> {
    /// The group.
    pub group: &'s Group,
    /// All of it, or one stream.
    pub source: Source,
    /// Which streams.
    pub streams: Streams,
    /// Events from this moment on.
    pub start: i64,
    /// Events before this moment.
    pub end: i64,
    /// Forward: events at this place or behind it. Backward: events before it.
    pub from: Position,
    /// Which way.
    pub direction: Direction,
    /// Which messages; all if absent.
    pub pattern: Option<&'s Pattern>,
    /// How many events at most.
    pub limit: usize,
}

/// Which streams of a group.
#[derive(Clone, Debug)]
pub enum Streams {
    /// All of them.
    All,
    /// Those whose name begins so.
    Prefix(String),
    /// Those with these numbers.
    Numbers(Vec<u64>),
}

/// What was found.
pub struct Findings {
    /// The events, in the order of their places.
    pub events: Vec<Selected>,
    /// Where to go on; `None` if there is nothing further.
    pub next: Option<Position>,
    /// How many bytes were looked through.
    looked_through: usize,
}

impl Logs {
    /// Searches.
    ///
    /// # Errors
    /// Internal only.
    pub async fn search(&self, search: &Search<'_>) -> Result<Findings> {
        let mut walk = Walk::new(self, search);
        let mut selection = Selection::new(search.direction, search.limit, PAGE_BYTES);
        let mut alive = Alive { logs: self, group: search.group, known: HashMap::new() };
        let mut looked_through = 0;
        while let Some(slice) = walk.next(selection.bound()).await? {
            if looked_through > SEARCH_BYTES
                && search.direction == Direction::Forward
                && slice.first > search.from.time
            {
                // Whatever follows begins here or later, so everything before is found.
                let next = Position::at(slice.first);
                let events = selection.before(next);
                return Ok(Findings { events, next: Some(next), looked_through });
            }
            looked_through += self.look_through(search, slice, &mut alive, &mut selection).await?;
        }
        let bound = selection.bound();
        let events = selection.into_events();
        let next = bound.and_then(|_| match search.direction {
            Direction::Forward => events.last().map(|event| event.position.next()),
            Direction::Backward => events.first().map(|event| event.position),
        });
        Ok(Findings { events, next, looked_through })
    }

    /// Searches backward, in stretches of time that grow, until a page is full or enough has been
    /// looked through: events that match may be far between.
    ///
    /// # Errors
    /// Internal only.
    pub async fn search_backward(&self, search: &Search<'_>, now: i64) -> Result<Findings> {
        let mut stretch = search.clone();
        let mut all = Findings { events: Vec::new(), next: None, looked_through: 0 };
        let (mut length, mut bytes) = (STRETCH_MILLIS, 0);
        loop {
            stretch.start = stretch.from.time.min(now).saturating_sub(length).max(search.start);
            stretch.limit = search.limit - all.events.len();
            let mut found = self.search(&stretch).await?;
            bytes += found.events.iter().map(|event| event.message.len()).sum::<usize>();
            found.events.append(&mut all.events);
            all.events = found.events;
            all.looked_through += found.looked_through;
            all.next = found.next;
            if all.next.is_some() || stretch.start <= search.start {
                return Ok(all);
            }
            stretch.from = Position::at(stretch.start);
            length = length.saturating_mul(4);
            let is_enough = all.events.len() >= search.limit
                || bytes > STRETCH_BYTES
                || all.looked_through > SEARCH_BYTES;
            if is_enough {
                all.next = Some(stretch.from);
                return Ok(all);
            }
        }
    }

    /// Puts what is asked for of one chunk into the selection; returns how many bytes it has.
    async fn look_through(
        &self,
        search: &Search<'_>,
        slice: Slice,
        alive: &mut Alive<'_>,
        selection: &mut Selection,
    ) -> Result<usize> {
        if matches!(&search.streams, Streams::Numbers(numbers) if !numbers.contains(&slice.number))
        {
            return Ok(0);
        }
        let chunk = match slice.chunk {
            Some(chunk) => chunk,
            // Taken out meanwhile.
            None => match self.chunk(slice.key).await? {
                Some(chunk) => chunk,
                None => return Ok(0),
            },
        };
        let is_wanted = match &search.streams {
            Streams::Prefix(prefix) => chunk.stream.starts_with(prefix.as_str()),
            Streams::All | Streams::Numbers(_) => true,
        };
        let Some(name) = alive.name(&chunk.stream, slice.number).await?.filter(|_| is_wanted)
        else {
            return Ok(0);
        };
        let mut bytes = 0;
        for (place, event) in chunk.events.iter().enumerate() {
            bytes += event.bytes();
            let seq = chunk.seq + place as u64;
            let position = Position { time: event.0, stream: slice.number, seq };
            let is_asked_for = (search.start..search.end).contains(&event.0)
                && match search.direction {
                    Direction::Forward => position >= search.from,
                    Direction::Backward => position < search.from,
                }
                && selection.has_room_for(position)
                && search.pattern.is_none_or(|pattern| pattern.matches(&event.2));
            if is_asked_for {
                selection.put(position, &name, event);
            }
        }
        Ok(bytes)
    }
}

/// Which of the streams met are there still: a deleted one is gone at once.
struct Alive<'a> {
    logs: &'a Logs,
    group: &'a Group,
    known: HashMap<u64, Option<Arc<str>>>,
}

impl Alive<'_> {
    async fn name(&mut self, name: &str, number: u64) -> Result<Option<Arc<str>>> {
        if let Some(known) = self.known.get(&number) {
            return Ok(known.clone());
        }
        let stream = self.logs.stream(self.group, name).await?;
        let alive = stream.filter(|stream| stream.number == number).map(|_| Arc::from(name));
        self.known.insert(number, alive.clone());
        Ok(alive)
    }
}
