//! AWS CloudTrail: who did what, answered from the trail.
//!
//! # The tour
//!
//! The record of all calls is the server's own and is kept whether or not anybody asks; what is here
//! reads it. [`Event`] is a record as `LookupEvents` shows it, and says by which [`terms`] it can be
//! looked up. [`Events`] is the port behind which the records and their index are, and [`PublicKeys`]
//! that of the keys that sign digests.
//!
//! A [`Trail`](trail::Trail) in AWS's sense is a wish of an account about delivery. It stands under the
//! account, since every region shows the trails that cover it.

mod arn;
mod error;
mod event;
mod events;
mod find;
mod names;
mod not_offered;
pub mod operations;
mod parts;
mod paths;
mod resources;
mod selectors;
mod tag;
pub mod terms;
mod token;
mod trail;
mod views;

use std::sync::Arc;

use strongroom_api::{Facts, Service};
use strongroom_records::Records;

pub use event::{Event, Resource};
pub use events::{Attribute, Events, Found, PublicKey, PublicKeys, Query};
pub use operations::OPERATIONS;

/// The service.
pub struct CloudTrail {
    records: Arc<Records>,
    events: Arc<dyn Events>,
    keys: Arc<dyn PublicKeys>,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, CloudTrail>;

impl CloudTrail {
    /// The service over `records`, which looks events up in `events`.
    #[must_use]
    pub fn new(records: Arc<Records>, events: Arc<dyn Events>, keys: Arc<dyn PublicKeys>) -> Self {
        Self { records, events, keys }
    }
}

impl Service for CloudTrail {
    const FACTS: Facts = Facts {
        name: "cloudtrail",
        event_source: "cloudtrail.amazonaws.com",
        target_prefix: Some("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"),
        query: None,
        echoes_values: true,
        capital_message: false,
        global: false,
        not_offered: not_offered::NOT_OFFERED,
    };
}
