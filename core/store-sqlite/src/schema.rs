//! The tables, the settings of every connection, and how a new database comes to be.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};
use std::path::Path;

use strongroom_store::{Revision, StoreError};

use crate::digest::digest;
use crate::error::{damaged, engine};

/// "Strg", the application id in the file header.
pub const APPLICATION_ID: u32 = 0x5374_7267;

/// The format of the file, SQLite's user version.
pub const FORMAT: u32 = 1;

/// Bytes of a page. A record of the usual 1 to 1.5 KB shares its page with one or two others.
pub const PAGE_BYTES: u32 = 4096;

/// Type, name, first page and text of everything in the schema. Nothing else may be there, and as
/// nothing is ever dropped or moved, the pages are always these.
const SCHEMA: [(&str, &str, i64, &str); 3] = [
    (
        "table",
        "kv",
        2,
        // The value comes last, so that the rest is read without the pages of a long value.
        "CREATE TABLE kv(id INTEGER PRIMARY KEY, key TEXT NOT NULL, revision INTEGER NOT NULL, \
         digest INTEGER NOT NULL, value BLOB NOT NULL)",
    ),
    ("index", "kv_key", 3, "CREATE UNIQUE INDEX kv_key ON kv(key)"),
    (
        "table",
        "state",
        4,
        "CREATE TABLE state(id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, digest INTEGER NOT NULL)",
    ),
];

/// A connection to the database at `path`, guarded and bounded.
pub fn connect(path: &Path, cache_bytes: usize) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(engine)?;
    configure(&connection, cache_bytes).map_err(engine)?;
    Ok(connection)
}

fn configure(connection: &Connection, cache_bytes: usize) -> rusqlite::Result<()> {
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        (DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
    ] {
        connection.set_db_config(setting, on)?;
    }
    connection.execute_batch(&format!(
        "PRAGMA cache_size = -{};
         PRAGMA mmap_size = 0;
         PRAGMA cell_size_check = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA secure_delete = FAST;
         PRAGMA busy_timeout = 5000;",
        cache_bytes.div_ceil(1024).max(64),
    ))
}

/// Makes the empty file at `path` a whole, empty database, on disk when it returns.
pub fn create(path: &Path) -> Result<(), StoreError> {
    let connection = connect(path, 0)?;
    fill(&connection).map_err(engine)?;
    connection.close().map_err(|(_, error)| engine(error))
}

fn fill(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .execute_batch(&format!("PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL;"))?;
    connection.execute_batch(&format!(
        "BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};"
    ))?;
    for (_, _, _, sql) in SCHEMA {
        connection.execute_batch(sql)?;
    }
    connection.execute(
        "INSERT INTO state(id, revision, digest) VALUES(1, 0, ?1)",
        params![digest("", 0, &[])],
    )?;
    connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE);")
}

/// Whether `connection` sees exactly the schema above and can write.
pub fn check(connection: &Connection) -> Result<(), StoreError> {
    if connection.is_readonly("main").map_err(engine)? {
        return Err(StoreError::Io { cause: "the database file is read-only".into() });
    }
    let mut statement = connection
        .prepare("SELECT type, name, rootpage, sql FROM sqlite_schema ORDER BY rowid")
        .map_err(engine)?;
    let found: Vec<(String, String, i64, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .and_then(Iterator::collect)
        .map_err(engine)?;
    let expected =
        SCHEMA.map(|(kind, name, page, sql)| (kind.into(), name.into(), page, sql.into()));
    if found == expected {
        Ok(())
    } else {
        Err(damaged("the schema is not the one of this format"))
    }
}

/// The revision of the last committed transaction, as the snapshot of `connection` has it.
pub fn revision(connection: &Connection) -> Result<Revision, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT revision, digest FROM state WHERE id = 1")
        .map_err(engine)?;
    let (revision, sum): (i64, i64) =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(engine)?;
    let revision = revision.cast_unsigned();
    if sum == digest("", revision, &[]) {
        Ok(revision)
    } else {
        Err(damaged("the revision counter"))
    }
}

/// Moves the counter, within the transaction of `connection`.
pub fn set_revision(connection: &Connection, revision: Revision) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare_cached("UPDATE state SET revision = ?1, digest = ?2 WHERE id = 1")
        .map_err(engine)?;
    let sum = digest("", revision, &[]);
    match statement.execute(params![revision.cast_signed(), sum]).map_err(engine)? {
        1 => Ok(()),
        _ => Err(damaged("the revision counter")),
    }
}
