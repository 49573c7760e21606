//! A record as a row: finding, putting, deleting and checking it.
//!
//! The row number is a hash of the key, which is a hint: a key whose number is taken by another gets a
//! negative one and is found through the index. A row with a number of 0 or more therefore proves
//! that it is where its key belongs, so damage to either shows.

use bytes::Bytes;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use strongroom_store::{Entry, Revision, StoreError};

use crate::digest::{Ids, digest};
use crate::error::{damaged, engine};

const BY_ID: &str = "SELECT id, key, revision, digest, value FROM kv WHERE id = ?1";
const ID_BY_KEY: &str = "SELECT id FROM kv WHERE key = ?1";

/// A record and the number of its row.
pub struct Found {
    /// The number.
    pub id: i64,
    /// The record.
    pub entry: Entry,
}

/// The record under `key`.
pub fn find(connection: &Connection, ids: Ids, key: &str) -> Result<Option<Found>, StoreError> {
    let id = ids.id(key);
    if let Some(found) = by_id(connection, ids, id)?
        && found.entry.key == key
    {
        return Ok(Some(found));
    }
    // Absent, or displaced by a key of the same number.
    let mut statement = connection.prepare_cached(ID_BY_KEY).map_err(engine)?;
    let mut rows = statement.query(params![key]).map_err(engine)?;
    let Some(row) = rows.next().map_err(engine)? else {
        return Ok(None);
    };
    let displaced = row.get(0).map_err(engine)?;
    match by_id(connection, ids, displaced)? {
        Some(found) if found.entry.key == key && displaced < 0 => Ok(Some(found)),
        _ => Err(damaged(format!("record {key}"))),
    }
}

fn by_id(connection: &Connection, ids: Ids, id: i64) -> Result<Option<Found>, StoreError> {
    let mut statement = connection.prepare_cached(BY_ID).map_err(engine)?;
    let mut rows = statement.query(params![id]).map_err(engine)?;
    match rows.next().map_err(engine)? {
        Some(row) => read(row, 0, ids).map(Some),
        None => Ok(None),
    }
}

/// Reads the five columns from `at` and checks that they belong together.
pub fn read(row: &Row<'_>, at: usize, ids: Ids) -> Result<Found, StoreError> {
    let column = |n: usize| row.get_ref(at + n).map_err(engine);
    let (id, key) = match (column(0)?, column(1)?) {
        (ValueRef::Integer(id), ValueRef::Text(key)) => (id, std::str::from_utf8(key).ok()),
        (ValueRef::Integer(id), _) => (id, None),
        _ => return Err(damaged("a row of the index has no record")),
    };
    let Some(key) = key else {
        return Err(damaged(format!("record {id}, its key")));
    };
    let (ValueRef::Integer(revision), ValueRef::Integer(sum), ValueRef::Blob(value)) =
        (column(2)?, column(3)?, column(4)?)
    else {
        return Err(damaged(format!("record {key}")));
    };
    let revision = revision.cast_unsigned();
    if sum != digest(key, revision, value) || (id >= 0 && id != ids.id(key)) {
        return Err(damaged(format!("record {key}")));
    }
    let entry = Entry { key: key.to_owned(), value: Bytes::copy_from_slice(value), revision };
    Ok(Found { id, entry })
}

/// Stores `value` under `key`, in the row it has or in a new one.
pub fn put(
    connection: &Connection,
    ids: Ids,
    row: Option<i64>,
    key: &str,
    value: &[u8],
    revision: Revision,
) -> Result<(), StoreError> {
    let sum = digest(key, revision, value);
    let revision = revision.cast_signed();
    let changed = if let Some(id) = row {
        let sql = "UPDATE kv SET revision = ?2, digest = ?3, value = ?4 WHERE id = ?1";
        let mut statement = connection.prepare_cached(sql).map_err(engine)?;
        statement.execute(params![id, revision, sum, value])
    } else {
        let id = free_id(connection, ids.id(key))?;
        let sql = "INSERT INTO kv(id, key, revision, digest, value) VALUES(?1, ?2, ?3, ?4, ?5)";
        let mut statement = connection.prepare_cached(sql).map_err(engine)?;
        statement.execute(params![id, key, revision, sum, value])
    };
    match changed.map_err(engine)? {
        1 => Ok(()),
        _ => Err(damaged(format!("record {key}"))),
    }
}

/// `id`, or one below all others if it is taken: negative, so that nobody looks for another there.
fn free_id(connection: &Connection, id: i64) -> Result<i64, StoreError> {
    let taken = "SELECT 1 FROM kv WHERE id = ?1";
    let mut statement = connection.prepare_cached(taken).map_err(engine)?;
    if !statement.exists(params![id]).map_err(engine)? {
        return Ok(id);
    }
    let lowest = "SELECT min(id) FROM kv";
    let mut statement = connection.prepare_cached(lowest).map_err(engine)?;
    let lowest: i64 = statement.query_row([], |row| row.get(0)).map_err(engine)?;
    Ok(lowest.min(0) - 1)
}

/// Removes the row of `key`.
pub fn delete(connection: &Connection, id: i64, key: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM kv WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(engine)?;
    match statement.execute(params![id]).map_err(engine)? {
        1 => Ok(()),
        _ => Err(damaged(format!("record {key}"))),
    }
}

/// Checks every record, in the order of the rows.
pub fn verify_all(connection: &Connection) -> Result<(), StoreError> {
    let sql = "SELECT id, key, revision, digest, value FROM kv";
    let mut statement = connection.prepare(sql).map_err(engine)?;
    let mut rows = statement.query([]).map_err(engine)?;
    while let Some(row) = rows.next().map_err(engine)? {
        read(row, 0, Ids::default())?;
    }
    Ok(())
}
