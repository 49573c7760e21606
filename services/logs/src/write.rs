//! Taking events in.

use std::sync::Arc;

use strongroom_api::{Result, Timestamp};
use strongroom_records::{Changes, Stored};
use strongroom_store::{Direction, Range};

use crate::chunk::{Chunk, EVENT_OVERHEAD, Event, LONGEST_SPAN, Tail};
use crate::group::Group;
use crate::stream::Stream;
use crate::{Logs, error, paths};

/// Bytes that one request may bring, counted as AWS counts them.
pub const BATCH_BYTES: usize = 1 << 20;
/// Bytes of one event. AWS takes 1 MiB; a record must have room for what stands around the text.
pub const EVENT_BYTES: usize = (1 << 20) - 1_024;
/// Events are taken from so long ago …
const PAST_MILLIS: i64 = 14 * 86_400_000;
/// … to so far ahead.
const FUTURE_MILLIS: i64 = 2 * 3_600_000;

/// What of a batch is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Events before this place are older than two weeks.
    pub too_old: usize,
    /// Events before this place are older than the group keeps them.
    pub expired: usize,
    /// Events from this place on are too far in the future.
    pub too_new: usize,
}

impl Accepted {
    /// The places of the events that are taken.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        let from = self.too_old.max(self.expired);
        from.min(self.too_new)..self.too_new
    }
}

/// Checks a batch as AWS does, and says what of it is taken. `events` are times and bytes of texts.
///
/// # Errors
/// AWS's error for a batch that is too large, too long or out of order.
pub fn accept(events: &[(i64, usize)], group: &Group, now: i64) -> Result<Accepted> {
    for (_, length) in events {
        if *length > EVENT_BYTES {
            return Err(error::event_too_large(*length, EVENT_BYTES));
        }
    }
    let bytes: usize = events.iter().map(|(_, length)| length + EVENT_OVERHEAD).sum();
    if bytes > BATCH_BYTES {
        return Err(error::upload_too_large(bytes, BATCH_BYTES));
    }
    if !events.is_sorted_by_key(|(time, _)| *time) {
        return Err(error::not_chronological());
    }
    if let (Some((first, _)), Some((last, _))) = (events.first(), events.last())
        && last - first > LONGEST_SPAN
    {
        return Err(error::span_too_long());
    }
    let before = |moment: i64| events.partition_point(|(time, _)| *time < moment);
    Ok(Accepted {
        too_old: before(now.saturating_sub(PAST_MILLIS)),
        expired: before(group.cutoff(now)),
        too_new: before(now.saturating_add(FUTURE_MILLIS + 1)),
    })
}

/// Events for one stream, which stand in the order of their times.
pub struct Batch<'b> {
    /// The group.
    pub group: &'b Stored<Group>,
    /// The stream.
    pub stream: &'b Stored<Stream>,
    /// The events: times and texts.
    pub events: Vec<(i64, String)>,
    /// How far their source is taken in with them, if it has numbers of its own.
    pub taken_to: Option<u64>,
}

impl Logs {
    /// Takes a batch of at most [`BATCH_BYTES`] in: durably, whole or not at all.
    ///
    /// # Errors
    /// A conflict when the stream is no longer what was read.
    pub async fn take(&self, batch: Batch<'_>, now: Timestamp) -> Result<Stream> {
        let Batch { group, stream, events, taken_to } = batch;
        let taken = now.millis();
        let events: Vec<_> =
            events.into_iter().map(|(time, text)| Event(time.max(0), taken, text)).collect();
        let mut next = stream.value.clone();
        next.taken_to = taken_to.unwrap_or(next.taken_to);
        let mut changes = self.records.changes();
        if let (Some(first), Some(last)) = (events.first(), events.last()) {
            next.first_event = Some(next.first_event.map_or(first.0, |old| old.min(first.0)));
            next.last_event = Some(next.last_event.map_or(last.0, |old| old.max(last.0)));
            next.last_ingestion = Some(taken);
        }
        let measured = self.metrics_of(group, &events).await?;
        let bytes: usize = events.iter().map(Event::bytes).sum();
        let numbered = (stream.next_event, &*events);
        self.send_on(&mut changes, group, stream, numbered, taken).await?;
        let shown = self.tails.is_any_open().then(|| events.clone());
        self.stage(&mut changes, group, &mut next, events).await?;
        if next.activity() != stream.activity() {
            changes.delete(&paths::activity(group, stream.activity(), stream.number));
            changes.index(&paths::activity(group, next.activity(), next.number), &next.name);
        }
        changes.replace(stream, &next).map_err(error::storage)?;
        self.records.commit(changes).await.map_err(error::storage)?;
        self.sizes.grow(group, bytes);
        if let Some(events) = shown {
            self.tails.show(group, &next.name, &events);
        }
        self.publish(group, measured, now).await;
        Ok(next)
    }

    async fn stage(
        &self,
        changes: &mut Changes<'_>,
        group: &Group,
        stream: &mut Stream,
        mut events: Vec<Event>,
    ) -> Result<()> {
        let first = stream.next_event;
        stream.next_event += events.len() as u64;
        let mut seq = first;
        let mut replaced = None;
        if let Some(tail) = stream.tail.filter(|tail| tail.takes(&events))
            && let Some(old) = self.tail_chunk(group, stream.number, tail).await?
        {
            let mut all = old.value.events.clone();
            all.append(&mut events);
            (events, seq, replaced) = (all, tail.seq, Some(tail));
        }
        let chunks = Chunk::part(&stream.name, seq, events);
        if let Some(tail) = replaced
            && chunks.first().is_none_or(|chunk| chunk.class() != tail.class())
        {
            let (class, number) = (tail.class(), stream.number);
            changes.delete(&paths::chunk(group, number, class, tail.first, tail.seq));
            changes.delete(&paths::indexed_chunk(group, class, tail.first, number, tail.seq));
        }
        for chunk in &chunks {
            let (class, first, seq) = (chunk.class(), chunk.first(), chunk.seq);
            let key = paths::chunk(group, stream.number, class, first, seq);
            changes.put(&key, chunk).map_err(error::storage)?;
            let key = paths::indexed_chunk(group, class, first, stream.number, seq);
            changes.index(&key, &chunk.entry());
        }
        stream.tail = chunks.last().map(Chunk::tail).or(stream.tail);
        Ok(())
    }

    /// The chunk at the stream's end, unless it has come to its own end meanwhile.
    async fn tail_chunk(
        &self,
        group: &Group,
        number: u64,
        tail: Tail,
    ) -> Result<Option<Arc<Stored<Chunk>>>> {
        self.chunk(paths::chunk(group, number, tail.class(), tail.first, tail.seq)).await
    }

    /// A chunk. It goes past the cache: logs are read once, secrets many times.
    pub(crate) async fn chunk(&self, key: String) -> Result<Option<Arc<Stored<Chunk>>>> {
        let range = Range::new(key.clone(), key + "\0");
        let page = self.records.scan(range, Direction::Forward, 1).await.map_err(error::storage)?;
        Ok(page.records.into_iter().next())
    }
}
