//! What time starts, beside delivery.

mod end_what_is_over;

use std::sync::Arc;

use strongroom_api::Job;

pub use end_what_is_over::EndWhatIsOver;

use crate::Sns;

/// Every job of `service`.
#[must_use]
pub fn all(service: Arc<Sns>) -> Vec<Arc<dyn Job>> {
    vec![Arc::new(EndWhatIsOver(service))]
}
