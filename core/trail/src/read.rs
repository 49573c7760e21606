//! Reading the trail from any record on.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::follow::Head;
use crate::line::{Line, MAX_LINE_BYTES};
use crate::lines::Lines;
use crate::log::failed;
use crate::recover::line_number;
use crate::ring::Ring;
use crate::segment::{self, Segment};
use crate::sync::lock;
use crate::tail_window::TailWindow;
use crate::{Problem, ProblemKind, TrailError};

/// A record of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its sequence number.
    pub sequence: u64,
    /// The line as it is in the file, without its line end.
    pub line: Vec<u8>,
}

impl Entry {
    /// The event as its author wrote it, without the two members that the trail added.
    #[must_use]
    pub fn event(&self) -> Vec<u8> {
        let Some(line) = Line::parse(&self.line) else { return Vec::new() };
        let event = line.event_without_brace();
        let mut whole = Vec::with_capacity(event.len() + 1);
        whole.extend_from_slice(event);
        whole.push(b'}');
        whole
    }
}

/// Gives the records of a trail in order.
///
/// At the end it gives nothing, and goes on when asked again after more was written. After an error
/// it is at its end for good. It does not check the chain; [`verify`](crate::verify) does.
pub struct Reader {
    source: Source,
    /// The sequence number of the next record to give.
    next: u64,
    /// The line that was given last.
    line: Vec<u8>,
    has_failed: bool,
}

enum Source {
    Folder { folder: PathBuf, head: Option<Arc<Head>>, open: Option<OpenSegment> },
    Ring(Arc<Mutex<Ring>>),
}

struct OpenSegment {
    segment: Segment,
    file: Lines,
    /// Where the next line begins.
    offset: u64,
    /// Records up to here were acknowledged before they were read ahead. Beyond may lie the rest
    /// of a write that failed and is going to be cut away.
    fresh_to: u64,
}

/// The records in `folder` from `sequence` on, or from the oldest that is still there.
///
/// For a trail that another process writes; within the writing process use
/// [`Trail::read_from`](crate::Trail::read_from), which shows acknowledged records only.
pub fn read_from(folder: &Path, sequence: u64) -> Reader {
    Reader::in_folder(folder, sequence, None)
}

/// The last `count` records in `folder`, or all there are.
pub fn tail(folder: &Path, count: u64) -> Result<Reader, TrailError> {
    let mut last = 0;
    for segment in segment::list(folder)?.iter().rev() {
        let window = TailWindow::read(&segment.path).map_err(failed("read", &segment.path))?;
        let lines = window.lines().rev();
        if let Some(line) = lines.filter_map(|(_, line)| Line::parse(line)).next() {
            last = line.position.sequence;
            break;
        }
    }
    Ok(read_from(folder, last.saturating_sub(count) + 1))
}

impl Reader {
    pub(crate) fn in_folder(folder: &Path, next: u64, head: Option<Arc<Head>>) -> Self {
        let source = Source::Folder { folder: folder.into(), head, open: None };
        Self { source, next: next.max(1), line: Vec::new(), has_failed: false }
    }

    pub(crate) fn in_ring(ring: Arc<Mutex<Ring>>, next: u64) -> Self {
        let source = Source::Ring(ring);
        Self { source, next: next.max(1), line: Vec::new(), has_failed: false }
    }

    /// The next record, by its sequence number and its line: what [`next`](Iterator::next) gives, without
    /// memory of its own for each.
    ///
    /// # Errors
    /// As those of the iterator.
    pub fn next_line(&mut self) -> Option<Result<(u64, &[u8]), TrailError>> {
        if self.has_failed {
            return None;
        }
        let read = self.read();
        self.has_failed = read.is_err();
        read.transpose().map(|read| read.map(|sequence| (sequence, self.line.as_slice())))
    }

    /// Reads the next line into `self.line`.
    fn read(&mut self) -> Result<Option<u64>, TrailError> {
        let line = &mut self.line;
        let sequence = match &mut self.source {
            Source::Ring(ring) => lock(ring).line_from(self.next, line),
            Source::Folder { folder, head, open } => {
                let limit = head.as_ref().map_or(u64::MAX, |head| head.sequence());
                read_in_folder(folder, open, self.next, limit, line)?
            }
        };
        self.next = sequence.map_or(self.next, |sequence| sequence + 1);
        Ok(sequence)
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, TrailError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.next_line()?;
        Some(read.map(|(sequence, line)| Entry { sequence, line: line.to_vec() }))
    }
}

