//! Where the figures of metric filters go: the port to CloudWatch.

use strongroom_api::{BoxFuture, Result, Timestamp};

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    /// The metric's name.
    pub name: String,
    /// The value.
    pub value: f64,
    /// AWS's name for the unit; `None` if the filter gives none.
    pub unit: Option<String>,
    /// Names and values of dimensions.
    pub dimensions: Vec<(String, String)>,
    /// The time of the event it comes from, in milliseconds.
    pub timestamp_ms: i64,
}

/// Takes figures.
pub trait Metrics: Send + Sync {
    /// Adds figures to metrics of `namespace`. What fails is reported and not tried again: the events
    /// have been acknowledged already.
    fn put<'a>(
        &'a self,
        account: &'a str,
        region: &'a str,
        namespace: &'a str,
        data: Vec<Datum>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<()>>;
}
