//! Ids that need to be unique rather than secret.

use std::sync::atomic::{AtomicU64, Ordering};

use strongroom_seal::Entropy;

/// Request and event ids in the form of a UUID: unique, cheap, no secret.
#[derive(Debug)]
pub struct Ids {
    seed: [u64; 2],
    next: AtomicU64,
}

impl Ids {
    /// A fresh sequence; `entropy` makes it differ from every other one.
    #[must_use]
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        let [low, high] = halves(bytes);
        Self { seed: [low, high], next: AtomicU64::new(0) }
    }

    /// The next id.
    #[must_use]
    pub fn next(&self) -> Uuid {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        // A bijection of the counter: no two ids of one sequence are alike.
        Uuid([mix(self.seed[0] ^ count), mix(self.seed[1].wrapping_add(count))])
    }
}

/// A UUID made of random bytes (version 4), for version ids and other names that must not be guessed.
#[must_use]
pub fn random_uuid(entropy: &dyn Entropy) -> Uuid {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    Uuid(halves(bytes))
}

/// 128 bits that print as a version 4 UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uuid([u64; 2]);

impl Uuid {
    /// The UUID of these bits, for ids that follow from something else.
    #[must_use]
    pub const fn of(halves: [u64; 2]) -> Self {
        Self(halves)
    }

    /// Appends the 36 characters.
    pub fn push(self, out: &mut String) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let [high, low] = self.0;
        let high = (high & !0xf000) | 0x4000;
        let low = (low & !(0b11 << 62)) | (0b10 << 62);
        for position in 0..32 {
            if matches!(position, 8 | 12 | 16 | 20) {
                out.push('-');
            }
            let half = if position < 16 { high } else { low };
            out.push(char::from(HEX[(half >> (60 - 4 * (position % 16)) & 15) as usize]));
        }
    }
}

impl std::fmt::Display for Uuid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::with_capacity(36);
        self.push(&mut text);
        f.write_str(&text)
    }
}

fn halves(bytes: [u8; 16]) -> [u64; 2] {
    let number = u128::from_le_bytes(bytes);
    [number as u64, (number >> 64) as u64]
}

/// The finalizer of SplitMix64, a bijection on 64 bits.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zero;

    impl Entropy for Zero {
        fn fill(&self, out: &mut [u8]) {
            out.fill(0);
        }
    }

    #[test]
    fn ids_look_like_version_4_uuids_and_differ() {
        let ids = Ids::new(&Zero);
        let (first, second) = (ids.next().to_string(), ids.next().to_string());
        assert_ne!(first, second);
        assert_eq!(first.len(), 36);
        assert_eq!(&first[14..15], "4");
        assert!(matches!(&first[19..20], "8" | "9" | "a" | "b"));
    }
}
