//! Terms: what records can be looked up by, as numbers.

/// The term of these parts. The same in every process and on every machine, since it is stored.
#[must_use]
pub fn term(parts: &[&str]) -> u64 {
    // FNV-1a, with a byte between parts that no text has, so that parts cannot run into each other.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.as_bytes().iter().chain(&[0xff]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    spread(hash)
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
