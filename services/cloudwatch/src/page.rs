//! Lists that go on: tokens.

use strongroom_api::Result;
use strongroom_records::page;
use strongroom_store::Range;

use crate::error;

/// The token behind the entry at `key`, which is in `range`; only what differs is said.
#[must_use]
pub fn token(range: &Range, key: &str) -> String {
    let name = key.strip_prefix(stem(range)).unwrap_or(key);
    page::token(name)
}

/// The key that a token stands for; `None` for the beginning.
///
/// # Errors
/// InvalidNextToken for a text that is no token of ours.
pub fn key(range: &Range, token: Option<&String>) -> Result<Option<String>> {
    // AWS takes an empty token for the beginning.
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
    let name = page::behind(token).ok_or_else(error::invalid_token)?;
    Ok(Some([stem(range), &name].concat()))
}

/// What all keys of a range begin with: its start up to the last slash.
fn stem(range: &Range) -> &str {
    range.start.rfind('/').map_or("", |slash| &range.start[..=slash])
}
