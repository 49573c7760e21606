//! Page tokens: opaque to clients, authenticated, and good after a restart.

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use strongroom_api::{Result, Shape};
use strongroom_records::Records;

use crate::error;

/// A page token as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=4096)]
pub struct NextToken(pub String);

/// The scope of a token: who got it from which operation for which query. A token of another scope
/// does not open.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The operation.
    pub operation: &'a str,
    /// The caller's account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// Everything of the request that must be the same for the next page.
    pub query: &'a str,
}

impl Scope<'_> {
    fn label(&self) -> String {
        let Self { operation, account, region, query } = self;
        format!("token/{operation}/{account}/{region}/{query}")
    }

    /// Makes a token of `position`.
    ///
    /// # Errors
    /// Internal only.
    pub fn token<T: Serialize>(&self, records: &Records, position: &T) -> Result<String> {
        let text = serde_json::to_vec(position).map_err(strongroom_api::Error::internal)?;
        Ok(BASE64URL_NOPAD.encode(&records.keyring().seal(&self.label(), &text)))
    }

    /// Opens a token.
    ///
    /// # Errors
    /// AWS's error for a token that is none of ours, or of another query.
    pub fn open<T: DeserializeOwned>(&self, records: &Records, token: &NextToken) -> Result<T> {
        let sealed =
            BASE64URL_NOPAD.decode(token.0.as_bytes()).map_err(|_| error::invalid_next_token())?;
        let text = records
            .keyring()
            .open(&self.label(), &sealed)
            .map_err(|_| error::invalid_next_token())?;
        serde_json::from_slice(&text).map_err(|_| error::invalid_next_token())
    }
}
