//! Lists that go on: sizes and tokens.

use data_encoding::BASE64URL_NOPAD;
use strongroom_wire::Result;

use crate::error;

/// How many entries a page holds, at most `most`.
pub fn size(asked: Option<i32>, most: usize) -> usize {
    asked.and_then(|asked| usize::try_from(asked).ok()).unwrap_or(most).clamp(1, most)
}

/// The token behind the entry called `name`.
pub fn token(name: &str) -> String {
    BASE64URL_NOPAD.encode(name.as_bytes())
}

/// The name that a token stands behind.
///
/// # Errors
/// InvalidNextToken for a text that is no token of ours.
pub fn name(token: Option<&String>) -> Result<Option<String>> {
    // An empty token is the beginning.
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| error::invalid_token())?;
    String::from_utf8(bytes).map(Some).map_err(|_| error::invalid_token())
}
