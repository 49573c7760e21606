//! A block: the terms of a stretch of records, sorted, in a file that does not change.
//!
//! ```text
//! magic 8 │ first 8 │ records 4 │ terms 4 │ earliest 8 │ latest 8     all little endian
//! seconds after `earliest`, 4 bytes for each record
//! term 8 │ start 4 │ count 4, for each term, in ascending order
//! places of records, for each term with several: the distance from one to the next, as varints
//! ```
//! For a term with one record `start` is the place of that record; else where its places begin.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::BLOCK_RECORDS;
use crate::error::{IndexError, failed};
use crate::index::Wanted;
use crate::live::Live;

const MAGIC: &[u8; 8] = b"SRTIDX\0\x02";
const HEADER: u64 = 40;
const ENTRY: u64 = 16;
/// How many entries on each side of the guessed place are read with it.
const WINDOW: u64 = 512;
/// What a place takes at most as a varint: it is below [`BLOCK_RECORDS`].
const LONGEST_VARINT: u64 = 3;

/// A block that can be searched.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) first: u64,
    records: u32,
    terms: u32,
    earliest: i64,
    latest: i64,
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    Memory(Vec<u8>),
    File(PathBuf),
}

impl Block {
    /// Makes a block of `live` in memory.
    pub(crate) fn in_memory(live: &Live) -> io::Result<Self> {
        let bytes = encode(live);
        let header = read_header(&bytes)?;
        Ok(Self { bytes: Bytes::Memory(bytes), ..header })
    }

    /// Makes a block of `live` in a file of `folder`, in one step.
    pub(crate) fn in_folder(folder: &Path, live: &Live) -> Result<Self, IndexError> {
        let path = folder.join(name(live.first));
        let bytes = encode(live);
        write(&path, &bytes).map_err(failed("write", &path))?;
        let header = read_header(&bytes).map_err(failed("write", &path))?;
        Ok(Self { bytes: Bytes::File(path), ..header })
    }

    /// Opens the block in the file at `path`.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let file = File::open(&path)?;
        let mut bytes = vec![0; HEADER as usize];
        file.read_exact_at(&mut bytes, 0)?;
        let block = Self { bytes: Bytes::File(path), ..read_header(&bytes)? };
        if file.metadata()?.len() < block.postings() {
            return Err(damaged());
        }
        Ok(block)
    }

    pub(crate) fn next(&self) -> u64 {
        self.first + u64::from(self.records)
    }

    /// Deletes what is kept of it.
    pub(crate) fn delete(&self) -> Result<(), IndexError> {
        match &self.bytes {
            Bytes::Memory(_) => Ok(()),
            Bytes::File(path) => fs::remove_file(path).map_err(failed("delete", path)),
        }
    }

    /// Adds the wanted records, newest first, until `found` has `limit`.
    pub(crate) fn find(
        &self,
        wanted: &Wanted<'_>,
        limit: usize,
        found: &mut Vec<u64>,
    ) -> Result<(), IndexError> {
        if self.latest < wanted.from || self.earliest > wanted.to || self.first >= wanted.before {
            return Ok(());
        }
        let path = match &self.bytes {
            Bytes::Memory(_) => Path::new("memory"),
            Bytes::File(path) => path,
        };
        self.find_in(wanted, limit, found).map_err(failed("read", path))
    }

    fn find_in(&self, wanted: &Wanted<'_>, limit: usize, found: &mut Vec<u64>) -> io::Result<()> {
        let source = self.open_bytes()?;
        let mut places = Vec::new();
        for term in wanted.terms {
            self.places(&source, *term, &mut places)?;
        }
        places.sort_unstable();
        places.dedup();
        let sequence = |place: u32| self.first + u64::from(place);
        places.retain(|place| *place < self.records && sequence(*place) < wanted.before);
        if places.is_empty() {
            return Ok(());
        }
        let times = match wanted.covers(self.earliest) && wanted.covers(self.latest) {
            true => Vec::new(),
            false => source.read(HEADER, u64::from(self.records) * 4)?,
        };
        let in_time = |place: &u32| {
            let seconds = times.chunks_exact(4).nth(*place as usize).and_then(u32_at);
            seconds.is_none_or(|after| wanted.covers(self.earliest + i64::from(after)))
        };
        let room = limit.saturating_sub(found.len());
        found.extend(places.into_iter().rev().filter(in_time).take(room).map(sequence));
        Ok(())
    }

    /// Adds the places of the records with `term`.
    fn places(&self, source: &Source<'_>, term: u64, places: &mut Vec<u32>) -> io::Result<()> {
        let Some((start, count)) = self.entry(source, term)? else { return Ok(()) };
        if count == 1 {
            places.push(start);
            return Ok(());
        }
        let longest = (u64::from(count) * LONGEST_VARINT).min(u64::from(self.records) * 3);
        let bytes = source.read_up_to(self.postings() + u64::from(start), longest)?;
        let mut rest = bytes.as_slice();
        let mut place = 0_u32;
        for _ in 0..count {
            let (distance, behind) = varint(rest).ok_or_else(damaged)?;
            place = place.checked_add(distance).ok_or_else(damaged)?;
            places.push(place);
            rest = behind;
        }
        Ok(())
    }

    /// Start and count of a term.
    fn entry(&self, source: &Source<'_>, term: u64) -> io::Result<Option<(u32, u32)>> {
        let terms = u64::from(self.terms);
        // Terms are spread evenly, so a term's size tells nearly where it stands.
        let guess = u64::try_from((u128::from(term) * u128::from(terms)) >> 64).unwrap_or(0);
        let (mut low, mut high) = (0, terms);
        let (mut from, mut to) = (guess.saturating_sub(WINDOW), (guess + WINDOW).min(terms));
        while low < high {
            let window = source.read(self.entries() + from * ENTRY, (to - from) * ENTRY)?;
            let entries: Vec<_> = window.chunks_exact(ENTRY as usize).filter_map(entry).collect();
            let (Some(least), Some(most)) = (entries.first(), entries.last()) else { break };
            if term < least.0 {
                high = from;
            } else if term > most.0 {
                low = to;
            } else {
                let at = entries.binary_search_by_key(&term, |entry| entry.0).ok();
                return Ok(at.and_then(|at| entries.get(at)).map(|entry| (entry.1, entry.2)));
            }
            let middle = low + (high.saturating_sub(low)) / 2;
            (from, to) = (middle.saturating_sub(WINDOW).max(low), (middle + WINDOW).min(high));
        }
        Ok(None)
    }

    fn entries(&self) -> u64 {
        HEADER + u64::from(self.records) * 4
    }

    fn postings(&self) -> u64 {
        self.entries() + u64::from(self.terms) * ENTRY
    }

    fn open_bytes(&self) -> io::Result<Source<'_>> {
        match &self.bytes {
            Bytes::Memory(bytes) => Ok(Source::Memory(bytes)),
            Bytes::File(path) => File::open(path).map(Source::File),
        }
    }
}

