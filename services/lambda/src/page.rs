//! Lists that go on: sizes and markers.

use strongroom_records::page;
use strongroom_store::Range;
use strongroom_wire::Result;

use crate::error;

/// The most entries of a page, and how many it has if nobody says.
const MOST: usize = 50;

/// How many entries a page holds.
#[must_use]
pub fn size(asked: Option<i32>) -> usize {
    page::size(asked, MOST)
}

/// The marker behind the entry called `name`.
#[must_use]
pub fn marker(name: &str) -> String {
    page::token(name)
}

/// The name that a marker stands behind.
///
/// # Errors
/// A text that is no marker of ours.
pub fn behind(marker: Option<&str>) -> Result<Option<String>> {
    let Some(marker) = marker.filter(|marker| !marker.is_empty()) else { return Ok(None) };
    page::behind(marker).map(Some).ok_or_else(error::bad_marker)
}

/// What is left of the keys that begin with `prefix` behind a marker.
///
/// # Errors
/// As [`behind`].
pub fn rest(prefix: &str, marker: Option<&str>) -> Result<Range> {
    let range = Range::prefix(prefix);
    Ok(match behind(marker)? {
        Some(name) => range.after(&[prefix, &name].concat()),
        None => range,
    })
}
