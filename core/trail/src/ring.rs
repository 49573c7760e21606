//! The trail of a server that keeps nothing: the latest lines, in memory.

use std::collections::VecDeque;

use crate::line::LineMaker;
use crate::{Position, TrailError};

/// The latest lines, chained as they would be in files.
pub(crate) struct Ring {
    lines: VecDeque<Box<[u8]>>,
    limit: usize,
    position: Position,
    maker: LineMaker,
    is_closed: bool,
}

impl Ring {
    /// An empty ring for `limit` lines, one at least.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            lines: VecDeque::new(),
            limit: limit.max(1),
            position: Position::START,
            maker: LineMaker::default(),
            is_closed: false,
        }
    }

    pub(crate) fn append(&mut self, events: &[&[u8]]) -> Result<Position, TrailError> {
        if self.is_closed {
            return Err(TrailError::Closed);
        }
        for event in events {
            let (line, position) = self.maker.chain(&self.position, event);
            if self.lines.len() == self.limit {
                self.lines.pop_front();
            }
            self.lines.push_back(line.strip_suffix(b"\n").unwrap_or(line).into());
            self.position = position;
        }
        Ok(self.position)
    }

    pub(crate) fn close(&mut self) {
        self.is_closed = true;
    }

    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// Reads the first line kept from `sequence` on into `out`; returns its own sequence number.
    pub(crate) fn line_from(&self, sequence: u64, out: &mut Vec<u8>) -> Option<u64> {
        let oldest = self.position.sequence + 1 - self.lines.len() as u64;
        let sequence = sequence.max(oldest);
        let index = usize::try_from(sequence - oldest).ok()?;
        let line = self.lines.get(index)?;
        out.clear();
        out.extend_from_slice(line);
        Some(sequence)
    }
}
