//! What the log asks of a disk, so that tests can make one fail.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// Where segments are made.
pub(crate) trait Disk: Send + Sync {
    /// Makes a segment that does not exist yet.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn SegmentFile>>;
    /// Opens a segment to go on writing at its end.
    fn reopen(&self, path: &Path) -> io::Result<Arc<dyn SegmentFile>>;
    /// Brings the names of new segments to disk.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// A segment open for writing.
pub(crate) trait SegmentFile: Send + Sync {
    /// Hands bytes to the kernel at the end of the file; on failure any part may have been taken.
    fn append(&self, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file to `length` bytes.
    fn truncate(&self, length: u64) -> io::Result<()>;
    /// Brings all bytes to disk.
    fn sync(&self) -> io::Result<()>;
    /// Writes the bytes from `from` to `to` once more, as they stand. After a failed `sync` the
    /// kernel may take them for written; this makes it try again.
    fn rewrite(&self, from: u64, to: u64) -> io::Result<()>;
}

/// The disk as it is.
pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn SegmentFile>> {
        let mut options = OpenOptions::new();
        let file = options.append(true).create_new(true).mode(0o600).open(path)?;
        Ok(Arc::new(RealFile { file, path: path.into() }))
    }

    fn reopen(&self, path: &Path) -> io::Result<Arc<dyn SegmentFile>> {
        let file = OpenOptions::new().append(true).open(path)?;
        Ok(Arc::new(RealFile { file, path: path.into() }))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

struct RealFile {
    file: File,
    path: Box<Path>,
}

impl SegmentFile for RealFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        // One write(2) for all of it, save on a disk that is about to be full.
        (&self.file).write_all(bytes)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn rewrite(&self, mut from: u64, to: u64) -> io::Result<()> {
        // Not through `self.file`: with O_APPEND, pwrite(2) writes at the end on Linux.
        let file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let mut chunk = vec![0; 256 * 1024];
        while from < to {
            let length = usize::try_from(to - from).unwrap_or(usize::MAX).min(chunk.len());
            file.read_exact_at(&mut chunk[..length], from)?;
            file.write_all_at(&chunk[..length], from)?;
            from += length as u64;
        }
        Ok(())
    }
}
