//! Finding the end of a trail when it is opened, whatever became of its last writer.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use crate::line::{Line, LineMaker};
use crate::lines::Lines;
use crate::log::failed;
use crate::segment::{self, Segment};
use crate::set_aside::set_aside;
use crate::tail_window::TailWindow;
use crate::{Position, Problem, ProblemKind, TrailError, head_file};

/// Where a trail ends.
pub(crate) struct Recovered {
    pub(crate) position: Position,
    /// The last segment and the length of its whole lines.
    pub(crate) last: Option<(PathBuf, u64)>,
    /// Where torn ends were moved to.
    pub(crate) set_aside: Vec<PathBuf>,
}

/// Finds the end, reading no more than the end of the last two segments.
///
/// A last line that was cut off, or is no line at all, was never acknowledged and is set aside.
/// Anything else that does not fit is an error that names the place; [`verify`](crate::verify)
/// looks at all the rest.
pub(crate) fn recover(folder: &Path) -> Result<Recovered, TrailError> {
    let segments = segment::list(folder)?;
    let mut recovered = Recovered { position: Position::START, last: None, set_aside: Vec::new() };
    if let Some((last, earlier)) = segments.split_last() {
        let before = earlier.last().map(end_of_full_segment).transpose()?;
        recovered.recover_last(last, before)?;
    }
    expect_head(folder, &segments, &recovered.position)?;
    Ok(recovered)
}

impl Recovered {
    fn recover_last(&mut self, last: &Segment, before: Option<Position>) -> Result<(), TrailError> {
        let window = self.without_torn_end(&last.path)?;
        let known = before.or((last.first == 1).then_some(Position::START));
        if let Some(before) = known.filter(|before| before.sequence + 1 != last.first) {
            let kind = ProblemKind::between(before.sequence, last.first);
            return Err(problem(&last.path, 1, Some(last.first), kind));
        }
        let end = check_window(last, &window, known)?;
        self.position = end.or(known).ok_or_else(|| {
            // An empty segment that follows nothing: there is no telling what to go on from.
            let kind = ProblemKind::Missing { from: 1, to: last.first - 1 };
            problem(&last.path, 1, Some(last.first), kind)
        })?;
        self.last = Some((last.path.clone(), window.end()));
        Ok(())
    }

    fn without_torn_end(&mut self, path: &Path) -> Result<TailWindow, TrailError> {
        let mut window = TailWindow::read(path).map_err(failed("read", path))?;
        if window.is_torn() {
            self.set_aside.push(set_aside(path, window.end())?);
            window = TailWindow::read(path).map_err(failed("read", path))?;
        }
        // A power loss can leave a line end behind bytes that never reached the disk.
        let last = window.lines().next_back();
        let unreadable = last.filter(|(_, line)| Line::parse(line).is_none()).map(|(at, _)| at);
        if let Some(at) = unreadable {
            self.set_aside.push(set_aside(path, at)?);
            window = TailWindow::read(path).map_err(failed("read", path))?;
        }
        Ok(window)
    }
}

/// The position after a segment that is not the last and so must be whole.
fn end_of_full_segment(segment: &Segment) -> Result<Position, TrailError> {
    let window = TailWindow::read(&segment.path).map_err(failed("read", &segment.path))?;
    let end = check_window(segment, &window, None)?;
    if window.is_torn() {
        let line = line_number(&segment.path, window.end());
        return Err(problem(&segment.path, line, None, ProblemKind::Torn));
    }
    end.ok_or_else(|| problem(&segment.path, 1, Some(segment.first), ProblemKind::Unreadable))
}

/// Checks that the lines in the window follow each other, and `before` if they begin the file.
fn check_window(
    segment: &Segment,
    window: &TailWindow,
    before: Option<Position>,
) -> Result<Option<Position>, TrailError> {
    let mut maker = LineMaker::default();
    let mut previous = before.filter(|_| window.reaches_start());
    let mut is_first = window.reaches_start();
    let refused =
        |at, sequence, kind| problem(&segment.path, line_number(&segment.path, at), sequence, kind);
    for (at, bytes) in window.lines() {
        let line = Line::parse(bytes).ok_or_else(|| refused(at, None, ProblemKind::Unreadable))?;
        let sequence = line.position.sequence;
        if std::mem::take(&mut is_first) && sequence != segment.first {
            let kind = ProblemKind::out_of_order(segment.first, sequence);
            return Err(refused(at, Some(sequence), kind));
        }
        if let Some(previous) = previous.filter(|previous| !maker.follows(&line, previous)) {
            let kind = match previous.sequence.saturating_add(1) {
                expected if expected == sequence => ProblemKind::Altered,
                expected => ProblemKind::out_of_order(expected, sequence),
            };
            return Err(refused(at, Some(sequence), kind));
        }
        previous = Some(line.position);
    }
    Ok(previous)
}

/// Refuses a trail that ends before the position noted when it was last closed.
fn expect_head(folder: &Path, segments: &[Segment], position: &Position) -> Result<(), TrailError> {
    let Some(head) = head_file::read(folder) else { return Ok(()) };
    let path = segments.last().map_or(folder, |last| &last.path);
    let kind = if head.sequence > position.sequence {
        ProblemKind::CutOff { from: position.sequence + 1, to: head.sequence }
    } else if head.sequence == position.sequence && head.chain != position.chain {
        ProblemKind::Rewritten
    } else {
        return Ok(());
    };
    Err(problem(path, 0, Some(head.sequence), kind))
}

/// The number of the line that begins at `offset`, counted from 1; 0 if the file cannot be read.
pub(crate) fn line_number(path: &Path, offset: u64) -> u64 {
    count_line_ends(path, offset).map_or(0, |count| count + 1)
}

fn count_line_ends(path: &Path, length: u64) -> io::Result<u64> {
    let mut reader = Lines::open(path, 256 * 1024)?.take(length);
    let mut count = 0;
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok(count);
        }
        count += memchr::memchr_iter(b'\n', chunk).count() as u64;
        let length = chunk.len();
        reader.consume(length);
    }
}

fn problem(path: &Path, line: u64, sequence: Option<u64>, kind: ProblemKind) -> TrailError {
    TrailError::Damaged(Box::new(Problem { file: path.into(), line, sequence, kind }))
}
