//! Decimal numbers of any length, compared exactly.

use std::cmp::Ordering;

/// A decimal number in its shortest form: no leading or trailing zeros, no negative zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    whole: Box<str>,
    fraction: Box<str>,
}

impl Decimal {
    /// Reads an integer or decimal with an optional sign. No exponents.
    pub(crate) fn read(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Decimal {
            negative: negative && !zero,
            whole: whole.into(),
            fraction: fraction.into(),
        })
    }

    fn magnitude(&self, other: &Decimal) -> Ordering {
        let whole = |one: &Decimal| (one.whole.len(), one.whole.clone());
        whole(self).cmp(&whole(other)).then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_compare_by_value_and_not_by_spelling() {
        let order =
            ["-10.5", "-10", "-2", "0", "0.09", "0.1", "1", "9", "9.99", "10", "9007199254740993"];
        for (i, a) in order.iter().enumerate() {
            for (j, b) in order.iter().enumerate() {
                let (left, right) = (Decimal::read(a).unwrap(), Decimal::read(b).unwrap());
                assert_eq!(left.cmp(&right), i.cmp(&j), "{a} and {b}");
            }
        }
        for (a, b) in [("007", "7.00"), ("-0", "0"), ("+1", "1")] {
            assert_eq!(Decimal::read(a), Decimal::read(b));
        }
    }

    #[test]
    fn what_is_no_number_is_not_read() {
        for text in ["", "-", ".", "1.", ".5", "1e3", "0x1", " 1", "1,000", "١", "--1", "NaN"] {
            assert_eq!(Decimal::read(text), None, "{text} was read");
        }
    }
}
