//! CloudWatch Logs: groups of streams of events, and the patterns that find events in them.
//!
//! # The tour
//!
//! - [`operations`] is the table of contents: one file for each operation.
//! - [`pattern`] is the language of filter patterns. It is pure and knows nothing of storage.
//! - [`group`], [`stream`] and [`chunk`] are what is stored; [`paths`] says where. Events stand in
//!   chunks, in the order of their times.
//! - [`write`] takes events in, [`read`] finds them; [`append`] is for what the server itself has to
//!   say: output of functions, and the trail.
//! - [`metric_filter`] makes figures of events; [`metrics`] is the port to CloudWatch.
//! - [`subscription`] hands events on; [`destinations`] is the port to functions. [`tail`] shows them
//!   to whoever looks at that moment.
//! - [`jobs`] lists what time starts.

pub mod append;
pub mod chunk;
pub mod create;
pub mod destinations;
pub mod error;
pub mod group;
pub mod jobs;
mod listing;
pub mod metric_filter;
pub mod metrics;
pub mod name;
mod not_offered;
pub mod operations;
pub mod page;
pub mod paths;
pub mod pattern;
pub mod position;
pub mod read;
pub mod resource_policy;
pub mod shapes;
mod size;
pub mod stream;
pub mod subscription;
pub mod tag;
pub mod tail;
pub mod target;
pub mod transformation;
pub mod write;

use std::sync::Arc;

use quick_cache::sync::Cache;
use strongroom_api::{Facts, Service};
use strongroom_policy::Policy;
use strongroom_records::Records;

pub use append::{Numbered, Place};
pub use destinations::{Delivery, Destinations, Undelivered};
pub use metrics::{Datum, Metrics};
pub use operations::OPERATIONS;

/// The service: logs in `records`, figures to `metrics`.
pub struct Logs {
    pub(crate) records: Arc<Records>,
    pub(crate) metrics: Arc<dyn Metrics>,
    pub(crate) destinations: Arc<dyn Destinations>,
    /// Who looks at events as they come.
    pub(crate) tails: Arc<tail::Tails>,
    /// Filters by the id of their group, each with the revision of the group they were read with.
    pub(crate) compiled_filters: Cache<String, (u64, Arc<Vec<metric_filter::Compiled>>)>,
    /// The same of subscription filters.
    pub(crate) compiled_subscriptions: Cache<String, (u64, Arc<Vec<subscription::Compiled>>)>,
    /// By how much groups have grown since that was written down.
    pub(crate) sizes: size::Sizes,
    /// Policies by their key, each with its revision.
    pub(crate) compiled_policies: Cache<String, (u64, Arc<Policy>)>,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Logs>;

/// The group that the trail is delivered to.
pub const TRAIL_GROUP: &str = "/aws/cloudtrail/logs";

/// Groups whose filters are kept compiled, and accounts whose policies are.
const COMPILED: usize = 256;

impl Logs {
    /// The service over `records`, whose metric filters count into `metrics` and whose subscription
    /// filters send to `destinations`.
    #[must_use]
    pub fn new(
        records: Arc<Records>,
        metrics: Arc<dyn Metrics>,
        destinations: Arc<dyn Destinations>,
    ) -> Self {
        Self {
            records,
            metrics,
            destinations,
            tails: Arc::default(),
            compiled_filters: Cache::new(COMPILED),
            compiled_subscriptions: Cache::new(COMPILED),
            sizes: size::Sizes::default(),
            compiled_policies: Cache::new(COMPILED),
        }
    }
}

impl Service for Logs {
    const FACTS: Facts = Facts {
        name: "logs",
        event_source: "logs.amazonaws.com",
        target_prefix: Some("Logs_20140328"),
        query: None,
        echoes_values: true,
        capital_message: false,
        global: false,
        not_offered: not_offered::NOT_OFFERED,
    };

    const CONSTRAINT_CODE: &'static str = "InvalidParameterException";
}
