//! The first or last so many events of all that are shown to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use strongroom_store::Direction;

use crate::chunk::Event;
use crate::position::Position;

/// An event that was found.
#[derive(Clone, Debug)]
pub struct Selected {
    /// Its place, which is its id.
    pub position: Position,
    /// Its stream.
    pub stream: Arc<str>,
    /// When it was taken, in milliseconds.
    pub ingested: i64,
    /// Its text.
    pub message: String,
}

/// Keeps the first events (forward) or the last (backward), up to a number and a sum of bytes.
pub struct Selection {
    direction: Direction,
    limit: usize,
    byte_limit: usize,
    bytes: usize,
    kept: BTreeMap<Position, Selected>,
    /// The nearest event that fell out; nothing at it or beyond is wanted.
    bound: Option<Position>,
}

impl Selection {
    pub fn new(direction: Direction, limit: usize, byte_limit: usize) -> Self {
        Self { direction, limit, byte_limit, bytes: 0, kept: BTreeMap::new(), bound: None }
    }

    /// The nearest place that is not wanted any more; `None` as long as everything is.
    pub fn bound(&self) -> Option<Position> {
        self.bound
    }

    pub fn has_room_for(&self, position: Position) -> bool {
        self.bound.is_none_or(|bound| match self.direction {
            Direction::Forward => position < bound,
            Direction::Backward => position > bound,
        })
    }

    pub fn put(&mut self, position: Position, stream: &Arc<str>, event: &Event) {
        let selected = Selected {
            position,
            stream: Arc::clone(stream),
            ingested: event.1,
            message: event.2.clone(),
        };
        self.bytes += event.bytes();
        self.kept.insert(position, selected);
        // One event is always handed over, however long it is.
        while self.kept.len() > 1 && (self.kept.len() > self.limit || self.bytes > self.byte_limit)
        {
            let fallen = match self.direction {
                Direction::Forward => self.kept.pop_last(),
                Direction::Backward => self.kept.pop_first(),
            };
            if let Some((position, fallen)) = fallen {
                self.bytes -= fallen.message.len() + crate::chunk::EVENT_OVERHEAD;
                self.bound = Some(position);
            }
        }
    }

    /// The events before `place`.
    pub fn before(mut self, place: Position) -> Vec<Selected> {
        let _later = self.kept.split_off(&place);
        self.into_events()
    }

    pub fn into_events(self) -> Vec<Selected> {
        self.kept.into_values().collect()
    }
}
