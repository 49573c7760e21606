//! Row numbers and digests: the two hashes that are part of the file format.

use strongroom_store::Revision;

/// How row numbers are made.
#[derive(Clone, Copy)]
pub struct Ids {
    bits: u32,
}

impl Default for Ids {
    fn default() -> Self {
        // SQLite stores numbers of up to 35 bits in five bytes, of 63 in nine: a quarter fewer pages
        // above the records. Of a million keys about fifteen collide, which only costs those a detour.
        Self { bits: 35 }
    }
}

impl Ids {
    /// Numbers of so few bits that keys collide.
    #[cfg(test)]
    pub fn colliding() -> Self {
        Self { bits: 1 }
    }

    /// The number that `key` has unless another key was there first; never negative.
    pub fn id(self, key: &str) -> i64 {
        (hash(0, key.as_bytes()) >> (64 - self.bits)).cast_signed()
    }
}

/// What a row's columns must add up to. It finds accidents; against intent there is the seal above.
pub fn digest(key: &str, revision: Revision, value: &[u8]) -> i64 {
    hash(hash(revision, key.as_bytes()), value).cast_signed()
}

/// A 64-bit hash by folded multiplication, as wyhash does it. It is part of the file format: row
/// numbers and digests are made with it.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    const A: u64 = 0xa076_1d64_78bd_642f;
    const B: u64 = 0xe703_7ed1_a0b4_28db;
    let mut state = fold(seed ^ A, bytes.len() as u64 ^ B);
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        state = mix(state, *block, A);
    }
    let mut last = [0; 16];
    last[..rest.len()].copy_from_slice(rest);
    fold(mix(state, last, B), A)
}

fn mix(state: u64, block: [u8; 16], with: u64) -> u64 {
    let halves = u128::from_le_bytes(block);
    fold(halves as u64 ^ with, (halves >> 64) as u64 ^ state)
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::{Ids, digest};

    #[test]
    fn numbers_and_digests_are_part_of_the_format() {
        assert_eq!(
            Ids::default().id("123456789012/us-east-1/secrets/db"),
            10_808_251_951
        );
        assert_eq!(digest("a", 1, b"value"), -8_483_147_932_531_618_731);
    }
}
