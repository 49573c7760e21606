//! What time starts.

mod deliver_subscriptions;
mod expire_log_events;
mod remove_deleted_logs;
mod write_log_sizes;

use std::sync::Arc;

use strongroom_api::Job;

pub use deliver_subscriptions::DeliverSubscriptions;
pub use expire_log_events::ExpireLogEvents;
pub use remove_deleted_logs::RemoveDeletedLogs;
pub use write_log_sizes::WriteLogSizes;

use crate::Logs;

/// The principal that the jobs run as.
const PRINCIPAL: &str = "logs.amazonaws.com";

/// Every job of `service`.
#[must_use]
pub fn all(service: Arc<Logs>) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(DeliverSubscriptions(Arc::clone(&service))),
        Arc::new(ExpireLogEvents(Arc::clone(&service))),
        Arc::new(RemoveDeletedLogs(Arc::clone(&service))),
        Arc::new(WriteLogSizes(service)),
    ]
}
