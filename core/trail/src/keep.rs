//! What becomes of closed segments: they are compressed, and in the end retired.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::line::Line;
use crate::lines::Lines;
use crate::log::failed;
use crate::packed;
use crate::segment::{self, Segment};
use crate::tail_window::TailWindow;
use crate::{Position, TrailError};

/// Compresses the oldest closed segment of the trail in `folder` that is not compressed yet; returns
/// it, or nothing when all are. The latest segment, which is written to, is left alone.
///
/// A segment is replaced only when what was compressed has been read back and is on disk, so that a
/// crash leaves one of the two whole.
///
/// # Errors
/// A file cannot be read or written; nothing is lost then.
pub fn compress_next(folder: &Path) -> Result<Option<PathBuf>, TrailError> {
    let segments = segment::list(folder)?;
    let Some((_latest, closed)) = segments.split_last() else { return Ok(None) };
    let Some(next) = closed.iter().find(|one| !segment::is_packed(&one.path)) else {
        return Ok(None);
    };
    let target = segment::packed(&next.path);
    compress(&next.path, &target).map_err(failed("compress", &next.path))?;
    sync(folder)?;
    fs::remove_file(&next.path).map_err(failed("delete", &next.path))?;
    Ok(Some(target))
}

/// Where the trail in `folder` would begin if everything was retired that is wholly older than
/// `cutoff_ms` since the epoch; nothing if that is nothing. The latest segment always stays.
///
/// # Errors
/// The folder cannot be read.
pub fn retirable(folder: &Path, cutoff_ms: u64) -> Result<Option<Position>, TrailError> {
    let segments = segment::list(folder)?;
    let cutoff = segment::compact_time(cutoff_ms);
    // A segment is as old as the first record of the one that follows it.
    let is_old = |pair: &&[Segment]| match pair {
        [_, next] => segment::time(&next.path).is_some_and(|time| *time < *cutoff),
        _ => false,
    };
    let Some(pair) = segments.windows(2).take_while(is_old).last() else { return Ok(None) };
    let Some(last) = pair.first() else { return Ok(None) };
    let window = TailWindow::read(&last.path).map_err(failed("read", &last.path))?;
    let line = window.lines().next_back().and_then(|(_, line)| Line::parse(line));
    Ok(line.map(|line| line.position))
}

/// Deletes the segments of the trail in `folder` that end with `begins_after` or before; how many.
/// That the trail begins there must have been put in a digest first, or [`verify`](crate::verify)
/// takes them for missing.
///
/// # Errors
/// A file cannot be deleted.
pub fn retire(folder: &Path, begins_after: &Position) -> Result<u64, TrailError> {
    let segments = segment::list(folder)?;
    let mut retired = 0;
    for pair in segments.windows(2) {
        let [one, next] = pair else { continue };
        if next.first <= begins_after.sequence + 1 {
            fs::remove_file(&one.path).map_err(failed("delete", &one.path))?;
            retired += 1;
        }
    }
    if retired > 0 {
        sync(folder)?;
    }
    Ok(retired)
}

fn compress(source: &Path, target: &Path) -> io::Result<()> {
    let fresh = target.with_extension("new");
    let mut lines = BufReader::with_capacity(1024 * 1024, File::open(source)?);
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    let mut out = io::BufWriter::with_capacity(1024 * 1024, file);
    packed::pack(&mut lines, &mut out)?;
    out.into_inner()?.sync_all()?;
    fs::rename(&fresh, target)?;
    let same = is_same(source, target);
    if !matches!(same, Ok(true)) {
        fs::remove_file(target)?;
        same?;
        return Err(io::Error::new(ErrorKind::InvalidData, "it reads back as something else"));
    }
    Ok(())
}

fn is_same(plain: &Path, target: &Path) -> io::Result<bool> {
    let mut one = BufReader::with_capacity(1024 * 1024, File::open(plain)?);
    let mut other = Lines::open(target, 0)?;
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let length = left.len().min(right.len());
        if left[..length] != right[..length] {
            return Ok(false);
        }
        if length == 0 {
            return Ok(left.is_empty() && right.is_empty());
        }
        one.consume(length);
        other.consume(length);
    }
}

fn sync(folder: &Path) -> Result<(), TrailError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("sync", folder))
}
