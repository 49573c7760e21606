//! A closed segment, compressed: lines in zstd frames that can be read one by one.
//!
//! `zstd -dc` gives back the lines. Behind the frames stands a skippable frame, which other readers
//! pass over, with a table of the frames:
//!
//! ```text
//! 0x184D2A5B 4 │ length 4 │ packed bytes 4, plain bytes 4, first record 8, for each frame │
//! frames 4 │ magic 8                                                       all little endian
//! ```

use std::fs::File;
use std::io::{self, BufRead, ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::line::{Line, MAX_LINE_BYTES};

/// A frame ends with the line that fills it.
pub(crate) const FRAME_BYTES: usize = 256 * 1024;
/// So no frame holds more than this.
const LONGEST_FRAME: usize = FRAME_BYTES + MAX_LINE_BYTES;
const SKIPPABLE: u32 = 0x184D_2A5B;
const MAGIC: &[u8; 8] = b"SRFRAME1";
const ENTRY: usize = 16;
const FOOTER: u64 = 12;
/// More frames than any segment has.
const MOST_FRAMES: u32 = 1 << 24;
/// Packs records of calls tighter than the default level 3 does, in two thirds of the time.
const LEVEL: i32 = 1;

/// A compressed segment, open for reading its lines.
pub(crate) struct Packed {
    file: File,
    frames: Vec<Frame>,
    /// The frame to open next.
    next: usize,
    /// The frame that is open, and how much of it was read.
    open: Vec<u8>,
    read: usize,
}

#[derive(Clone, Copy)]
struct Frame {
    /// Where it begins in the file.
    at: u64,
    packed: u32,
    /// Where it begins among the lines.
    plain_at: u64,
    plain: u32,
    /// The sequence number of its first line.
    first: u64,
}

impl Packed {
    /// Opens the segment at `path`.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let frames = read_table(&file)?;
        Ok(Self { file, frames, next: 0, open: Vec::new(), read: 0 })
    }

    /// How many bytes its lines are.
    pub(crate) fn plain_bytes(&self) -> u64 {
        self.frames.last().map_or(0, |last| last.plain_at + u64::from(last.plain))
    }

    /// Goes to the beginning of a line at or before record `sequence`; returns its place.
    pub(crate) fn seek_record(&mut self, sequence: u64) -> u64 {
        let later = self.frames.partition_point(|frame| frame.first <= sequence);
        self.next = later.saturating_sub(1);
        (self.open, self.read) = (Vec::new(), 0);
        self.frames.get(self.next).map_or(0, |frame| frame.plain_at)
    }

    /// Goes to a place among the lines.
    pub(crate) fn seek(&mut self, offset: u64) -> io::Result<()> {
        let later = self.frames.partition_point(|frame| frame.plain_at <= offset);
        self.next = later.saturating_sub(1);
        (self.open, self.read) = (Vec::new(), 0);
        let begins = self.frames.get(self.next).map_or(0, |frame| frame.plain_at);
        let within = usize::try_from(offset - begins).unwrap_or(usize::MAX);
        let left = self.fill_buf()?.len();
        self.consume(within.min(left));
        Ok(())
    }

    /// The last lines, at least `lines` of them or all.
    pub(crate) fn tail(&self, lines: usize) -> io::Result<Vec<u8>> {
        let mut tail = Vec::new();
        for frame in self.frames.iter().rev() {
            let mut earlier = self.unpack(frame)?;
            earlier.append(&mut tail);
            tail = earlier;
            if memchr::memchr_iter(b'\n', &tail).count() >= lines {
                break;
            }
        }
        Ok(tail)
    }

    fn unpack(&self, frame: &Frame) -> io::Result<Vec<u8>> {
        let mut packed = vec![0; frame.packed as usize];
        self.file.read_exact_at(&mut packed, frame.at)?;
        let plain = zstd::bulk::decompress(&packed, frame.plain as usize)?;
        if plain.len() == frame.plain as usize { Ok(plain) } else { Err(damaged()) }
    }
}

