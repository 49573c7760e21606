//! Moving the torn end of a segment into a file of its own.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::TrailError;
use crate::log::failed;

/// Moves everything from `from` on into `<segment>.<from>.torn` and returns that path.
///
/// Dying half-way does no harm: the copy is on disk before the segment is cut, and is made again.
pub(crate) fn set_aside(segment: &Path, from: u64) -> Result<PathBuf, TrailError> {
    let mut name = segment.as_os_str().to_owned();
    name.push(format!(".{from}.torn"));
    let torn = PathBuf::from(name);
    copy(segment, from, &torn).map_err(failed("create", &torn))?;
    cut(segment, from).map_err(failed("truncate", segment))?;
    Ok(torn)
}

fn copy(segment: &Path, from: u64, torn: &Path) -> io::Result<()> {
    let mut source = File::open(segment)?;
    source.seek(SeekFrom::Start(from))?;
    let mut options = OpenOptions::new();
    let mut copy = options.write(true).create(true).truncate(true).mode(0o600).open(torn)?;
    io::copy(&mut source.by_ref(), &mut copy)?;
    copy.sync_all()?;
    File::open(torn.parent().unwrap_or(Path::new(".")))?.sync_all()
}

fn cut(segment: &Path, length: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(segment)?;
    file.set_len(length)?;
    file.sync_all()
}
