//! Whether this node is the one that runs a job.

use strongroom_api::Timestamp;
use strongroom_store::{Lease, Store};

/// How long a node that is gone keeps its jobs from the others.
pub(super) const LEASE_MILLIS: i64 = 60_000;
const RENEW_MILLIS: i64 = 20_000;

/// A lease that is taken, kept, lost and taken again.
pub(super) struct Tenure {
    name: String,
    holder: String,
    lease: Option<Lease>,
}

impl Tenure {
    /// The lease `name`, for `holder`; not taken yet.
    pub(super) fn new(name: impl Into<String>, holder: &str) -> Self {
        Self { name: name.into(), holder: holder.to_owned(), lease: None }
    }

    /// Takes or keeps it; whether it is held.
    pub(super) async fn holds(&mut self, store: &dyn Store, now: Timestamp) -> bool {
        let now = now.millis();
        let held = match self.lease.take() {
            Some(lease) if lease.expires_ms() - now > LEASE_MILLIS - RENEW_MILLIS => {
                Ok(Some(lease))
            }
            Some(mut lease) => {
                let renewed = lease.renew(store, now, LEASE_MILLIS).await;
                renewed.map(|kept| kept.then_some(lease))
            }
            None => Lease::acquire(store, &self.name, &self.holder, now, LEASE_MILLIS).await,
        };
        self.lease = held.unwrap_or_else(|error| {
            tracing::warn!("due work waits: the lease for it cannot be taken: {error}");
            None
        });
        self.lease.is_some()
    }
}
