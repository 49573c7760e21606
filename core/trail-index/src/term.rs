//! Terms: what records can be looked up by, as numbers.

/// The term of these parts. The same in every process and on every machine, since it is stored.
#[must_use]
pub fn term(parts: &[&str]) -> u64 {
    Stem::of(parts).term()
}

/// The beginning that several terms have in common, worked out once.
#[derive(Clone, Copy, Debug)]
pub struct Stem(u64);

/// Odd numbers without a pattern: the fractions of pi, as Blowfish begins with them.
const START: u64 = 0x243f_6a88_85a3_08d3;
const FACTOR: u64 = 0x1319_8a2e_0370_7345;

impl Stem {
    /// What begins with these parts.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        parts.iter().fold(Self(START), |stem, part| stem.and(part))
    }

    /// With another part.
    #[must_use]
    pub fn and(self, part: &str) -> Self {
        let (words, rest) = part.as_bytes().as_chunks::<8>();
        let hash = words.iter().fold(self.0, |hash, word| mixed(hash, u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        // The length keeps parts from running into each other.
        let length = (part.len() as u64).rotate_right(8);
        Self(mixed(mixed(hash, u64::from_le_bytes(last)), length))
    }

    /// The term of the parts so far.
    #[must_use]
    pub fn term(self) -> u64 {
        mixed(self.0, FACTOR)
    }
}

/// Takes eight bytes in. Both halves of the product count, which spreads a hash over all 64 bits: blocks
/// guess a term's place from its size.
fn mixed(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word.wrapping_mul(FACTOR)) * u128::from(FACTOR);
    (product as u64) ^ ((product >> 64) as u64).rotate_left(29)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::term;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(term(&["ab", "c"]), term(&["a", "bc"]));
        assert_ne!(term(&["ab"]), term(&["ab", ""]));
        assert_ne!(term(&["ab"]), term(&["ab\0"]));
        assert_ne!(term(&["12345678", "12345678"]), term(&["1234567812345678"]));
    }

    #[test]
    fn terms_are_spread_evenly_and_none_is_like_another() {
        const TERMS: u32 = 1 << 16;
        let terms = (0..TERMS).map(|number| term(&["EventId", &format!("event-{number}")]));
        let terms: BTreeSet<u64> = terms.collect();
        assert_eq!(terms.len(), TERMS as usize);
        let mut drawers = [0_u32; 64];
        terms.iter().for_each(|term| drawers[(term >> 58) as usize] += 1);
        let expected = TERMS / 64;
        assert!(drawers.iter().all(|count| count.abs_diff(expected) < expected / 4), "{drawers:?}");
    }

    #[test]
    fn a_term_stays_what_it_was_in_files_written_earlier() {
        assert_eq!(term(&["123456789012", "us-east-1", "EventName", "GetSecretValue"]), STORED);
    }

    const STORED: u64 = 7_072_696_604_017_536_440;
}
