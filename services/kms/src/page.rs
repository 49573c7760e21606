//! Lists that go on: limits and markers.

use strongroom_records::page;
use strongroom_store::Range;
use strongroom_wire::Result;

use crate::error;
use crate::shapes::{Limit, Marker};

/// How many entries a page holds.
pub fn size(limit: Option<Limit>, default: usize, most: usize) -> usize {
    limit.and_then(|limit| usize::try_from(limit.0).ok()).unwrap_or(default).min(most)
}

/// The marker behind the entry called `last`.
pub fn marker(last: &str) -> String {
    page::token(last)
}

/// The entry that a marker stands behind.
///
/// # Errors
/// InvalidMarkerException for a text that is no marker of ours.
pub fn behind(marker: Option<&Marker>) -> Result<Option<String>> {
    let Some(marker) = marker else { return Ok(None) };
    page::behind(&marker.0).map(Some).ok_or_else(error::invalid_marker)
}

/// What is left of the range of keys that begin with `prefix`.
pub fn rest(prefix: &str, behind: Option<&str>) -> Range {
    let range = Range::prefix(prefix);
    match behind {
        Some(name) => range.after(&[prefix, name].concat()),
        None => range,
    }
}

/// One page out of `names`, which are sorted: those behind `behind`, and whether there are more.
pub fn cut<T>(
    entries: impl Iterator<Item = T>,
    name: impl Fn(&T) -> String,
    behind: Option<&str>,
    size: usize,
) -> (Vec<T>, Option<String>) {
    let mut rest =
        entries.filter(|entry| behind.is_none_or(|behind| name(entry).as_str() > behind));
    let page: Vec<T> = rest.by_ref().take(size).collect();
    let next = rest.next().is_some().then(|| page.last().map(|last| marker(&name(last)))).flatten();
    (page, next)
}
