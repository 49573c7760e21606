//! The lines of a segment, compressed or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use crate::packed::Packed;
use crate::segment;

/// The lines of a segment.
pub(crate) enum Lines {
    /// As they were written.
    Plain(BufReader<File>),
    /// Compressed.
    Packed(Packed),
}

impl Lines {
    /// Opens the segment at `path`, or what it was compressed into meanwhile.
    pub(crate) fn open(path: &Path, buffer: usize) -> io::Result<Self> {
        if segment::is_packed(path) {
            return Packed::open(path).map(Self::Packed);
        }
        match File::open(path) {
            Ok(file) => Ok(Self::Plain(BufReader::with_capacity(buffer, file))),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Whether it was compressed or is gone, the error that counts is the first.
                Packed::open(&segment::packed(path)).map(Self::Packed).map_err(|_| error)
            }
            Err(error) => Err(error),
        }
    }

    /// Goes to a place among the lines.
    pub(crate) fn go_to(&mut self, offset: u64) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.seek(SeekFrom::Start(offset)).map(drop),
            Self::Packed(packed) => packed.seek(offset),
        }
    }
}

impl Read for Lines {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(out),
            Self::Packed(packed) => packed.read(out),
        }
    }
}

impl BufRead for Lines {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Plain(file) => file.fill_buf(),
            Self::Packed(packed) => packed.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        match self {
            Self::Plain(file) => file.consume(amount),
            Self::Packed(packed) => packed.consume(amount),
        }
    }
}
