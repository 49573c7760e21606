//! Lists that go on: sizes and tokens.

use strongroom_api::Shape;
use strongroom_records::Record;
use strongroom_records::page::{self, Listed};
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

/// One page of the records under `prefix`, in the order of their ids.
///
/// # Errors
/// ValidationException for a token that is none of ours.
pub async fn read<T: Record>(call: &Call<'_>, input: &Input, prefix: &str) -> Result<Listed<T>> {
    let after = match &input.next_token {
        Some(token) => Some(page::behind(token).ok_or_else(error::bad_page_token)?),
        None => None,
    };
    let size = page::size(input.max_results, MOST);
    let listed = call.service.records.list(prefix, after.as_deref(), size).await;
    listed.map_err(error::storage)
}
