//! A key from a passphrase, with Argon2id.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What one guess at a passphrase costs. Stored with the wrap, so it can be raised later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassphraseCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes. They are computed one after the other, so more than one makes nothing faster.
    pub lanes: u32,
}

impl Default for PassphraseCost {
    /// 64 MiB, three passes, one lane: RFC 9106's second recommended option, with one lane.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, iterations: 3, lanes: 1 }
    }
}

impl PassphraseCost {
    /// What a record may ask for at most: a damaged one must not exhaust memory or time.
    const LARGEST: Self = Self { memory_kib: 1024 * 1024, iterations: 32, lanes: 16 };
    /// What a new wrap must cost at least.
    const SMALLEST: Self = Self { memory_kib: 8 * 1024, iterations: 1, lanes: 1 };

    /// Whether these figures may be used, in words an operator can act on.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (small, large) = (Self::SMALLEST, Self::LARGEST);
        let all_within = (small.memory_kib..=large.memory_kib).contains(&self.memory_kib)
            && (small.iterations..=large.iterations).contains(&self.iterations)
            && (small.lanes..=large.lanes).contains(&self.lanes);
        if all_within {
            return Ok(());
        }
        Err(format!(
            "its cost must lie between {} and {} KiB, {} and {} iterations, {} and {} lanes",
            small.memory_kib,
            large.memory_kib,
            small.iterations,
            large.iterations,
            small.lanes,
            large.lanes
        ))
    }

    /// The key that `passphrase` yields at this cost.
    pub(crate) fn stretch(
        &self,
        passphrase: &[u8],
        salt: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, String> {
        self.check()?;
        let params = Params::new(self.memory_kib, self.iterations, self.lanes, Some(32))
            .map_err(|error| error.to_string())?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, salt, &mut *key)
            .map_err(|error| error.to_string())?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::PassphraseCost;

    #[test]
    fn a_record_cannot_ask_for_boundless_work() {
        let asked =
            |memory_kib, iterations, lanes| PassphraseCost { memory_kib, iterations, lanes };
        for cost in [asked(u32::MAX, 3, 1), asked(65536, u32::MAX, 1), asked(65536, 3, u32::MAX)] {
            assert!(cost.stretch(b"a passphrase", &[0; 16]).is_err());
        }
    }

    #[test]
    fn passphrase_salt_and_cost_all_decide_the_key() {
        let cost = PassphraseCost { memory_kib: 8192, iterations: 1, lanes: 1 };
        let dearer = PassphraseCost { iterations: 2, ..cost };
        let key = cost.stretch(b"a passphrase", &[0; 16]).unwrap();
        assert_eq!(*key, *cost.stretch(b"a passphrase", &[0; 16]).unwrap());
        assert_ne!(*key, *cost.stretch(b"b passphrase", &[0; 16]).unwrap());
        assert_ne!(*key, *cost.stretch(b"a passphrase", &[1; 16]).unwrap());
        assert_ne!(*key, *dearer.stretch(b"a passphrase", &[0; 16]).unwrap());
    }
}
