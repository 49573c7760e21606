//! Lists that go on: sizes and tokens.

use strongroom_api::{Place, Shape};
use strongroom_records::page::{self, Listed};
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

/// One page of the caller's resources of a kind, in the order of their ids.
///
/// # Errors
/// ValidationException for a token that is none of ours.
pub async fn read<T: Resource>(call: &Call<'_>, input: &Input) -> Result<Listed<T>> {
    let prefix = paths::all(call.caller.account(), call.region, T::NOUN);
    let after = match &input.next_token {
        Some(token) => Some(page::behind(&token.0).ok_or_else(error::bad_token)?),
        None => None,
    };
    let size = page::size(input.page_size, MOST);
    let listed = call.service.records.list(&prefix, after.as_deref(), size).await;
    listed.map_err(error::storage)
}
