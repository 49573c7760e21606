//! The last lines of a segment, found by reading back from its end.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::line::MAX_LINE_BYTES;
use crate::packed::Packed;
use crate::segment;

/// Enough for some sixty lines, all of which are verified when a trail is opened.
const FIRST_GUESS: usize = 64 * 1024;
/// Room for three of the longest lines and a torn one.
const MOST: usize = 4 * MAX_LINE_BYTES;
/// One that may turn out torn, and two that must follow each other.
const LINES_WANTED: usize = 3;

/// The end of a segment.
pub(crate) struct TailWindow {
    bytes: Vec<u8>,
    /// Where `bytes` begins in the file.
    offset: u64,
    /// Where in `bytes` the first whole line begins.
    first_line: usize,
    /// Where in `bytes` the last whole line ends, its line end included.
    end: usize,
}

impl TailWindow {
    /// Reads back from the end of the file until there are some whole lines, or all of them.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let is_gone = |error: &io::Error| error.kind() == ErrorKind::NotFound;
        match segment::is_packed(path) {
            true => Self::of_packed(path),
            // It may have been compressed since it was listed.
            false => match Self::of_plain(path) {
                Err(error) if is_gone(&error) => Self::of_packed(&segment::packed(path)),
                read => read,
            },
        }
    }

    fn of_packed(path: &Path) -> io::Result<Self> {
        let packed = Packed::open(path)?;
        let bytes = packed.tail(LINES_WANTED)?;
        let offset = packed.plain_bytes() - bytes.len() as u64;
        // Frames begin and end with lines.
        let end = bytes.len();
        Ok(Self { bytes, offset, first_line: 0, end })
    }

    fn of_plain(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut wanted = FIRST_GUESS;
        loop {
            let window = Self::read_last(&file, length, wanted)?;
            if window.offset == 0 || window.lines().count() >= LINES_WANTED {
                return Ok(window);
            }
            if wanted >= MOST {
                let message = format!("its last {wanted} bytes hold no lines of a trail");
                return Err(io::Error::new(ErrorKind::InvalidData, message));
            }
            wanted = (wanted * 4).min(MOST);
        }
    }

    /// The whole lines, without their line ends, each with its place in the file.
    pub(crate) fn lines(&self) -> impl DoubleEndedIterator<Item = (u64, &[u8])> {
        let lines = &self.bytes[self.first_line..self.end];
        let first = self.offset + self.first_line as u64;
        // No line ends without a line end, so the piece behind the last one is always empty.
        let pieces = lines.strip_suffix(b"\n").map(|lines| lines.split(|byte| *byte == b'\n'));
        let place = move |line: &[u8]| line.as_ptr() as usize - lines.as_ptr() as usize;
        pieces.into_iter().flatten().map(move |line| (first + place(line) as u64, line))
    }

    /// Where the last whole line ends.
    pub(crate) fn end(&self) -> u64 {
        self.offset + self.end as u64
    }

    /// Whether there are bytes behind the last whole line.
    pub(crate) fn is_torn(&self) -> bool {
        self.end < self.bytes.len()
    }

    /// Whether the first line given is the first of the file.
    pub(crate) fn reaches_start(&self) -> bool {
        self.offset == 0
    }

    fn read_last(file: &File, length: u64, wanted: usize) -> io::Result<Self> {
        let size = usize::try_from(length).unwrap_or(usize::MAX).min(wanted);
        let offset = length - size as u64;
        let mut bytes = vec![0; size];
        file.read_exact_at(&mut bytes, offset)?;
        let end = memchr::memrchr(b'\n', &bytes).map_or(0, |at| at + 1);
        let first_line = match offset {
            0 => 0,
            _ => memchr::memchr(b'\n', &bytes).map_or(end, |at| at + 1),
        };
        Ok(Self { bytes, offset, first_line, end })
    }
}
