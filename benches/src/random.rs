//! Numbers that look random and come back with the same seed (SplitMix64).

/// A source of numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The source of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A source of its own for `part`, so that parts do not depend on each other's pace.
    #[must_use]
    pub fn split(&self, part: u64) -> Self {
        Self(Self(self.0 ^ part.wrapping_mul(0xd134_2543_de82_ef95)).number())
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // The bounds are so small that the bias does not matter.
        self.number() % bound
    }

    /// One of `all`, which are not none.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    /// 32 hexadecimal digits in groups, as clients make up request tokens.
    pub fn token(&mut self) -> String {
        let (high, low) = (self.number(), self.number());
        let digits = format!("{high:016x}{low:016x}");
        let (a, b, c, d, e) =
            (&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]);
        format!("{a}-{b}-{c}-{d}-{e}")
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_parts_differ() {
        let (mut a, mut b) = (Random::new(7), Random::new(7));
        assert_eq!(a.token(), b.token());
        assert_ne!(Random::new(7).split(1).number(), Random::new(7).split(2).number());
        assert_eq!(a.token().len(), 36);
    }
}
