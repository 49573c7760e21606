//! Lower-case hexadecimal of a SHA-256 sized value, as signatures write it.

use aws_lc_rs::digest;

/// The 64 hexadecimal digits of 32 bytes.
pub(crate) type Hex = [u8; 64];

/// SHA-256 of nothing, in hexadecimal.
pub(crate) const EMPTY_SHA256: &[u8; 64] =
    b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> Hex {
    if bytes.is_empty() {
        return *EMPTY_SHA256;
    }
    encode(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// The first 32 bytes in hexadecimal.
pub(crate) fn encode(bytes: &[u8]) -> Hex {
    let mut text = [b'0'; 64];
    for (pair, byte) in text.as_chunks_mut().0.iter_mut().zip(bytes) {
        *pair = PAIRS[usize::from(*byte)];
    }
    text
}

static PAIRS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    table
};

/// The value of one hexadecimal digit of either case.
pub(crate) fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The bytes of a text of hexadecimal digits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    bytes.collect::<Option<_>>().filter(|_| rest.is_empty())
}
