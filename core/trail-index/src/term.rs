//! Terms: what records can be looked up by, as numbers.

/// The term of these parts. The same in every process and on every machine, since it is stored.
#[must_use]
pub fn term(parts: &[&str]) -> u64 {
    Stem::of(parts).term()
}

/// The beginning that several terms have in common, worked out once.
#[derive(Clone, Copy, Debug)]
pub struct Stem(u64);

impl Stem {
    /// What begins with these parts.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        parts.iter().fold(Self(0xcbf2_9ce4_8422_2325), |stem, part| stem.and(part))
    }

    /// With another part.
    #[must_use]
    pub fn and(self, part: &str) -> Self {
        // FNV-1a, with a byte between parts that no text has, so that parts cannot run into each other.
        let add =
            |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Self(part.as_bytes().iter().chain(&[0xff]).fold(self.0, add))
    }

    /// The term of the parts so far.
    #[must_use]
    pub fn term(self) -> u64 {
        spread(self.0)
    }
}

/// Spreads a hash over all 64 bits, since blocks guess a term's place from its size.
fn spread(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::term;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(term(&["ab", "c"]), term(&["a", "bc"]));
        assert_ne!(term(&["ab"]), term(&["ab", ""]));
    }

    #[test]
    fn a_term_stays_what_it_was_in_files_written_earlier() {
        assert_eq!(term(&["123456789012", "us-east-1", "EventName", "GetSecretValue"]), STORED);
    }

    const STORED: u64 = 1_401_570_722_780_839_341;
}
