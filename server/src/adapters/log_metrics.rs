//! Figures of metric filters, told to whoever debugs.

use strongroom_api::{BoxFuture, Result, Timestamp};
use strongroom_logs::{Datum, Metrics};

/// The port `Metrics` of CloudWatch Logs for a server without CloudWatch.
pub struct TracedMetrics;

impl Metrics for TracedMetrics {
    fn put<'a>(
        &'a self,
        account: &'a str,
        region: &'a str,
        namespace: &'a str,
        data: Vec<Datum>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<()>> {
        for datum in &data {
            let (name, value) = (&datum.name, datum.value);
            tracing::debug!(account, region, namespace, name, value, "a metric filter counted");
        }
        Box::pin(async { Ok(()) })
    }
}
