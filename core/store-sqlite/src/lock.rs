//! The lock file: one process has a database open at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use strongroom_store::StoreError;

use crate::error::system;

/// Held while the database is open; the operating system releases it however the process ends.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock at `path` and writes this process's id into it.
    ///
    /// # Errors
    /// `Locked` with the id of the process that holds it.
    pub fn take(path: &Path) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        // Not truncated: until the lock is ours, the id in it is someone else's.
        let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(path).map_err(system)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { pid: holder(&file) }),
            Err(TryLockError::Error(error)) => return Err(system(error)),
        }
        write_id(&mut file).map_err(system)?;
        Ok(Self { _file: file })
    }
}

fn write_id(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// 0 if the holder has not written it yet.
fn holder(file: &File) -> u32 {
    let mut text = String::new();
    let read = file.take(16).read_to_string(&mut text);
    read.ok().and_then(|_| text.trim().parse().ok()).unwrap_or(0)
}
