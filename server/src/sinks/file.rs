//! A file that lines are appended to. It is opened for each batch, so that it may be rotated away.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use super::Fault;

/// Appends `lines`; they are on disk when it returns.
pub(super) async fn write(path: PathBuf, lines: Vec<u8>) -> Result<(), Fault> {
    let written = tokio::task::spawn_blocking(move || {
        let mut options = OpenOptions::new();
        let mut file = options.append(true).create(true).mode(0o600).open(path)?;
        file.write_all(&lines)?;
        file.sync_data()
    });
    Ok(written.await??)
}
