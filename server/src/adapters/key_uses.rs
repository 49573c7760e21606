//! When KMS keys were used last: written down off the path of requests.

use std::sync::Arc;
use std::time::Duration;

use strongroom_kms::Kms;

use crate::clock::Clock;
use crate::complaints::cause_of;

/// Writes down the last uses of keys.
pub struct KeyUses {
    /// The keys.
    pub kms: Arc<Kms>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

const PULSE: Duration = Duration::from_secs(1);

impl KeyUses {
    /// Writes down what was noted, again and again. Never returns.
    pub async fn keep(&self) {
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pulse.tick().await;
            if let Err(error) = self.kms.write_down_uses(self.clock.now()).await {
                let cause = cause_of(&error);
                tracing::warn!("the last use of keys was not kept: {cause}");
            }
        }
    }
}
