//! Wildcard matching: `*` for any run of characters, `?` for one character.

use std::borrow::Cow;

/// A part of a wildcard pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Exactly this text; never empty.
    Text(Cow<'a, str>),
    /// Any number of characters.
    Run,
    /// One character.
    One,
}

/// Cuts a pattern into pieces. Adjacent runs become one.
pub(crate) fn compile(pattern: &str) -> Vec<Piece<'static>> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for c in pattern.chars() {
        match c {
            '*' | '?' => {
                flush(&mut pieces, &mut text);
                let piece = if c == '*' { Piece::Run } else { Piece::One };
                if piece == Piece::One || pieces.last() != Some(&Piece::Run) {
                    pieces.push(piece);
                }
            }
            c => text.push(c),
        }
    }
    flush(&mut pieces, &mut text);
    pieces
}

/// Moves gathered text into a piece of its own.
pub(crate) fn flush(pieces: &mut Vec<Piece<'static>>, text: &mut String) {
    if !text.is_empty() {
        pieces.push(Piece::Text(Cow::Owned(std::mem::take(text))));
    }
}

/// Whether the pattern matches the whole of `text`. Never recurses; at worst the product of the
/// two lengths, both of which are bounded where they enter.
pub(crate) fn matches(pieces: &[Piece<'_>], text: &str) -> bool {
    matches_bytes(pieces, text.as_bytes())
}

/// The same over the bytes of a UTF-8 text.
pub(crate) fn matches_bytes(pieces: &[Piece<'_>], bytes: &[u8]) -> bool {
    let (mut piece, mut at) = (0, 0);
    // Where to go on when a piece fails: after the latest run, which then swallows one character more.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match pieces.get(piece) {
            None if at == bytes.len() => return true,
            Some(Piece::Run) if piece + 1 == pieces.len() => return true,
            Some(Piece::Run) => {
                piece += 1;
                retry = Some((piece, at));
                continue;
            }
            Some(Piece::One) if at < bytes.len() => {
                piece += 1;
                at += char_len(bytes[at]);
                continue;
            }
            Some(Piece::Text(literal)) if bytes[at..].starts_with(literal.as_bytes()) => {
                piece += 1;
                at += literal.len();
                continue;
            }
            _ => {}
        }
        match &mut retry {
            Some((after, from)) if *from < bytes.len() => {
                *from += char_len(bytes[*from]);
                (piece, at) = (*after, *from);
            }
            _ => return false,
        }
    }
}

/// The length of the UTF-8 character that starts with `first`.
fn char_len(first: u8) -> usize {
    match first {
        0..=0xbf => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(pattern: &str, text: &str) -> bool {
        matches(&compile(pattern), text)
    }

    #[test]
    fn stars_match_runs_and_question_marks_match_one_character() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("**", "x"),
            ("a*", "a"),
            ("*a", "aaa"),
            ("a*b*c", "a-b-b-c-c"),
            ("?", "é"),
            ("a?c", "a😀c"),
            ("*?", "x"),
            ("*ab*ab", "abxab"),
            ("secret:name-??????", "secret:name-a1B2c3"),
        ] {
            assert!(glob(pattern, text), "{pattern} should match {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("?", ""),
            ("a*b", "a"),
            ("a?c", "ac"),
            ("??", "é"),
            ("*ab*ab", "ab"),
            ("secret:name-??????", "secret:name-a1B2c3d"),
            ("A", "a"),
            ("*?", ""),
        ] {
            assert!(!glob(pattern, text), "{pattern} should not match {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_costs_no_more_than_the_product_of_the_lengths() {
        assert!(!glob(&"*a".repeat(500), &"a".repeat(499)));
        assert!(!glob(&format!("{}b", "*a".repeat(100)), &"a".repeat(10_000)));
    }
}
