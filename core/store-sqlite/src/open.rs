//! Opening: lock, check, connect. Nothing here depends on how much is stored.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom_store::{ChangeLog, StoreError};

use crate::Options;
use crate::digest::Ids;
use crate::error::{damaged, engine, system};
use crate::header;
use crate::lock::Lock;
use crate::queue::Queue;
use crate::readers::Readers;
use crate::recent::Recent;
use crate::record;
use crate::schema::{self, PAGE_BYTES};
use crate::writer::Writer;

const CHANGE_BYTES_KEPT: usize = 4 << 20;

/// The parts of an open store.
pub struct Opened {
    /// Where it is.
    pub path: PathBuf,
    /// Before the writer.
    pub queue: Arc<Queue>,
    /// For reading.
    pub readers: Arc<Readers>,
    /// For watching.
    pub changes: ChangeLog,
    /// To be started.
    pub writer: Writer,
}

/// Opens or creates the database at `path`.
pub fn open(path: &Path, options: &Options, ids: Ids) -> Result<Opened, StoreError> {
    // Absolute, or SQLite would take a path that begins with `file:` for a URI.
    let path = std::path::absolute(path).map_err(system)?;
    let lock = Lock::take(&beside(&path, ".lock"))?;
    if length(&path)? == 0 {
        create(&path)?;
    }
    header::check(&path)?;

    let readers = options.readers.max(1);
    // Writing needs few pages again, reading the upper ones of the tree all the time.
    let writer_bytes = options.cache_bytes / 8;
    let cache_bytes = (options.cache_bytes - writer_bytes) / readers;
    let connection = schema::connect(&path, writer_bytes)?;
    schema::check(&connection)?;
    limit(&connection, options).map_err(engine)?;
    let revision = schema::revision(&connection)?;

    let connections: Result<Vec<_>, _> = (0..readers).map(|_| reader(&path, cache_bytes)).collect();
    let recent = Arc::new(Recent::new(revision));
    let readers = Arc::new(Readers::new(connections?, Arc::clone(&recent), ids));
    let changes = ChangeLog::new(revision, options.changes_kept, CHANGE_BYTES_KEPT);
    let queue = Arc::new(Queue::new());
    let writer = Writer {
        connection,
        queue: Arc::clone(&queue),
        readers: Arc::clone(&readers),
        recent,
        changes: changes.clone(),
        ids,
        wal_bytes: options.wal_bytes,
        log_in_use: true,
        lock,
    };
    Ok(Opened {
        path,
        queue,
        readers,
        changes,
        writer,
    })
}

/// Reads and checks everything, on a connection of its own.
pub fn verify(path: &Path) -> Result<(), StoreError> {
    let connection = schema::connect(path, 1 << 20)?;
    schema::check(&connection)?;
    let sql = "PRAGMA integrity_check(1)";
    let verdict: String = connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(engine)?;
    if verdict != "ok" {
        return Err(damaged(verdict));
    }
    schema::revision(&connection)?;
    record::verify_all(&connection)
}

fn reader(path: &Path, cache_bytes: usize) -> Result<rusqlite::Connection, StoreError> {
    let connection = schema::connect(path, cache_bytes)?;
    connection
        .execute_batch("PRAGMA query_only = ON")
        .map_err(engine)?;
    Ok(connection)
}

fn limit(connection: &rusqlite::Connection, options: &Options) -> rusqlite::Result<()> {
    // After a burst the log file is cut back to its usual size.
    let log = options.wal_bytes.saturating_mul(2);
    connection.execute_batch(&format!("PRAGMA journal_size_limit = {log}"))?;
    if let Some(bytes) = options.max_bytes {
        let pages = (bytes / u64::from(PAGE_BYTES)).clamp(1, u64::from(u32::MAX - 1));
        connection.execute_batch(&format!("PRAGMA max_page_count = {pages}"))?;
    }
    Ok(())
}

/// Makes the database under another name first, so that it appears only when it is whole.
fn create(path: &Path) -> Result<(), StoreError> {
    if length(&beside(path, "-wal"))? > 0 {
        return Err(damaged(format!(
            "{} is missing or empty, but its write-ahead log is there",
            path.display()
        )));
    }
    let new = beside(path, ".new");
    for leftover in ["", "-wal", "-shm", "-journal"] {
        remove(&beside(&new, leftover))?;
    }
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .map_err(system)?;
    schema::create(&new)?;
    for leftover in ["-wal", "-shm"] {
        remove(&beside(&new, leftover))?;
    }
    File::open(&new)
        .and_then(|file| file.sync_all())
        .map_err(system)?;
    fs::rename(&new, path).map_err(system)?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(system)
}

fn length(path: &Path) -> Result<u64, StoreError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(system(error)),
    }
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(system(error)),
        _ => Ok(()),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
