//! Lists that are served a page at a time: sizes, and the tokens between pages.
//!
//! A token is the name of the last entry of its page, in a form that needs no escaping. It is no secret and
//! no proof: it leads nowhere but within the list that is asked for, which the caller may see anyway.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use strongroom_store::{Direction, Range};

use crate::{Record, RecordError, Records, Stored};

/// The records of a page, and the token of the next one.
pub type Listed<T> = (Vec<Arc<Stored<T>>>, Option<String>);

/// The token of what comes behind the entry called `name`.
#[must_use]
pub fn token(name: &str) -> String {
    BASE64URL_NOPAD.encode(name.as_bytes())
}

/// The name behind which a token goes on; `None` for a text that is no token.
#[must_use]
pub fn behind(token: &str) -> Option<String> {
    String::from_utf8(BASE64URL_NOPAD.decode(token.as_bytes()).ok()?).ok()
}

/// How many entries a page has: as many as are asked for, at least one and at most `most`, which is also
/// how many it has if nobody asks.
#[must_use]
pub fn size(asked: Option<i32>, most: usize) -> usize {
    asked.and_then(|asked| usize::try_from(asked).ok()).unwrap_or(most).clamp(1, most)
}

impl Records {
    /// A page of the records whose keys begin with `prefix`, in the order of their names, which are what
    /// follows it: those behind `after`, at most `size`.
    ///
    /// # Errors
    /// As [`scan`](Self::scan).
    pub async fn list<T: Record>(
        &self,
        prefix: &str,
        after: Option<&str>,
        size: usize,
    ) -> Result<Listed<T>, RecordError> {
        let range = Range::prefix(prefix);
        let range = match after {
            Some(name) => range.after(&[prefix, name].concat()),
            None => range,
        };
        let page = self.scan::<T>(range, Direction::Forward, size).await?;
        let last = page.records.last().filter(|_| page.more);
        let next = last.and_then(|last| last.key.strip_prefix(prefix)).map(token);
        Ok((page.records, next))
    }
}

#[cfg(test)]
mod tests {
    use super::{behind, size, token};

    #[test]
    fn a_token_is_read_as_it_was_made_and_nothing_else_is_one() {
        for name in ["", "a", "i-0123456789abcdef0", "\u{e4}/\u{1f512}"] {
            assert_eq!(behind(&token(name)).as_deref(), Some(name));
        }
        for wrong in ["=", "a", "a b", "_w"] {
            assert_eq!(behind(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_page_has_as_many_as_are_asked_for_within_bounds() {
        let sizes = [None, Some(-1), Some(0), Some(7), Some(1_000)].map(|asked| size(asked, 100));
        assert_eq!(sizes, [100, 100, 1, 7, 100]);
    }
}
