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
//! - [`jobs`] lists what time starts.

pub mod append;
pub mod chunk;
pub mod create;
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
pub mod tag;
pub mod target;
pub mod transformation;
pub mod write;

use std::sync::Arc;

use quick_cache::sync::Cache;
use strongroom_api::{Facts, Service};
use strongroom_policy::Policy;
use strongroom_records::Records;

pub use append::{Numbered, Place};
pub use metrics::{Datum, Metrics};
pub use operations::OPERATIONS;

/// The service: logs in `records`, figures to `metrics`.
pub struct Logs {
    pub(crate) records: Arc<Records>,
    pub(crate) metrics: Arc<dyn Metrics>,
    /// Filters by the id of their group, each with the revision of the group they were read with.
    pub(crate) compiled_filters: Cache<String, (u64, Arc<Vec<metric_filter::Compiled>>)>,
    /// By how much groups have grown since that was written down.
    pub(crate) sizes: size::Sizes,
    /// Policies by their key, each with its revision.
    pub(crate) compiled_policies: Cache<String, (u64, Arc<Policy>)>,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Logs>;

/// Groups whose filters are kept compiled, and accounts whose policies are.
const COMPILED: usize = 256;

impl Logs {
    /// The service over `records`, whose metric filters count into `metrics`.
    #[must_use]
    pub fn new(records: Arc<Records>, metrics: Arc<dyn Metrics>) -> Self {
        let compiled_filters = Cache::new(COMPILED);
        let compiled_policies = Cache::new(COMPILED);
        let sizes = size::Sizes::default();
        Self { records, metrics, compiled_filters, sizes, compiled_policies }
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
