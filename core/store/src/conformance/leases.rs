//! What leases promise on any engine.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::{CommitError, Lease, Store, Transaction};

/// Nobody else gets it before its time is over; then whoever asks first.
pub async fn a_lease_has_one_holder_until_it_runs_out(store: Arc<dyn Store>) {
    let a = Lease::acquire(&*store, "job", "a", 1000, 50).await.unwrap().unwrap();
    assert_eq!(a.expires_ms(), 1050);
    assert_eq!(Lease::acquire(&*store, "job", "b", 1049, 50).await.unwrap(), None);
    assert!(Lease::acquire(&*store, "other", "b", 1049, 50).await.unwrap().is_some());
    assert!(Lease::acquire(&*store, "job", "b", 1050, 50).await.unwrap().is_some());
    assert_eq!(Lease::acquire(&*store, "job", "a", 1060, 50).await.unwrap(), None);
}

/// Giving it back makes room at once, but only the current holder can.
pub async fn a_released_lease_is_free(store: Arc<dyn Store>) {
    let a = Lease::acquire(&*store, "job", "a", 0, 50).await.unwrap().unwrap();
    a.clone().release(&*store).await.unwrap();
    let b = Lease::acquire(&*store, "job", "b", 1, 50).await.unwrap();
    assert!(b.is_some());
    a.release(&*store).await.unwrap();
    assert_eq!(Lease::acquire(&*store, "job", "c", 2, 50).await.unwrap(), None);
}

/// Renewing moves the end; a lease taken over cannot be renewed.
pub async fn a_renewed_lease_lasts_longer(store: Arc<dyn Store>) {
    let mut a = Lease::acquire(&*store, "job", "a", 0, 50).await.unwrap().unwrap();
    assert!(a.renew(&*store, 40, 50).await.unwrap());
    assert_eq!(Lease::acquire(&*store, "job", "b", 60, 50).await.unwrap(), None);
    assert!(Lease::acquire(&*store, "job", "b", 90, 50).await.unwrap().is_some());
    assert!(!a.renew(&*store, 91, 50).await.unwrap());
}

/// The fence, not the clock, decides whose writes count.
pub async fn a_holder_who_lost_the_lease_is_fenced_out(store: Arc<dyn Store>) {
    let a = Lease::acquire(&*store, "job", "a", 0, 50).await.unwrap().unwrap();
    let fenced = |lease: &Lease, value: &str| {
        let mut write = Transaction::new().put("result", value.to_owned());
        write.compare.push(lease.fence());
        write
    };
    store.commit(fenced(&a, "a")).await.unwrap();
    let b = Lease::acquire(&*store, "job", "b", 50, 50).await.unwrap().unwrap();
    assert_eq!(store.commit(fenced(&a, "late")).await, Err(CommitError::Conflict));
    store.commit(fenced(&b, "b")).await.unwrap();
    assert_eq!(store.get("result").await.unwrap().unwrap().value, "b");
}

/// However many ask at the same moment.
pub async fn of_many_who_ask_one_gets_the_lease(store: Arc<dyn Store>) {
    for round in 0..5 {
        let mut asking = JoinSet::new();
        for n in 0..16 {
            let store = Arc::clone(&store);
            asking.spawn(async move {
                let holder = format!("{round}/{n}");
                Lease::acquire(&*store, "job", &holder, round * 100, 100).await.unwrap()
            });
        }
        assert_eq!(asking.join_all().await.iter().flatten().count(), 1);
    }
}
