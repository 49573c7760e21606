//! A record as a row: its number, its digest, finding, walking, putting and deleting it.
//!
//! The row number is a hash of the key, which is a hint: a key whose number is taken by another gets a
//! negative one and is found through the index. A row with a number of 0 or more therefore proves
//! that it is where its key belongs, so damage to either shows.

use bytes::Bytes;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use strongroom_store::{
    Direction, Entry, MAX_PAGE_BYTES, MAX_PAGE_ENTRIES, Page, Range, Revision, StoreError,
};

use crate::error::{damaged, engine};

const BY_ID: &str = "SELECT id, key, revision, digest, value FROM kv WHERE id = ?1";
const ID_BY_KEY: &str = "SELECT id FROM kv WHERE key = ?1";

/// How row numbers are made.
#[derive(Clone, Copy)]
pub struct Ids {
    bits: u32,
}

impl Default for Ids {
    fn default() -> Self {
        Self { bits: 63 }
    }
}

impl Ids {
    /// Numbers of so few bits that keys collide.
    #[cfg(test)]
    pub fn colliding() -> Self {
        Self { bits: 1 }
    }

    /// The number that `key` has unless another key was there first; never negative.
    pub fn id(self, key: &str) -> i64 {
        (hash(0, key.as_bytes()) >> (64 - self.bits)).cast_signed()
    }
}

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
fn read(row: &Row<'_>, at: usize, ids: Ids) -> Result<Found, StoreError> {
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
    let entry = Entry {
        key: key.to_owned(),
        value: Bytes::copy_from_slice(value),
        revision,
    };
    Ok(Found { id, entry })
}

/// The first entries of `range`; `revision` is that of the snapshot.
pub fn scan(
    connection: &Connection,
    ids: Ids,
    range: &Range,
    direction: Direction,
    limit: usize,
    revision: Revision,
) -> Result<Page, StoreError> {
    let mut page = Page {
        entries: Vec::new(),
        revision,
        more: false,
    };
    let mut statement = connection
        .prepare_cached(walk(range, direction))
        .map_err(engine)?;
    let mut rows = match range.end.as_str() {
        "" => statement.query(params![range.start]),
        end => statement.query(params![range.start, end]),
    }
    .map_err(engine)?;
    let mut bytes = 0;
    while let Some(row) = rows.next().map_err(engine)? {
        if page.entries.len() >= limit.min(MAX_PAGE_ENTRIES) || bytes >= MAX_PAGE_BYTES {
            page.more = true;
            break;
        }
        let entry = read_indexed(row, ids, range, direction, page.entries.last())?;
        bytes += entry.value.len();
        page.entries.push(entry);
    }
    Ok(page)
}

/// The joined row is looked up by the number in the index; were it missing, it must not vanish.
fn walk(range: &Range, direction: Direction) -> &'static str {
    macro_rules! sql {
        ($end:literal, $order:literal) => {
            concat!(
                "SELECT i.key, t.id, t.key, t.revision, t.digest, t.value ",
                "FROM kv AS i INDEXED BY kv_key LEFT JOIN kv AS t ON t.id = i.id ",
                "WHERE i.key >= ?1",
                $end,
                " ORDER BY i.key",
                $order
            )
        };
    }
    match (direction, range.end.is_empty()) {
        (Direction::Forward, true) => sql!("", ""),
        (Direction::Forward, false) => sql!(" AND i.key < ?2", ""),
        (Direction::Backward, true) => sql!("", " DESC"),
        (Direction::Backward, false) => sql!(" AND i.key < ?2", " DESC"),
    }
}

/// A damaged index can point anywhere, so what it yields is checked against the record and its order.
fn read_indexed(
    row: &Row<'_>,
    ids: Ids,
    range: &Range,
    direction: Direction,
    last: Option<&Entry>,
) -> Result<Entry, StoreError> {
    let entry = read(row, 1, ids)?.entry;
    let key = entry.key.as_str();
    let same = matches!(row.get_ref(0), Ok(ValueRef::Text(text)) if text == key.as_bytes());
    let ordered = last.is_none_or(|last| match direction {
        Direction::Forward => last.key.as_str() < key,
        Direction::Backward => last.key.as_str() > key,
    });
    if same && ordered && range.contains(key) {
        Ok(entry)
    } else {
        Err(damaged(format!("the index at {key}")))
    }
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

/// What a row's columns must add up to. It finds accidents; against intent there is the seal above.
pub fn digest(key: &str, revision: Revision, value: &[u8]) -> i64 {
    hash(hash(revision, key.as_bytes()), value).cast_signed()
}

/// A 64-bit hash by folded multiplication, as wyhash does it. It is part of the file format: row
/// numbers and digests are made with it.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    const A: u64 = 0xa076_1d64_78bd_642f;
    const B: u64 = 0xe703_7ed1_a0b4_28db;
    let mut state = fold(seed ^ A, bytes.len() as u64 ^ B);
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        state = mix(state, *block, A);
    }
    let mut last = [0; 16];
    last[..rest.len()].copy_from_slice(rest);
    fold(mix(state, last, B), A)
}

fn mix(state: u64, block: [u8; 16], with: u64) -> u64 {
    let halves = u128::from_le_bytes(block);
    fold(halves as u64 ^ with, (halves >> 64) as u64 ^ state)
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::{Ids, digest};

    #[test]
    fn numbers_and_digests_are_part_of_the_format() {
        assert_eq!(
            Ids::default().id("123456789012/us-east-1/secrets/db"),
            2_901_318_041_128_620_770
        );
        assert_eq!(digest("a", 1, b"value"), -8_483_147_932_531_618_731);
    }
}
