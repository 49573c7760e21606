//! How often those may ask who are nobody yet: so many times from one address, refilled with time.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use strongroom_api::{Error, Result, Timestamp};

/// Calls that may come at once from one address.
pub const AT_ONCE: i64 = 200;
/// Calls that may come in a second after that. A host needs two in an hour.
const PER_SECOND: i64 = 20;
/// Addresses that are remembered; who is forgotten may ask anew.
const ADDRESSES: usize = 4_096;

/// Counts calls by address.
pub struct Pace(quick_cache::sync::Cache<String, Arc<Mutex<Bucket>>>);

/// What is left for one address, in thousandths of a call.
struct Bucket {
    left: i64,
    at: Timestamp,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self(quick_cache::sync::Cache::new(ADDRESSES))
    }

    /// Counts a call from `address`.
    ///
    /// # Errors
    /// ThrottlingException for one too many.
    pub fn step(&self, address: &str, now: Timestamp) -> Result<()> {
        let address = network(address);
        let full = AT_ONCE * 1_000;
        let new = || Ok::<_, Error>(Arc::new(Mutex::new(Bucket { left: full, at: now })));
        let bucket = self.0.get_or_insert_with(address.as_str(), new)?;
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back refills nothing until it has caught up.
        let passed = now.millis().saturating_sub(bucket.at.millis()).max(0);
        bucket.left = bucket.left.saturating_add(passed.saturating_mul(PER_SECOND)).min(full);
        bucket.at = now;
        if bucket.left < 1_000 {
            return Err(Error::throttling());
        }
        bucket.left -= 1_000;
        Ok(())
    }
}

/// What counts as one address: of IPv6 the network, since whoever has one address has all of its.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, Pace};
    use strongroom_api::Timestamp;

    #[test]
    fn who_asks_too_often_waits_and_nobody_else_does() {
        let pace = Pace::new();
        let mut now = Timestamp::from_millis(1_000_000);
        for _ in 0..AT_ONCE {
            assert!(pace.step("10.0.0.1", now).is_ok());
        }
        assert!(pace.step("10.0.0.1", now).is_err());
        assert!(pace.step("10.0.0.2", now).is_ok());
        now = now.plus_millis(50);
        assert!(pace.step("10.0.0.1", now).is_ok());
        assert!(pace.step("10.0.0.1", now).is_err());
        // Set back and forth, a clock gives nothing away.
        assert!(pace.step("10.0.0.1", now.plus_millis(-1_000)).is_err());
    }

    #[test]
    fn a_network_of_addresses_is_one() {
        let pace = Pace::new();
        let now = Timestamp::from_millis(0);
        for n in 0..AT_ONCE {
            assert!(pace.step(&format!("2001:db8::{n:x}"), now).is_ok());
        }
        assert!(pace.step("2001:db8::ffff", now).is_err());
        assert!(pace.step("2001:db8:0:1::1", now).is_ok());
    }
}
