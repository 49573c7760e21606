//! Lists that go on: a hundred entries a page, and tokens.

use strongroom_records::page;
use strongroom_store::Range;
use strongroom_wire::Result;

use crate::error;

/// AWS shows so many topics or subscriptions at once.
pub const PAGE: usize = 100;

/// The token behind the entry at `key` of the range that begins with `prefix`.
pub fn token(prefix: &str, key: &str) -> String {
    page::token(key.strip_prefix(prefix).unwrap_or(key))
}

/// What is left of the range that begins with `prefix`, behind a token.
///
/// # Errors
/// AWS's error for a text that is no token of ours.
pub fn rest(prefix: &str, token: Option<&str>) -> Result<Range> {
    let range = Range::prefix(prefix);
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(range) };
    let name = page::behind(token).ok_or_else(|| error::invalid_parameter("NextToken"))?;
    // A token of another list leads out of the range, and then there is nothing.
    Ok(range.after(&[prefix, &name].concat()))
}
