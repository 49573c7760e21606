//! Whether this node is the one that runs a job.

use strongroom_api::{Entropy, Timestamp, random_uuid};
use strongroom_store::{Lease, Store};

/// How long a node that is gone keeps its jobs from the others.
pub(super) const LEASE_MILLIS: i64 = 60_000;
const RENEW_MILLIS: i64 = 20_000;

/// The holder of every lease of a store that only one process can have open.
const ONLY_PROCESS: &str = "the only process";

/// Who holds leases in this process. Where only one process can have the store open, it takes over at once
/// what the one before it left behind.
pub(crate) fn holder(store: &dyn Store, entropy: &dyn Entropy) -> String {
    if store.is_exclusive() {
        return ONLY_PROCESS.to_owned();
    }
    random_uuid(entropy).to_string()
}

/// A lease that is taken, kept, lost and taken again.
pub(crate) struct Tenure {
    name: String,
    holder: String,
    lease: Option<Lease>,
}

impl Tenure {
    /// The lease `name`, for `holder`; not taken yet.
    pub(crate) fn new(name: impl Into<String>, holder: &str) -> Self {
        Self { name: name.into(), holder: holder.to_owned(), lease: None }
    }

    /// Takes or keeps it; whether it is held.
    pub(crate) async fn holds(&mut self, store: &dyn Store, now: Timestamp) -> bool {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use strongroom_seal::SystemEntropy;
    use strongroom_store::MemoryStore;
    use strongroom_store_sqlite::{Options, SqliteStore};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_769_854_830_000);

    async fn takes(store: &dyn Store) -> bool {
        Tenure::new("jobs", &holder(store, &SystemEntropy)).holds(store, NOW).await
    }

    #[tokio::test]
    async fn after_a_crash_the_next_process_need_not_wait_for_the_lease_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let store =
                SqliteStore::open(&folder.path().join("store"), Options::default()).unwrap();
            assert!(takes(&store).await);
        }
    }

    #[tokio::test]
    async fn of_two_nodes_on_one_store_one_holds_the_lease() {
        let store = MemoryStore::new();
        assert!(takes(&store).await);
        assert!(!takes(&store).await);
    }
}
