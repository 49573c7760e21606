//! Chunks: some events of a stream that stand together in one record.

use serde::{Deserialize, Serialize};
use strongroom_records::Record;

/// Events of a stream, by time and then by their order of arrival.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// The number of the first event in its stream; the others follow without gaps.
    pub seq: u64,
    /// The stream's name.
    pub stream: String,
    /// The events.
    pub events: Vec<Event>,
}

impl Record for Chunk {
    const KIND: &'static str = "log events";
}

/// An event: its time, when it was taken, both in milliseconds, and its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event(pub i64, pub i64, pub String);

/// The chunk at a stream's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tail {
    /// The number of its first event.
    pub seq: u64,
    /// The time of its first event.
    pub first: i64,
    /// The time of its last event.
    pub last: i64,
    /// Bytes of its events, as they are billed.
    pub bytes: usize,
}

/// How much time a chunk may span.
///
/// Whoever looks for the events of a moment must look at every chunk that began before it and may
/// reach it. Chunks of different spans stand apart, so that this is a short walk for each: a second
/// back for those of a second, a day for the few that span one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Class {
    /// Up to a second.
    Second,
    /// Up to a minute.
    Minute,
    /// Up to an hour.
    Hour,
    /// Up to a day.
    Day,
}

/// The longest span of a chunk, and of what one request may bring.
pub const LONGEST_SPAN: i64 = 86_400_000;
/// What every event counts beside its text, by AWS's reckoning.
pub const EVENT_OVERHEAD: usize = 26;
/// Where a chunk ends, in bytes as they are billed. An event that is longer stands alone.
const CHUNK_BYTES: usize = 128 << 10;
/// Up to here the chunk at a stream's end is written anew with what comes.
const TAIL_BYTES: usize = 16 << 10;

impl Class {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Second, Self::Minute, Self::Hour, Self::Day];

    /// The smallest class for events from `first` to `last`.
    #[must_use]
    pub fn of(first: i64, last: i64) -> Self {
        let fits = |class: &Self| last - first <= class.span();
        Self::ALL.into_iter().find(fits).unwrap_or(Self::Day)
    }

    /// The longest span, in milliseconds.
    #[must_use]
    pub fn span(self) -> i64 {
        match self {
            Self::Second => 1_000,
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => LONGEST_SPAN,
        }
    }

    /// How keys name it.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Second => 's',
            Self::Minute => 'm',
            Self::Hour => 'h',
            Self::Day => 'd',
        }
    }
}

impl Event {
    /// What it counts.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.2.len() + EVENT_OVERHEAD
    }
}

impl Chunk {
    /// Parts `events`, which are in order, into chunks; `seq` is the number of the first.
    #[must_use]
    pub fn part(stream: &str, seq: u64, events: Vec<Event>) -> Vec<Self> {
        let mut chunks: Vec<Self> = Vec::new();
        let (mut bytes, mut next) = (0, seq);
        for event in events {
            let fits = chunks.last().is_some_and(|chunk| {
                bytes + event.bytes() <= CHUNK_BYTES && event.0 - chunk.first() <= LONGEST_SPAN
            });
            if !fits {
                chunks.push(Self { seq: next, stream: stream.to_owned(), events: Vec::new() });
                bytes = 0;
            }
            bytes += event.bytes();
            next += 1;
            if let Some(chunk) = chunks.last_mut() {
                chunk.events.push(event);
            }
        }
        chunks
    }

    /// The time of its first event.
    #[must_use]
    pub fn first(&self) -> i64 {
        self.events.first().map_or(0, |event| event.0)
    }

    /// The time of its last event.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.events.last().map_or(0, |event| event.0)
    }

    /// Its class.
    #[must_use]
    pub fn class(&self) -> Class {
        Class::of(self.first(), self.last())
    }

    /// What the index of a group says of it: the time of its last event, and its bytes.
    #[must_use]
    pub fn entry(&self) -> String {
        format!("{:015} {}", self.last(), self.tail().bytes)
    }

    /// Reads what an index says.
    #[must_use]
    pub fn read_entry(text: &str) -> Option<(i64, usize)> {
        let (last, bytes) = text.split_once(' ')?;
        Some((last.parse().ok()?, bytes.parse().ok()?))
    }

    /// As the end of its stream.
    #[must_use]
    pub fn tail(&self) -> Tail {
        let bytes = self.events.iter().map(Event::bytes).sum();
        Tail { seq: self.seq, first: self.first(), last: self.last(), bytes }
    }
}

impl Tail {
    /// Its class.
    #[must_use]
    pub fn class(&self) -> Class {
        Class::of(self.first, self.last)
    }

    /// Whether `events`, which are in order, may be added to it.
    #[must_use]
    pub fn takes(&self, events: &[Event]) -> bool {
        let (Some(first), Some(last)) = (events.first(), events.last()) else { return false };
        let bytes: usize = events.iter().map(Event::bytes).sum();
        self.bytes + bytes <= TAIL_BYTES
            && first.0 >= self.last
            && last.0 - self.first <= LONGEST_SPAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_parted_by_bytes_and_by_time_and_none_is_lost() {
        let long = |time| Event(time, 0, "x".repeat(100 << 10));
        let short = |time| Event(time, 0, "y".to_owned());
        let events = vec![short(0), long(1), long(2), short(3), short(LONGEST_SPAN + 3)];
        let chunks = Chunk::part("s", 7, events);
        let shape: Vec<_> = chunks.iter().map(|c| (c.seq, c.events.len(), c.class())).collect();
        assert_eq!(shape, [(7, 2, Class::Second), (9, 2, Class::Second), (11, 1, Class::Second)]);
    }

    #[test]
    fn a_tail_takes_what_is_small_and_later() {
        let tail = Tail { seq: 1, first: 1_000, last: 2_000, bytes: 100 };
        let event = |time: i64, length: usize| [Event(time, 0, "x".repeat(length))];
        assert!(tail.takes(&event(2_000, 1)));
        assert!(!tail.takes(&event(1_999, 1)));
        assert!(!tail.takes(&event(2_000, TAIL_BYTES)));
        assert!(!tail.takes(&event(1_001 + LONGEST_SPAN, 1)));
        assert!(!tail.takes(&[]));
    }
}
