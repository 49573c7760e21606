//! Cuts an expression into words.

use std::fmt;

use super::{Unsound, unsound};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    Number(f64),
    Text(String),
    Name(String),
    Sign(&'static str),
}

/// As it was written.
impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Name(name) => name.fmt(f),
            Self::Sign(sign) => sign.fmt(f),
        }
    }
}

/// Longer signs first.
const SIGNS: [&str; 19] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",",
    "=",
];

pub(super) fn words(text: &str) -> Result<Vec<Word>, Unsound> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '"' | '\'' => quoted(rest, first)?,
            '0'..='9' | '.' => number(rest)?,
            c if c.is_alphabetic() || c == '_' => name(rest),
            c => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (Word::Sign(sign), sign.len()),
                None => return unsound(format!("Unexpected character '{c}'")),
            },
        };
        words.push(word);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(words)
}

fn quoted(rest: &str, quote: char) -> Result<(Word, usize), Unsound> {
    let mut text = String::new();
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            c if escaped => {
                text.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            c if c == quote => return Ok((Word::Text(text), at + 1)),
            c => text.push(c),
        }
    }
    unsound("A text is not closed")
}

fn number(rest: &str) -> Result<(Word, usize), Unsound> {
    let mut length = digits(rest);
    let bytes = rest.as_bytes();
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(rest.get(length + 1 + sign..).unwrap_or_default());
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    match rest[..length].parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((Word::Number(number), length)),
        _ => unsound(format!("'{}' is not a number", &rest[..length])),
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count()
}

fn name(rest: &str) -> (Word, usize) {
    let length: usize =
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum();
    (Word::Name(rest[..length].to_owned()), length)
}