enum Source<'b> {
    Memory(&'b [u8]),
    File(File),
}

impl Source<'_> {
    fn read(&self, at: u64, length: u64) -> io::Result<Vec<u8>> {
        let bytes = self.read_up_to(at, length)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(damaged()) }
    }

    fn read_up_to(&self, at: u64, length: u64) -> io::Result<Vec<u8>> {
        match self {
            Self::Memory(all) => {
                let start = usize::try_from(at).unwrap_or(usize::MAX).min(all.len());
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                Ok(all[start..start + length.min(all.len() - start)].to_vec())
            }
            Self::File(file) => {
                let left = file.metadata()?.len().saturating_sub(at).min(length);
                let mut bytes = vec![0; usize::try_from(left).unwrap_or(0)];
                file.read_exact_at(&mut bytes, at)?;
                Ok(bytes)
            }
        }
    }
}

/// The file of the block that begins with record `first`.
fn name(first: u64) -> String {
    format!("index-{first:016}.idx")
}

/// The blocks in `folder`, in their order.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "idx") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

fn encode(live: &Live) -> Vec<u8> {
    let (earliest, latest) = (live.times.iter().min(), live.times.iter().max());
    let (earliest, latest) =
        (earliest.copied().unwrap_or_default(), latest.copied().unwrap_or_default());
    let (entries, postings, terms) = encode_terms(&live.sorted());
    let size = HEADER as usize + live.times.len() * 4 + entries.len() + postings.len();
    let mut bytes = Vec::with_capacity(size);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&live.first.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(live.times.len()).unwrap_or(0).to_le_bytes());
    bytes.extend_from_slice(&terms.to_le_bytes());
    bytes.extend_from_slice(&earliest.to_le_bytes());
    bytes.extend_from_slice(&latest.to_le_bytes());
    for seconds in &live.times {
        // A clock that is off by more than a century is taken for one off by a century.
        let after = u32::try_from(seconds.saturating_sub(earliest)).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&after.to_le_bytes());
    }
    bytes.extend_from_slice(&entries);
    bytes.extend_from_slice(&postings);
    bytes
}

/// Entries, postings, and how many terms there are.
fn encode_terms(all: &[(u64, &[u32])]) -> (Vec<u8>, Vec<u8>, u32) {
    let (mut entries, mut postings) = (Vec::with_capacity(all.len() * ENTRY as usize), Vec::new());
    for (term, places) in all {
        let start = match places {
            [only] => *only,
            _ => u32::try_from(postings.len()).unwrap_or(u32::MAX),
        };
        if places.len() > 1 {
            let mut before = 0;
            for place in *places {
                push_varint(&mut postings, place - before);
                before = *place;
            }
        }
        let count = u32::try_from(places.len()).unwrap_or(u32::MAX);
        entries.extend_from_slice(&term.to_le_bytes());
        entries.extend_from_slice(&start.to_le_bytes());
        entries.extend_from_slice(&count.to_le_bytes());
    }
    (entries, postings, u32::try_from(all.len()).unwrap_or(u32::MAX))
}

fn read_header(bytes: &[u8]) -> io::Result<Block> {
    let part = |at: usize, length: usize| bytes.get(at..at + length).ok_or_else(damaged);
    if part(0, 8)? != MAGIC {
        return Err(damaged());
    }
    let wide = |at| u64_at(part(at, 8)?).ok_or_else(damaged);
    let narrow = |at| u32_at(part(at, 4)?).ok_or_else(damaged);
    let block = Block {
        first: wide(8)?,
        records: narrow(16)?,
        terms: narrow(20)?,
        earliest: wide(24)?.cast_signed(),
        latest: wide(32)?.cast_signed(),
        bytes: Bytes::Memory(Vec::new()),
    };
    match block.first > 0 && block.records as usize <= BLOCK_RECORDS {
        true => Ok(block),
        false => Err(damaged()),
    }
}

fn entry(bytes: &[u8]) -> Option<(u64, u32, u32)> {
    Some((u64_at(bytes.get(..8)?)?, u32_at(bytes.get(8..12)?)?, u32_at(bytes.get(12..16)?)?))
}

fn u64_at(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

fn u32_at(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn push_varint(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn varint(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0_u32;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= u32::from(byte & 0x7f).checked_shl(7 * u32::try_from(index).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((number, &bytes[index + 1..]));
        }
    }
    None
}

fn damaged() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "this is not what was written; delete it")
}
