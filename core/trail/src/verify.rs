//! Proving that a trail is what was written.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufRead, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::digest::Signed;
use crate::line::{Line, LineMaker, MAX_LINE_BYTES};
use crate::lines::Lines;
use crate::log::failed;
use crate::segment::{self, Segment};
use crate::testimony::{self, Testimony};
use crate::{Chain, Position, TrailError, head_file};

/// What is known about a trail from elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// The trail reaches at least to here. Without it, the position noted in the folder when the
    /// trail was last closed is taken; whoever can cut the trail off can change that, too.
    pub head: Option<Position>,
    /// The trail begins after here, because older segments were moved elsewhere. Without it, it
    /// begins where its digests say, or with the first record.
    pub begins_after: Option<Position>,
    /// There is at least this digest.
    pub digest: Option<Remembered>,
    /// The fingerprint of the key that the oldest digests are signed with. Without it, the first key
    /// beside them is believed; whoever can write the files can change that, too.
    pub key: Option<String>,
}

/// A digest that is remembered elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Its number.
    pub number: u64,
    /// Its signature, hex.
    pub signature: String,
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
    /// How many digests were found in order, up to the first problem.
    pub digests: u64,
    /// The latest of them.
    pub last_digest: Option<Signed>,
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
    /// A digest is not what was signed.
    DigestAltered,
    /// A digest is missing before this one.
    DigestMissing {
        /// Its number.
        number: u64,
    },
    /// A digest is signed with a key that is not trusted.
    DigestOfUnknownKey,
    /// The trail is one that was there earlier: digests are missing that were made since.
    RolledBack {
        /// The number of the first that is missing.
        from: u64,
        /// The number of the last one known to have been made.
        to: u64,
    },
}

/// Reads the whole trail in `folder` and checks every record.
///
/// An error means that it could not be read; what is wrong with it is in the report. While another
/// process writes the trail, a torn last line may be one that is just being written.
pub fn verify(folder: &Path, expected: &Expectations) -> Result<Report, TrailError> {
    let segments = segment::list(folder)?;
    let head = expected.head.or_else(|| head_file::read(folder));
    let testimony = testimony::hear(folder, expected)?;
    let mut walk = Walk {
        report: Report {
            segments: segments.len() as u64,
            records: 0,
            end: begin(&segments, &testimony, expected),
            digests: testimony.digests,
            last_digest: testimony.last.clone(),
            problem: testimony.problem.clone(),
        },
        head,
        marks: testimony.marks,
        maker: LineMaker::default(),
    };
    if walk.report.problem.is_some() {
        return Ok(walk.report);
    }
    for (index, segment) in segments.iter().enumerate() {
        // What is about to be retired, as a digest says, may be gone in part.
        let is_retired = |next: &Segment| next.first <= walk.report.end.sequence + 1;
        if walk.report.records == 0 && segments.get(index + 1).is_some_and(is_retired) {
            continue;
        }
        let is_last = index + 1 == segments.len();
        if let Some(problem) = walk.segment(segment, is_last)? {
            walk.report.problem = Some(problem);
            return Ok(walk.report);
        }
    }
    let end = walk.report.end.sequence;
    let last_mark = walk.marks.last_key_value().map_or(0, |(sequence, _)| *sequence);
    let written = head.map_or(0, |head| head.sequence).max(last_mark);
    walk.report.problem = Some(written).filter(|written| *written > end).map(|to| Problem {
        file: segments.last().map_or_else(|| folder.into(), |last| last.path.clone()),
        line: 0,
        sequence: Some(end + 1),
        kind: ProblemKind::CutOff { from: end + 1, to },
    });
    Ok(walk.report)
}

/// Where the first segment has to begin.
fn begin(segments: &[Segment], testimony: &Testimony, expected: &Expectations) -> Position {
    if let Some(begins_after) = expected.begins_after {
        return begins_after;
    }
    let Some(last) = &testimony.last else { return Position::START };
    let begins_after = last.digest.begins_after;
    // What was to be retired may still be there: it begins at another place that is vouched for.
    let before = segments.first().map_or(0, |first| first.first - 1);
    let earlier = testimony.marks.get(&before).filter(|_| before < begins_after.sequence);
    match earlier {
        Some(chain) => Position { sequence: before, chain: *chain },
        None if before == 0 && !segments.is_empty() => Position::START,
        None => begins_after,
    }
}

struct Walk {
    report: Report,
    head: Option<Position>,
    /// Where the trail stood, by its digests.
    marks: BTreeMap<u64, Chain>,
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
        let mut reader = match Lines::open(&one.path, 1024 * 1024) {
            Ok(reader) => reader,
            Err(error) if is_damage(&error) => return problem(0, None, ProblemKind::Unreadable),
            Err(error) => return Err(failed("read", &one.path)(error)),
        };
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let mut bounded = reader.by_ref().take(MAX_LINE_BYTES as u64);
            let read = match bounded.read_until(b'\n', &mut bytes) {
                Ok(read) => read,
                // A compressed segment that does not unpack is not what was written.
                Err(error) if segment::is_packed(&one.path) && is_damage(&error) => {
                    return problem(number, None, ProblemKind::Unreadable);
                }
                Err(error) => return Err(failed("read", &one.path)(error)),
            };
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
        if self.marks.get(&position.sequence).is_some_and(|chain| *chain != position.chain) {
            return Some(ProblemKind::Rewritten);
        }
        self.report.end = position;
        self.report.records += 1;
        None
    }
}

/// Whether what a file holds, rather than the disk, is at fault.
fn is_damage(error: &std::io::Error) -> bool {
    // Damage of a frame is told by the library in a kind of its own.
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::Other)
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
            ProblemKind::DigestAltered => f.write_str(": this is not the digest that was signed"),
            ProblemKind::DigestMissing { number } => {
                write!(f, ": digest {number} is missing before it")
            }
            ProblemKind::DigestOfUnknownKey => {
                f.write_str(": it is signed with a key that is not trusted")
            }
            ProblemKind::RolledBack { from, to } => {
                write!(f, ": the trail was rolled back, digests {from} to {to} were made since")
            }
        }
    }
}
