//! Lists that go on: sizes and tokens.

use strongroom_records::page;
use strongroom_store::Range;
use strongroom_wire::Result;

use crate::error;
use crate::shapes::{MaxResults, NextToken};

/// The most entries of a page, and how many it has if nobody says.
const MOST: usize = 20;

/// How many entries a page holds.
pub fn size(asked: Option<MaxResults>) -> usize {
    asked.and_then(|asked| usize::try_from(asked.0).ok()).unwrap_or(MOST).min(MOST)
}

/// The token behind the entry at `key`, which is in `range`; only what differs is said.
pub fn token(range: &Range, key: &str) -> String {
    let name = key.strip_prefix(stem(range)).unwrap_or(key);
    page::token(name)
}

/// What is left of `range` behind a token.
///
/// # Errors
/// InvalidInputException for a text that is no token of ours.
pub fn rest(range: &Range, token: Option<&NextToken>) -> Result<Range> {
    let Some(name) = name(token)? else { return Ok(range.clone()) };
    // A token of another list leads out of the range, and then there is nothing.
    Ok(range.after(&[stem(range), &name].concat()))
}

/// The name that a token stands behind.
///
/// # Errors
/// As [`rest`].
pub fn name(token: Option<&NextToken>) -> Result<Option<String>> {
    // AWS takes an empty token for the beginning.
    let Some(token) = token.filter(|token| !token.0.is_empty()) else { return Ok(None) };
    page::behind(&token.0).map(Some).ok_or_else(error::invalid_token)
}

/// What all keys of a range begin with: its start up to the last slash.
fn stem(range: &Range) -> &str {
    range.start.rfind('/').map_or("", |slash| &range.start[..=slash])
}
