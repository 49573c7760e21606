//! Reading a pattern from left to right.

use super::malformed::Malformed;
use super::wildcard::Wildcard;

/// A pattern, and how far it has been read.
#[derive(Clone, Debug)]
pub struct Scanner<'p> {
    rest: &'p str,
}

impl<'p> Scanner<'p> {
    pub fn new(text: &'p str) -> Self {
        Self { rest: text }
    }

    pub fn rest(&self) -> &'p str {
        self.rest
    }

    pub fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    pub fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes `token` if it is next.
    pub fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes `word` if it is next and ends there.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let ends = |rest: &str| !rest.chars().next().is_some_and(is_word);
        match self.rest.strip_prefix(word) {
            Some(rest) if ends(rest) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes characters as long as `wanted` says so.
    pub fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'p str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Reads the rest of a text whose opening quote was taken. `\` takes the special meaning of
    /// quotes, of itself and of `*`.
    pub fn quoted(&mut self, quote: char) -> Result<Wildcard, Malformed> {
        let mut pieces = vec![String::new()];
        let push = |pieces: &mut Vec<String>, c: char| {
            if let Some(last) = pieces.last_mut() {
                last.push(c);
            }
        };
        loop {
            match self.next().ok_or(Malformed::Pattern)? {
                '\\' => match self.next().ok_or(Malformed::Pattern)? {
                    c @ ('"' | '\'' | '\\' | '*') => push(&mut pieces, c),
                    c => {
                        push(&mut pieces, '\\');
                        push(&mut pieces, c);
                    }
                },
                '*' => pieces.push(String::new()),
                c if c == quote => return Ok(Wildcard::of(pieces, false)),
                c => push(&mut pieces, c),
            }
        }
    }
}

/// The characters of names and of terms that need no quotes.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
