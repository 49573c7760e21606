//! A page of a range: the index is walked, and everything it yields is checked against the records.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use strongroom_store::{
    Direction, Entry, MAX_PAGE_BYTES, MAX_PAGE_ENTRIES, Page, Range, Revision, StoreError,
};

use crate::digest::Ids;
use crate::error::{damaged, engine};
use crate::record::read;

/// The first entries of `range`; `revision` is that of the snapshot.
pub fn scan(
    connection: &Connection,
    ids: Ids,
    range: &Range,
    direction: Direction,
    limit: usize,
    revision: Revision,
) -> Result<Page, StoreError> {
    let mut page = Page { entries: Vec::new(), revision, more: false };
    let mut statement = connection.prepare_cached(walk(range, direction)).map_err(engine)?;
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
