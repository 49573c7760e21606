//! Lists that go on: sizes and tokens.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use strongroom_api::Shape;
use strongroom_records::{Page as Records, Record, Stored};
use strongroom_store::{Direction, Range};
use strongroom_wire::Result;

use crate::{Call, error};

/// The most entries of a page, and how many it has if nobody says.
const MOST: usize = 100;

/// The request of every list.
#[derive(Debug, Shape)]
pub struct Input {
    #[shape(length = 1..=256)]
    next_token: Option<String>,
    #[shape(range = 1..=100)]
    max_results: Option<i32>,
}

/// A page, and the token of the next one.
pub type Page<T> = (Vec<Arc<Stored<T>>>, Option<String>);

/// One page of the records under `prefix`, in the order of their ids.
///
/// # Errors
/// ValidationException for a token that is none of ours.
pub async fn read<T: Record>(call: &Call<'_>, input: &Input, prefix: &str) -> Result<Page<T>> {
    let mut range = Range::prefix(prefix);
    if let Some(token) = &input.next_token {
        let id = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| error::bad_page_token())?;
        let id = String::from_utf8(id).map_err(|_| error::bad_page_token())?;
        range = range.after(&[prefix, id.as_str()].concat());
    }
    let size = input.max_results.and_then(|size| usize::try_from(size).ok()).unwrap_or(MOST);
    let page = call.service.records.scan(range, Direction::Forward, size.clamp(1, MOST)).await;
    let page: Records<T> = page.map_err(error::storage)?;
    let last = page.records.last().filter(|_| page.more);
    let next = last.and_then(|last| last.key.strip_prefix(prefix));
    let next = next.map(|id| BASE64URL_NOPAD.encode(id.as_bytes()));
    Ok((page.records, next))
}
