//! Lists that go on: sizes and tokens.

use data_encoding::BASE64URL_NOPAD;
use strongroom_api::{Place, Shape};
use strongroom_records::Stored;
use strongroom_store::{Direction, Range};
use strongroom_wire::Result;

use crate::resource::Resource;
use crate::shapes::PageToken;
use crate::{Call, error, paths};

/// The most entries of a page, and how many it has if nobody says.
const MOST: usize = 100;

/// The request of every list.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    next_token: Option<PageToken>,
    page_size: Option<i32>,
}

/// Where its members stand.
pub const PLACES: &[(&str, Place)] =
    &[("nextToken", Place::Query("nextToken")), ("pageSize", Place::Query("pageSize"))];

/// A page, and the token of the next one.
pub type Page<T> = (Vec<std::sync::Arc<Stored<T>>>, Option<String>);

/// One page of the caller's resources of a kind, in the order of their ids.
///
/// # Errors
/// ValidationException for a token that is none of ours.
pub async fn read<T: Resource>(call: &Call<'_>, input: &Input) -> Result<Page<T>> {
    let prefix = paths::all(call.caller.account(), call.region, T::NOUN);
    let mut range = Range::prefix(prefix.as_str());
    if let Some(token) = &input.next_token {
        let id = BASE64URL_NOPAD.decode(token.0.as_bytes()).map_err(|_| error::bad_token())?;
        let id = String::from_utf8(id).map_err(|_| error::bad_token())?;
        range = range.after(&[&prefix, id.as_str()].concat());
    }
    let size =
        input.page_size.and_then(|size| usize::try_from(size).ok()).unwrap_or(MOST).clamp(1, MOST);
    let page = call.service.records.scan(range, Direction::Forward, size).await;
    let page: strongroom_records::Page<T> = page.map_err(error::storage)?;
    let last = page.records.last().filter(|_| page.more);
    let next = last.map(|last| BASE64URL_NOPAD.encode(last.facts().id.as_bytes()));
    Ok((page.records, next))
}
