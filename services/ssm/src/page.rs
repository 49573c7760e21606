//! Lists that go on: sizes and tokens.

use strongroom_records::page;
use strongroom_wire::Result;

use crate::error;

/// How many entries a page holds, at most `most`.
pub fn size(asked: Option<i32>, most: usize) -> usize {
    page::size(asked, most)
}

/// The token behind the entry called `name`.
pub fn token(name: &str) -> String {
    page::token(name)
}

/// The name that a token stands behind.
///
/// # Errors
/// InvalidNextToken for a text that is no token of ours.
pub fn name(token: Option<&String>) -> Result<Option<String>> {
    // An empty token is the beginning.
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
    page::behind(token).map(Some).ok_or_else(error::invalid_token)
}
