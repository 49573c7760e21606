//! The position noted when a trail is closed, so that a trail cut off meanwhile is noticed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::log::failed;
use crate::{Position, TrailError};

const NAME: &str = "head.json";

/// Notes `position` in `folder`, in one step.
pub(crate) fn write(folder: &Path, position: &Position) -> Result<(), TrailError> {
    let path = folder.join(NAME);
    replace(&path, position).map_err(failed("write", &path))
}

/// The position noted, if any. One that cannot be read counts for nothing: the files decide.
pub(crate) fn read(folder: &Path) -> Option<Position> {
    let mut json = Vec::new();
    File::open(folder.join(NAME)).ok()?.take(4096).read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}

fn replace(path: &Path, position: &Position) -> io::Result<()> {
    let fresh = path.with_extension("json.new");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    let mut json = serde_json::to_vec(position)?;
    json.push(b'\n');
    file.write_all(&json)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}
