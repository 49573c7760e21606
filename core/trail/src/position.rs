//! A place in the trail: a sequence number and the chain up to it.

use std::{fmt, str};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A place in the trail: right after the record with this sequence number.
///
/// Kept elsewhere, it proves later that everything up to it is still there, unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Counts up from 1 without gaps; 0 is the start, before the first record.
    pub sequence: u64,
    /// The chain member of that record.
    pub chain: Chain,
}

impl Position {
    /// Before the first record.
    pub const START: Self = Self { sequence: 0, chain: Chain([b'0'; 64]) };
}

/// A SHA-256 over everything up to a record, as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Chain([u8; 64]);

impl Chain {
    /// The chain of which these are the 64 digits.
    pub fn from_digits(digits: &[u8]) -> Option<Self> {
        let digits: [u8; 64] = digits.try_into().ok()?;
        let is_hex = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        digits.iter().all(is_hex).then_some(Self(digits))
    }

    /// The 64 digits.
    pub fn digits(&self) -> &[u8; 64] {
        &self.0
    }

    pub(crate) fn from_hash(hash: &[u8]) -> Self {
        let mut digits = [b'0'; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Self(digits)
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Bytes as lower-case hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
    bytes.iter().flat_map(digits).map(char::from).collect()
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.0).unwrap_or_default())
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Chain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Chain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        Self::from_digits(digits.as_bytes())
            .ok_or_else(|| D::Error::custom("a chain is 64 lower-case hex digits"))
    }
}