/// The first record from `next` to `limit`, if there is one yet, into `line`.
fn read_in_folder(
    folder: &Path,
    open: &mut Option<OpenSegment>,
    next: u64,
    limit: u64,
    line: &mut Vec<u8>,
) -> Result<Option<u64>, TrailError> {
    if next > limit {
        return Ok(None);
    }
    loop {
        if open.is_none() {
            let first = first_holding(folder, next)?;
            *open = first.map(|one| OpenSegment::open(one, next, limit)).transpose()?;
        }
        let Some(reading) = open else { return Ok(None) };
        if let Some(sequence) = reading.read_to(next, limit, line)? {
            return Ok(Some(sequence));
        }
        // Full, or merely not written further yet: only a later segment tells.
        let is_later = |one: &Segment| one.first > reading.segment.first;
        match segment::list(folder)?.into_iter().find(is_later) {
            Some(later) => *open = Some(OpenSegment::open(later, next, limit)?),
            None => return Ok(None),
        }
    }
}

/// The segment that record `next` is in, or the oldest if it is gone already.
fn first_holding(folder: &Path, next: u64) -> Result<Option<Segment>, TrailError> {
    let mut segments = segment::list(folder)?;
    let later = segments.partition_point(|segment| segment.first <= next);
    let index = later.saturating_sub(1);
    Ok((index < segments.len()).then(|| segments.swap_remove(index)))
}

impl OpenSegment {
    fn open(segment: Segment, next: u64, limit: u64) -> Result<Self, TrailError> {
        let opened = Lines::open(&segment.path, 64 * 1024).and_then(|mut lines| {
            let offset = match &mut lines {
                Lines::Plain(file) => offset_before(file.get_mut(), next)?,
                Lines::Packed(packed) => packed.seek_record(next),
            };
            lines.go_to(offset)?;
            Ok((lines, offset))
        });
        let (file, offset) = opened.map_err(failed("read", &segment.path))?;
        Ok(Self { segment, file, offset, fresh_to: limit })
    }

    /// The first record from `next` on, all up to `limit` being acknowledged.
    fn read_to(
        &mut self,
        next: u64,
        limit: u64,
        line: &mut Vec<u8>,
    ) -> Result<Option<u64>, TrailError> {
        loop {
            let start = self.offset;
            let Some(sequence) = self.read_line(line)? else { return Ok(None) };
            if sequence > self.fresh_to {
                self.go_to(start)?;
                self.fresh_to = limit;
            } else if sequence >= next {
                return Ok(Some(sequence));
            }
        }
    }

    /// Continues at `offset`, forgetting what was read ahead.
    fn go_to(&mut self, offset: u64) -> Result<(), TrailError> {
        self.file.go_to(offset).map_err(failed("read", &self.segment.path))?;
        self.offset = offset;
        Ok(())
    }

    /// Reads the next whole line, if there is one yet; returns its sequence number.
    fn read_line(&mut self, line: &mut Vec<u8>) -> Result<Option<u64>, TrailError> {
        let path = &self.segment.path;
        line.clear();
        let mut bounded = self.file.by_ref().take(MAX_LINE_BYTES as u64);
        let length = bounded.read_until(b'\n', line).map_err(failed("read", path))?;
        if line.pop_if(|last| *last == b'\n').is_none() && length < MAX_LINE_BYTES {
            // Perhaps the rest is being written just now: come back to its beginning.
            self.go_to(self.offset)?;
            return Ok(None);
        }
        let Some(sequence) = Line::parse(line).map(|line| line.position.sequence) else {
            let (file, line) = (path.clone(), line_number(path, self.offset));
            let kind = ProblemKind::Unreadable;
            return Err(TrailError::Damaged(Box::new(Problem {
                file,
                line,
                sequence: None,
                kind,
            })));
        };
        self.offset += length as u64;
        Ok(Some(sequence))
    }
}

/// The beginning of a line at or not far before record `next`, found by halving the file.
fn offset_before(file: &mut File, next: u64) -> io::Result<u64> {
    const NEAR: u64 = 64 * 1024;
    let (mut low, mut high) = (0, file.metadata()?.len());
    while high - low > NEAR {
        let middle = low + (high - low) / 2;
        match line_after(file, middle, high)? {
            Some((offset, sequence)) if sequence <= next => low = offset,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// The first line that begins behind `from` and before `limit`: its place and sequence number.
fn line_after(file: &mut File, from: u64, limit: u64) -> io::Result<Option<(u64, u64)>> {
    file.seek(SeekFrom::Start(from))?;
    let mut reader = BufReader::with_capacity(8 * 1024, file.by_ref());
    let mut line = Vec::new();
    let longest = MAX_LINE_BYTES as u64;
    let skipped = reader.by_ref().take(longest).read_until(b'\n', &mut line)? as u64;
    line.clear();
    reader.take(longest).read_until(b'\n', &mut line)?;
    line.pop_if(|last| *last == b'\n');
    let sequence = Line::parse(&line).map(|line| line.position.sequence);
    Ok(sequence.map(|sequence| (from + skipped, sequence)).filter(|(at, _)| *at < limit))
}