impl Read for Packed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Packed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.read == self.open.len() {
            let Some(frame) = self.frames.get(self.next) else { return Ok(&[]) };
            self.open = self.unpack(frame)?;
            (self.read, self.next) = (0, self.next + 1);
        }
        Ok(&self.open[self.read..])
    }

    fn consume(&mut self, amount: usize) {
        self.read = (self.read + amount).min(self.open.len());
    }
}

/// Compresses `lines` into `out`.
pub(crate) fn pack(lines: &mut impl BufRead, out: &mut impl io::Write) -> io::Result<()> {
    let (mut table, mut frames) = (Vec::new(), 0_u32);
    let mut plain = Vec::with_capacity(FRAME_BYTES * 2);
    loop {
        plain.clear();
        let mut first = None;
        while plain.len() < FRAME_BYTES {
            let begins = plain.len();
            let mut bounded = lines.by_ref().take(MAX_LINE_BYTES as u64);
            if bounded.read_until(b'\n', &mut plain)? == 0 {
                break;
            }
            let line = plain[begins..].strip_suffix(b"\n").and_then(Line::parse);
            let sequence = line.ok_or_else(damaged)?.position.sequence;
            first = first.or(Some(sequence));
        }
        let Some(first) = first else { break };
        let packed = zstd::bulk::compress(&plain, LEVEL)?;
        out.write_all(&packed)?;
        table.extend_from_slice(&size(packed.len())?.to_le_bytes());
        table.extend_from_slice(&size(plain.len())?.to_le_bytes());
        table.extend_from_slice(&first.to_le_bytes());
        frames += 1;
    }
    table.extend_from_slice(&frames.to_le_bytes());
    table.extend_from_slice(MAGIC);
    out.write_all(&SKIPPABLE.to_le_bytes())?;
    out.write_all(&size(table.len())?.to_le_bytes())?;
    out.write_all(&table)
}

fn read_table(file: &File) -> io::Result<Vec<Frame>> {
    let length = file.metadata()?.len();
    let mut footer = [0; FOOTER as usize];
    file.read_exact_at(&mut footer, length.checked_sub(FOOTER).ok_or_else(damaged)?)?;
    let frames = number(&footer[..4]).filter(|frames| *frames <= MOST_FRAMES.into());
    let frames = frames.filter(|_| footer[4..] == *MAGIC).ok_or_else(damaged)?;
    let table = frames * ENTRY as u64;
    let begins = length.checked_sub(FOOTER + table).ok_or_else(damaged)?;
    let mut bytes = vec![0; usize::try_from(table).map_err(|_| damaged())?];
    file.read_exact_at(&mut bytes, begins)?;
    let (mut at, mut plain_at) = (0, 0);
    let mut found = Vec::with_capacity(bytes.len() / ENTRY);
    for entry in bytes.chunks_exact(ENTRY) {
        let part = |range: std::ops::Range<usize>| entry.get(range).and_then(number);
        let (packed, plain) = (part(0..4).ok_or_else(damaged)?, part(4..8).ok_or_else(damaged)?);
        let first = part(8..16).ok_or_else(damaged)?;
        let narrow = |size: u64| u32::try_from(size).map_err(|_| damaged());
        let frame = Frame { at, packed: narrow(packed)?, plain_at, plain: narrow(plain)?, first };
        (at, plain_at) = (at + packed, plain_at + plain);
        if plain > LONGEST_FRAME as u64 || at > begins {
            return Err(damaged());
        }
        found.push(frame);
    }
    // Between the last frame and the table stand the eight bytes that make it skippable.
    if at + 8 == begins { Ok(found) } else { Err(damaged()) }
}

/// A little-endian number of four or eight bytes.
fn number(bytes: &[u8]) -> Option<u64> {
    match bytes.len() {
        4 => Some(u32::from_le_bytes(bytes.try_into().ok()?).into()),
        _ => Some(u64::from_le_bytes(bytes.try_into().ok()?)),
    }
}

fn size(length: usize) -> io::Result<u32> {
    u32::try_from(length).map_err(|_| damaged())
}

fn damaged() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "this is not a compressed segment")
}
