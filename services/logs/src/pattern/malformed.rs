//! What is wrong with a pattern.

use std::fmt;

/// A pattern that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It begins with a bracket that is not closed at its end.
    Unclosed(char, char),
    /// A term has characters that only a quoted term may have.
    Term(String),
    /// Anything else.
    Pattern,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed(open, close) => {
                write!(f, "If a filter pattern starts with '{open}' it must end with '{close}'")
            }
            Self::Term(term) => write!(f, "Invalid character(s) in term '{term}'"),
            Self::Pattern => f.write_str("Invalid filter pattern"),
        }
    }
}

impl std::error::Error for Malformed {}
