//! What time starts: evaluation of alarms, their actions, and the ageing of data.

mod age_datapoints;
mod evaluate_alarms;
mod forget_history;
mod perform_actions;

use std::sync::Arc;

use strongroom_api::Job;

pub use age_datapoints::AgeDatapoints;
pub use evaluate_alarms::EvaluateAlarms;
pub use forget_history::ForgetHistory;
pub use perform_actions::PerformActions;

use crate::{Cloudwatch, Notifications};

const PRINCIPAL: &str = "cloudwatch.amazonaws.com";

/// Every job of CloudWatch.
#[must_use]
pub fn all(service: &Arc<Cloudwatch>, notifications: Arc<dyn Notifications>) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(EvaluateAlarms::new(Arc::clone(service))),
        Arc::new(PerformActions { service: Arc::clone(service), notifications }),
        Arc::new(AgeDatapoints(Arc::clone(service))),
        Arc::new(ForgetHistory(Arc::clone(service))),
    ]
}
