//! Page tokens: opaque to clients, authenticated, and good after a restart.

use data_encoding::BASE64URL_NOPAD;
use strongroom_api::Result;

use crate::shapes::NextToken;
use crate::{Call, error};

/// What a token belongs to: a token of another operation, account, region or query does not open.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The operation.
    pub operation: &'a str,
    /// Everything of the request that must be the same for the next page.
    pub query: &'a str,
}

/// One page and the token of the next.
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where to go on.
    pub next: Option<String>,
}

impl Scope<'_> {
    fn label(&self, call: &Call<'_>) -> String {
        let Self { operation, query } = self;
        format!("token/logs/{operation}/{}/{}/{query}", call.caller.account(), call.region)
    }

    /// Makes a token of `position`.
    #[must_use]
    pub fn token(&self, call: &Call<'_>, position: &str) -> String {
        let keyring = call.service.records.keyring();
        BASE64URL_NOPAD.encode(&keyring.seal(&self.label(call), position.as_bytes()))
    }

    /// Opens a token.
    ///
    /// # Errors
    /// AWS's error for a token that is none of ours, or of another query.
    pub fn open(&self, call: &Call<'_>, token: &NextToken) -> Result<String> {
        let sealed =
            BASE64URL_NOPAD.decode(token.0.as_bytes()).map_err(|_| error::invalid_next_token())?;
        let opened = call.service.records.keyring().open(&self.label(call), &sealed);
        let opened = opened.map_err(|_| error::invalid_next_token())?;
        String::from_utf8(opened.to_vec()).map_err(|_| error::invalid_next_token())
    }
}
