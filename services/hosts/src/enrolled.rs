//! Whether a host still is one: asked for every request of its sessions.

use std::sync::Arc;

use strongroom_api::Result;
use strongroom_records::Records;

use crate::host::{Host, Place};
use crate::{error, paths};

/// The hosts that are enrolled.
#[derive(Clone)]
pub struct Enrolled(Arc<Records>);

impl Enrolled {
    /// Those in `records`.
    #[must_use]
    pub fn new(records: Arc<Records>) -> Self {
        Self(records)
    }

    /// Whether the host of this ARN is enrolled. The record of one that is comes from the cache.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn has(&self, arn: &str) -> Result<bool> {
        let Some(place) = Place::of_arn(arn) else { return Ok(false) };
        let key = paths::host(place.account, place.id);
        Ok(self.0.get::<Host>(&key).await.map_err(error::storage)?.is_some())
    }
}
