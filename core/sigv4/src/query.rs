//! The query string: percent-encoding, and the canonical order of its parameters.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::canonical::Buffer;
use crate::hex::digit;

/// What may stand in a canonical request as it is.
static UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
        byte += 1;
    }
    table
};

/// More than any signed operation has parameters; AWS's own limit is lower.
const MAX_PARAMETERS: usize = 4096;

/// Appends the canonical query string; `false` if there are too many parameters.
///
/// The signature itself is never part of it, the session token only if `with_token`.
pub(crate) fn push_canonical(query: &str, with_token: bool, out: &mut Buffer) -> bool {
    if query.is_empty() {
        return true;
    }
    let mut encoded = Buffer::new();
    let mut pairs: SmallVec<[Pair; 32]> = SmallVec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let unsigned = name == "X-Amz-Signature" || (name == "X-Amz-Security-Token" && !with_token);
        if unsigned || pair.is_empty() {
            continue;
        }
        if pairs.len() == MAX_PARAMETERS {
            return false;
        }
        let start = encoded.len();
        push_reencoded(name, &mut encoded);
        let middle = encoded.len();
        push_reencoded(value, &mut encoded);
        pairs.push(Pair { start, middle, end: encoded.len() });
    }
    pairs.sort_unstable_by(|a, b| a.parts(&encoded).cmp(&b.parts(&encoded)));
    for (index, pair) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        let (name, value) = pair.parts(&encoded);
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
    true
}

/// Where one parameter lies in the buffer of encoded ones.
struct Pair {
    start: usize,
    middle: usize,
    end: usize,
}

impl Pair {
    fn parts<'a>(&self, encoded: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        (&encoded[self.start..self.middle], &encoded[self.middle..self.end])
    }
}

/// Appends bytes percent-encoded, upper case.
pub(crate) fn push_encoded(bytes: &[u8], out: &mut Buffer) {
    let mut rest = bytes;
    while let Some(place) = rest.iter().position(|b| !UNRESERVED[usize::from(*b)]) {
        out.extend_from_slice(&rest[..place]);
        push_escape(rest[place], out);
        rest = &rest[place + 1..];
    }
    out.extend_from_slice(rest);
}

/// Appends a percent-encoded text brought to the one canonical encoding.
///
/// A `+` of a query string is a space; an escape that is none stands for itself.
fn push_reencoded(text: &str, out: &mut Buffer) {
    if text.bytes().all(|b| UNRESERVED[usize::from(b)]) {
        return out.extend_from_slice(text.as_bytes());
    }
    for byte in decoded(text.as_bytes(), true) {
        push_byte(byte, out);
    }
}

/// Appends a percent-encoded path brought to the one canonical encoding; here `+` is a plus, and
/// a slash that separates stays apart from one that is part of a name.
pub(crate) fn push_reencoded_path(path: &str, out: &mut Buffer) {
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push(b'/');
        }
        for byte in decoded(segment.as_bytes(), false) {
            push_byte(byte, out);
        }
    }
}

/// A percent-encoded parameter as text; `None` if it is not UTF-8.
pub(crate) fn decode(text: &str) -> Option<Cow<'_, str>> {
    if memchr::memchr2(b'%', b'+', text.as_bytes()).is_none() {
        return Some(Cow::Borrowed(text));
    }
    String::from_utf8(decoded(text.as_bytes(), true).collect()).ok().map(Cow::Owned)
}

fn decoded(mut rest: &[u8], plus_is_space: bool) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let (&first, after) = rest.split_first()?;
        rest = after;
        if first == b'%'
            && let [high, low, after @ ..] = after
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            rest = after;
            return Some(high << 4 | low);
        }
        Some(if first == b'+' && plus_is_space { b' ' } else { first })
    })
}

fn push_byte(byte: u8, out: &mut Buffer) {
    if UNRESERVED[usize::from(byte)] {
        out.push(byte);
    } else {
        push_escape(byte, out);
    }
}

fn push_escape(byte: u8, out: &mut Buffer) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

#[cfg(test)]
mod tests {
    use super::{Buffer, decode, push_canonical, push_reencoded_path};

    fn canonical(query: &str) -> String {
        let mut out = Buffer::new();
        assert!(push_canonical(query, true, &mut out));
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn parameters_are_sorted_by_encoded_name_then_value() {
        assert_eq!(canonical("b=2&a=2&a=1&%41=0&a-b=1"), "A=0&a=1&a=2&a-b=1&b=2");
        assert_eq!(canonical("Param-3=3&Param=2&%E1%88%B4=1"), "%E1%88%B4=1&Param=2&Param-3=3");
    }

    #[test]
    fn a_name_alone_gets_its_equals_sign_and_only_the_first_one_divides() {
        assert_eq!(canonical("b&a=x=y"), "a=x%3Dy&b=");
    }

    #[test]
    fn every_spelling_of_a_character_becomes_the_same() {
        assert_eq!(canonical("a=%7e+%2b%2F/:"), "a=~%20%2B%2F%2F%3A");
        assert_eq!(canonical("a=100%&b=%zz"), "a=100%25&b=%25zz");
    }

    #[test]
    fn the_signature_is_left_out_and_the_token_on_request() {
        let query = "X-Amz-Signature=1&X-Amz-Security-Token=2&a=3";
        assert_eq!(canonical(query), "X-Amz-Security-Token=2&a=3");
        let mut out = Buffer::new();
        assert!(push_canonical(query, false, &mut out));
        assert_eq!(out.as_slice(), b"a=3");
    }

    #[test]
    fn too_many_parameters_are_refused() {
        assert!(!push_canonical(&"a&".repeat(4097), true, &mut Buffer::new()));
        assert!(push_canonical(&"a&".repeat(4096), true, &mut Buffer::new()));
    }

    #[test]
    fn what_is_not_text_does_not_decode() {
        assert_eq!(decode("a%20b+c").as_deref(), Some("a b c"));
        assert_eq!(decode("%ff"), None);
    }

    #[test]
    fn a_slash_inside_a_segment_stays_escaped() {
        let mut out = Buffer::new();
        push_reencoded_path("/a%2fb/c+d/(e)", &mut out);
        assert_eq!(out.as_slice(), b"/a%2Fb/c%2Bd/%28e%29");
    }
}
