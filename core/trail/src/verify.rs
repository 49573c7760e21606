//! Proving that a trail is what was written.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::line::{Line, LineMaker, MAX_LINE_BYTES};
use crate::log::failed;
use crate::segment::{self, Segment};
use crate::{Position, TrailError, head_file};

/// What is known about a trail from elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expectations {
    /// The trail reaches at least to here. Without it, the position noted in the folder when the
    /// trail was last closed is taken; whoever can cut the trail off can change that, too.
    pub head: Option<Position>,
    /// The trail begins after here, because older segments were moved elsewhere.
    pub begins_after: Option<Position>,
}

/// What [`verify`] found.
#[derive(Clone, Debug)]
pub struct Report {
    /// How many segments there are.
    pub segments: u64,
    /// How many records were found in order, up to the first problem.
    pub records: u64,
    /// The position after the last of them.
    pub end: Position,
    /// The first problem. Records after it are not vouched for.
    pub problem: Option<Problem>,
}

/// A place where a trail is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The segment.
    pub file: PathBuf,
    /// The line, counted from 1; 0 where it is about no line in particular.
    pub line: u64,
    /// The record in question, if it can be told.
    pub sequence: Option<u64>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// In which way a trail is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A record is not what was written, or the one before it is not.
    Altered,
    /// Not a record of a trail at all.
    Unreadable,
    /// Records are missing.
    Missing {
        /// The first one.
        from: u64,
        /// The last one.
        to: u64,
    },
    /// A record stands where another one belongs.
    Reordered {
        /// The one that belongs there.
        expected: u64,
    },
    /// A line has no end.
    Torn,
    /// The trail ends too early.
    CutOff {
        /// The first record missing.
        from: u64,
        /// The last one known to have been written.
        to: u64,
    },
    /// The trail is consistent, but not the one remembered.
    Rewritten,
}

/// Reads the whole trail in `folder` and checks every record.
///
/// An error means that it could not be read; what is wrong with it is in the report. While another
/// process writes the trail, a torn last line may be one that is just being written.
pub fn verify(folder: &Path, expected: &Expectations) -> Result<Report, TrailError> {
    let segments = segment::list(folder)?;
    let head = expected.head.or_else(|| head_file::read(folder));
    let mut walk = Walk {
        report: Report {
            segments: segments.len() as u64,
            records: 0,
            end: expected.begins_after.unwrap_or(Position::START),
            problem: None,
        },
        head,
        maker: LineMaker::default(),
    };
    for (index, segment) in segments.iter().enumerate() {
        let is_last = index + 1 == segments.len();
        if let Some(problem) = walk.segment(segment, is_last)? {
            walk.report.problem = Some(problem);
            return Ok(walk.report);
        }
    }
    let end = walk.report.end.sequence;
    walk.report.problem = head.filter(|head| head.sequence > end).map(|head| Problem {
        file: segments.last().map_or_else(|| folder.into(), |last| last.path.clone()),
        line: 0,
        sequence: Some(end + 1),
        kind: ProblemKind::CutOff { from: end + 1, to: head.sequence },
    });
    Ok(walk.report)
}

struct Walk {
    report: Report,
    head: Option<Position>,
    maker: LineMaker,
}

impl Walk {
    fn segment(&mut self, one: &Segment, is_last: bool) -> Result<Option<Problem>, TrailError> {
        let problem = |line, sequence, kind| {
            Ok(Some(Problem { file: one.path.clone(), line, sequence, kind }))
        };
        let end = self.report.end.sequence;
        if one.first != end + 1 {
            return problem(1, Some(one.first), ProblemKind::between(end, one.first));
        }
        let file = File::open(&one.path).map_err(failed("read", &one.path))?;
        let mut reader = BufReader::with_capacity(1024 * 1024, file);
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let mut bounded = reader.by_ref().take(MAX_LINE_BYTES as u64);
            let read = bounded.read_until(b'\n', &mut bytes).map_err(failed("read", &one.path))?;
            if read == 0 {
                // Only the last segment may have been begun and not written to.
                let is_empty = number == 1 && !is_last;
                return if is_empty { problem(1, None, ProblemKind::Unreadable) } else { Ok(None) };
            }
            if bytes.pop_if(|last| *last == b'\n').is_none() {
                let is_cut_off = read < MAX_LINE_BYTES;
                let kind = if is_cut_off { ProblemKind::Torn } else { ProblemKind::Unreadable };
                return problem(number, None, kind);
            }
            let Some(line) = Line::parse(&bytes) else {
                return problem(number, None, ProblemKind::Unreadable);
            };
            if let Some(mut kind) = self.record(&line) {
                let sequence = line.position.sequence;
                if matches!(kind, ProblemKind::Missing { .. }) {
                    let expected = self.report.end.sequence + 1;
                    kind = reordered_if_found(&mut reader, expected).unwrap_or(kind);
                }
                return problem(number, Some(sequence), kind);
            }
        }
        Ok(None)
    }

    /// Checks the next record and counts it if nothing is wrong.
    fn record(&mut self, line: &Line<'_>) -> Option<ProblemKind> {
        let (end, position) = (&self.report.end, line.position);
        if !self.maker.follows(line, end) {
            return Some(match end.sequence + 1 {
                expected if expected == position.sequence => ProblemKind::Altered,
                expected => ProblemKind::out_of_order(expected, position.sequence),
            });
        }
        if self.head.is_some_and(|head| head.sequence == position.sequence && head != position) {
            return Some(ProblemKind::Rewritten);
        }
        self.report.end = position;
        self.report.records += 1;
        None
    }
}

/// Whether a record that seems to be missing merely stands further down in the same segment.
fn reordered_if_found(reader: &mut impl BufRead, expected: u64) -> Option<ProblemKind> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read =
            reader.by_ref().take(MAX_LINE_BYTES as u64).read_until(b'\n', &mut bytes).ok()?;
        if read == 0 {
            return None;
        }
        bytes.pop_if(|last| *last == b'\n');
        if Line::parse(&bytes).is_some_and(|line| line.position.sequence == expected) {
            return Some(ProblemKind::Reordered { expected });
        }
    }
}

impl ProblemKind {
    /// What is wrong when record `found` stands where `expected` belongs.
    pub(crate) fn out_of_order(expected: u64, found: u64) -> Self {
        if found > expected {
            Self::Missing { from: expected, to: found - 1 }
        } else {
            Self::Reordered { expected }
        }
    }

    /// What is wrong when a segment that begins with `first` follows record `end`.
    pub(crate) fn between(end: u64, first: u64) -> Self {
        Self::out_of_order(end + 1, first)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        if let Some(sequence) = self.sequence {
            write!(f, ", record {sequence}")?;
        }
        match self.kind {
            ProblemKind::Altered => f.write_str(": it or the record before it was altered"),
            ProblemKind::Unreadable => f.write_str(": this is not a record of a trail"),
            ProblemKind::Missing { from, to } => {
                write!(f, ": records {from} to {to} are missing before it")
            }
            ProblemKind::Reordered { expected } => write!(f, ": record {expected} belongs here"),
            ProblemKind::Torn => f.write_str(": the line is cut off"),
            ProblemKind::CutOff { from, to } => {
                write!(f, ": the trail is cut off, records {from} to {to} are missing")
            }
            ProblemKind::Rewritten => f.write_str(": this is not the record that was remembered"),
        }
    }
}
