//! Tokens of pages: sealed, so that nobody makes one up, and good only for the question they answer.

use data_encoding::BASE64URL_NOPAD;
use strongroom_wire::{Error, Result};

use crate::Call;
use crate::events::Query;

/// The token for what comes before `sequence`.
pub fn make(call: &Call<'_>, query: &Query, sequence: u64) -> String {
    let sealed = call.service.records.keyring().seal(&question(query), &sequence.to_le_bytes());
    BASE64URL_NOPAD.encode(&sealed)
}

/// Where the page that `token` asks for ends.
///
/// # Errors
/// `refusal` for anything but a token that was made for `query`.
pub fn read(call: &Call<'_>, query: &Query, token: &str, refusal: fn() -> Error) -> Result<u64> {
    let sealed = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| refusal())?;
    let opened = call.service.records.keyring().open(&question(query), &sealed);
    let opened = opened.map_err(|_| refusal())?;
    let bytes = opened.as_slice().try_into().map_err(|_| refusal())?;
    Ok(u64::from_le_bytes(bytes))
}

/// What a token is bound to.
fn question(query: &Query) -> String {
    let Query { account, region, attribute, from, to, before: _ } = query;
    format!("{account}/{region}/cloudtrail/token/{attribute:?}/{from:?}/{to:?}")
}
