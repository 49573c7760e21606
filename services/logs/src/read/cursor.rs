//! Walking chunks in the order in which they begin.

use std::collections::VecDeque;
use std::sync::Arc;

use strongroom_api::Result;
use strongroom_records::Stored;
use strongroom_store::{Direction, Range};

use super::Search;
use crate::chunk::{Chunk, Class};
use crate::position::Position;
use crate::{Logs, error, paths};

/// Where chunks are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the index of the whole group.
    Group,
    /// Among the chunks of the stream with this number.
    Stream(u64),
}

/// A chunk, or where it is.
pub struct Slice {
    /// The time of its first event.
    pub first: i64,
    /// The time of its last event.
    last: i64,
    /// The number of its stream.
    pub number: u64,
    /// Its key.
    pub key: String,
    /// Itself, if it has been read already.
    pub chunk: Option<Arc<Stored<Chunk>>>,
}

/// Entries of an index read at once.
const INDEX_PAGE: usize = 500;
/// Chunks read at once.
const CHUNK_PAGE: usize = 8;

/// The chunks of all classes that may hold what is searched for.
pub struct Walk<'w, 's> {
    logs: &'w Logs,
    search: &'w Search<'s>,
    cursors: [Cursor; 4],
}

/// The chunks of one class.
struct Cursor {
    class: Class,
    prefix: String,
    range: Range,
    read: VecDeque<Slice>,
    more: bool,
}

impl<'w, 's> Walk<'w, 's> {
    pub fn new(logs: &'w Logs, search: &'w Search<'s>) -> Self {
        let cursors = Class::ALL.map(|class| Cursor::new(search, class));
        Self { logs, search, cursors }
    }

    /// The next chunk that may hold something before (backward: behind) `bound`.
    pub async fn next(&mut self, bound: Option<Position>) -> Result<Option<Slice>> {
        loop {
            for cursor in &mut self.cursors {
                while cursor.read.is_empty() && cursor.more {
                    cursor.fill(self.logs, self.search).await?;
                }
            }
            let Some(slice) = self.nearest(bound) else { return Ok(None) };
            let reaches = match self.search.direction {
                Direction::Forward => slice.last >= self.search.from.time.max(self.search.start),
                Direction::Backward => {
                    slice.last >= bound.map_or(self.search.start, |bound| bound.time)
                }
            };
            if reaches {
                return Ok(Some(slice));
            }
        }
    }

    /// Takes the chunk that begins first (backward: last) of those that are not beyond the bound.
    fn nearest(&mut self, bound: Option<Position>) -> Option<Slice> {
        let direction = self.search.direction;
        let heads = self.cursors.iter_mut().filter(|cursor| {
            let (Some(head), Some(bound)) = (cursor.read.front(), bound) else { return true };
            match direction {
                Direction::Forward => head.first <= bound.time,
                Direction::Backward => head.first + cursor.class.span() >= bound.time,
            }
        });
        let heads = heads.filter(|cursor| !cursor.read.is_empty());
        let first = |cursor: &&mut Cursor| cursor.read.front().map_or(0, |head| head.first);
        match direction {
            Direction::Forward => heads.min_by_key(first),
            Direction::Backward => heads.max_by_key(first),
        }?
        .read
        .pop_front()
    }
}

impl Cursor {
    fn new(search: &Search<'_>, class: Class) -> Self {
        let prefix = match search.source {
            Source::Group => paths::chunk_index(search.group, class),
            Source::Stream(number) => paths::chunks(search.group, number, class),
        };
        let (from, until) = match search.direction {
            Direction::Forward => (search.start.max(search.from.time), search.end),
            Direction::Backward => {
                (search.start, search.end.min(search.from.time.saturating_add(1)))
            }
        };
        let range = paths::within(&prefix, from.saturating_sub(class.span()), until);
        let more = !range.is_empty();
        Self { class, prefix, range, read: VecDeque::new(), more }
    }

    async fn fill(&mut self, logs: &Logs, search: &Search<'_>) -> Result<()> {
        let read = match search.source {
            Source::Group => self.read_index(logs, search).await?,
            Source::Stream(number) => self.read_chunks(logs, search, number).await?,
        };
        self.read.extend(read);
        Ok(())
    }

    async fn read_index(&mut self, logs: &Logs, search: &Search<'_>) -> Result<Vec<Slice>> {
        let scanned =
            logs.records.scan_index(self.range.clone(), search.direction, INDEX_PAGE).await;
        let page = scanned.map_err(error::storage)?;
        let last = page.entries.last().map(|(key, _)| key.as_str());
        self.go_on(search.direction, last, page.more);
        let slice = |(key, entry): &(String, String)| {
            let (first, number, seq) = paths::read_indexed(&self.prefix, key)?;
            let key = paths::chunk(search.group, number, self.class, first, seq);
            let (last, _) = Chunk::read_entry(entry)?;
            Some(Slice { first, last, number, key, chunk: None })
        };
        Ok(page.entries.iter().filter_map(slice).collect())
    }

    async fn read_chunks(
        &mut self,
        logs: &Logs,
        search: &Search<'_>,
        number: u64,
    ) -> Result<Vec<Slice>> {
        let scanned = logs.records.scan::<Chunk>(self.range.clone(), search.direction, CHUNK_PAGE);
        let page = scanned.await.map_err(error::storage)?;
        let last = page.records.last().map(|chunk| chunk.key.as_str());
        self.go_on(search.direction, last, page.more);
        let slice = |chunk: Arc<Stored<Chunk>>| Slice {
            first: chunk.first(),
            last: chunk.last(),
            number,
            key: chunk.key.clone(),
            chunk: Some(chunk),
        };
        Ok(page.records.into_iter().map(slice).collect())
    }

    /// Leaves what was read behind.
    fn go_on(&mut self, direction: Direction, last: Option<&str>, more: bool) {
        self.more = more && last.is_some();
        if let Some(last) = last {
            self.range = match direction {
                Direction::Forward => self.range.after(last),
                Direction::Backward => self.range.before(last),
            };
        }
    }
}
