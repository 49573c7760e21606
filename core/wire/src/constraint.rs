//! The constraint traits of AWS's models (length, range, pattern, enum) and how they are said.

use std::sync::LazyLock;

use regex_lite::Regex;

use crate::violation::{At, Echo, Violations};

/// One constraint of AWS's model on a member.
#[derive(Clone, Copy, Debug)]
pub enum Constraint {
    /// Length of a text in characters, of a blob in bytes, of a list in items.
    Length {
        /// Smallest length allowed.
        min: u64,
        /// Largest length allowed.
        max: u64,
    },
    /// Value of a number.
    Range {
        /// Smallest value allowed.
        min: i64,
        /// Largest value allowed.
        max: i64,
    },
    /// A regular expression that the whole text must match.
    Pattern(&'static Pattern),
    /// A closed set of texts, as the model lists them.
    OneOf(&'static [&'static str]),
}

/// No upper bound in the model.
pub const UNBOUNDED: u64 = u64::MAX;

/// A pattern of AWS's model: its text as AWS prints it, compiled on first use.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: LazyLock<Option<Regex>, Compile>,
}

type Compile = fn() -> Option<Regex>;

impl Pattern {
    /// `compile` is `|| Pattern::compile(text)`; a constant cannot capture, so the derive repeats the text.
    #[must_use]
    pub const fn new(text: &'static str, compile: Compile) -> Self {
        Self { text, compiled: LazyLock::new(compile) }
    }

    /// Compiles a model pattern (Java dialect, matched against the whole text).
    ///
    /// `None` if the dialect differs in a way we do not translate; a test over all shapes guards that.
    #[must_use]
    pub fn compile(text: &str) -> Option<Regex> {
        // The matcher knows no classes of Unicode: beyond ASCII everything counts as a letter. The
        // classes stand inside brackets in all of AWS's models.
        let translated = text
            .replace("\\u", "\\x")
            .replace("\\p{L}", "a-zA-Z\\x00AA-\\xD7FF\\xF900-\\xFFFD")
            .replace("\\p{Z}", " \\x00A0")
            .replace("\\p{N}", "0-9");
        let braced = brace_hex(&translated);
        Regex::new(&format!("^(?:{braced})$")).ok()
    }

    /// The pattern as AWS prints it.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// Whether the pattern could be compiled; checked for every shape by the model check.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.compiled.is_some()
    }

    fn matches(&self, text: &str) -> bool {
        // A pattern that does not compile refuses everything: closed, and found by the first test.
        self.compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// Java writes `\u00FF`, the matcher `\x{00FF}`.
fn brace_hex(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    while let Some(at) = rest.find("\\x") {
        let (before, after) = rest.split_at(at + 2);
        out.push_str(before);
        match after.get(..4) {
            Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
                out.push('{');
                out.push_str(hex);
                out.push('}');
                rest = &after[4..];
            }
            _ => rest = after,
        }
    }
    out.push_str(rest);
    out
}

/// What of a decoded value constraints look at.
#[derive(Clone, Copy, Debug)]
pub enum Facet<'a> {
    /// A text.
    Text(&'a str),
    /// A number.
    Number(i64),
    /// Bytes.
    Blob(&'a [u8]),
    /// A list with its length; a message does not repeat it.
    List(usize),
    /// Nothing that constraints apply to.
    Other,
}

/// Checks `facet` against `constraints` and notes each broken one.
///
/// A hidden value is never repeated in a message.
pub fn check(
    facet: Facet<'_>,
    hidden: bool,
    constraints: &[Constraint],
    at: &At<'_>,
    found: &mut Violations,
) {
    for constraint in constraints {
        if let Some(text) = broken(facet, constraint) {
            let echo = if hidden { Echo::Hidden } else { echo(facet) };
            found.push(at, echo, text);
        }
    }
}

/// What AWS says when `facet` breaks `constraint`; `None` when it holds.
#[must_use]
pub fn broken(facet: Facet<'_>, constraint: &Constraint) -> Option<String> {
    match (constraint, facet) {
        (Constraint::Length { min, max }, Facet::Text(text)) => {
            broken_length(characters(text, *min, *max), *min, *max)
        }
        (Constraint::Length { min, max }, Facet::Blob(bytes)) => {
            broken_length(bytes.len() as u64, *min, *max)
        }
        (Constraint::Length { min, max }, Facet::List(length)) => {
            broken_length(length as u64, *min, *max)
        }
        (Constraint::Range { min, .. }, Facet::Number(n)) if n < *min => {
            Some(format!("Member must have value greater than or equal to {min}"))
        }
        (Constraint::Range { max, .. }, Facet::Number(n)) if n > *max => {
            Some(format!("Member must have value less than or equal to {max}"))
        }
        (Constraint::Pattern(pattern), Facet::Text(text)) if !pattern.matches(text) => {
            Some(format!("Member must satisfy regular expression pattern: {}", pattern.text()))
        }
        (Constraint::OneOf(set), Facet::Text(text)) if !set.contains(&text) => {
            Some(format!("Member must satisfy enum value set: [{}]", set.join(", ")))
        }
        _ => None,
    }
}

fn broken_length(length: u64, min: u64, max: u64) -> Option<String> {
    if length < min {
        Some(format!("Member must have length greater than or equal to {min}"))
    } else if length > max {
        Some(format!("Member must have length less than or equal to {max}"))
    } else {
        None
    }
}

/// Characters of `text`; counted only when the number of bytes does not already settle the question.
fn characters(text: &str, min: u64, max: u64) -> u64 {
    let bytes = text.len() as u64;
    if bytes <= max && bytes >= min.saturating_mul(4) { bytes } else { text.chars().count() as u64 }
}

fn echo(facet: Facet<'_>) -> Echo {
    match facet {
        Facet::Text(text) => Echo::Value(text.to_owned()),
        Facet::Number(number) => Echo::Value(number.to_string()),
        Facet::List(_) | Facet::Blob(_) | Facet::Other => Echo::Hidden,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static REGION: Pattern =
        Pattern::new(r"^([a-z]+-)+\d+$", || Pattern::compile(r"^([a-z]+-)+\d+$"));

    #[test]
    fn a_length_counts_characters_not_bytes() {
        let limit = Constraint::Length { min: 1, max: 3 };
        assert_eq!(broken(Facet::Text("äöü"), &limit), None);
        assert!(broken(Facet::Text("äöüß"), &limit).is_some());
        assert_eq!(
            broken(Facet::Text(""), &limit).as_deref(),
            Some("Member must have length greater than or equal to 1")
        );
    }

    #[test]
    fn a_pattern_must_match_the_whole_text() {
        let pattern = Constraint::Pattern(&REGION);
        assert_eq!(broken(Facet::Text("us-east-1"), &pattern), None);
        assert_eq!(
            broken(Facet::Text("us-east-1 "), &pattern).as_deref(),
            Some(r"Member must satisfy regular expression pattern: ^([a-z]+-)+\d+$")
        );
    }

    #[test]
    fn classes_of_unicode_are_understood() {
        let regex = Pattern::compile(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*");
        assert!(regex.is_some_and(|r| r.is_match("Straße 7 ключ-a@b") && !r.is_match("a;b")));
    }

    #[test]
    fn java_escapes_for_code_points_are_understood() {
        let regex = Pattern::compile("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*");
        assert!(regex.is_some_and(|r| r.is_match("ÿ ok\n") && !r.is_match("\u{100}")));
    }
}
