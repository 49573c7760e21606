//! Writes down how many bytes groups have.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};

use super::PRINCIPAL;
use crate::Logs;

/// The job.
pub struct WriteLogSizes(pub Arc<Logs>);

impl Job for WriteLogSizes {
    fn name(&self) -> &'static str {
        "write_log_sizes"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        60_000
    }

    fn run<'a>(&'a self, _: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move { Ok(Report { done: self.0.write_sizes().await?, more: false }) })
    }
}
