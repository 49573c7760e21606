//! Patterns of terms: `ERROR "not found" -DEBUG`, `?ERROR ?WARN`.

use regex::Regex;

use super::malformed::Malformed;
use super::regular;
use super::scanner::{Scanner, is_word};

/// Terms that a message must have, may not have, or must have one of.
#[derive(Debug, Default)]
pub struct Terms {
    all: Vec<Term>,
    any: Vec<Term>,
    none: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Text(String),
    Regular(Regex),
}

impl Terms {
    pub fn parse(scanner: &mut Scanner<'_>) -> Result<Self, Malformed> {
        let mut terms = Self::default();
        loop {
            scanner.skip_blanks();
            let list = match scanner.peek() {
                None => break,
                Some('?') => {
                    scanner.next();
                    &mut terms.any
                }
                Some('-') => {
                    scanner.next();
                    &mut terms.none
                }
                Some(_) => &mut terms.all,
            };
            list.push(Term::parse(scanner)?);
        }
        if terms.regular_expressions() > regular::MOST {
            return Err(Malformed::Pattern);
        }
        Ok(terms)
    }

    /// AWS ignores optional terms beside required ones.
    pub fn match_text(&self, message: &str) -> bool {
        let has = |term: &Term| term.is_in(message);
        let wanted = match self.all.is_empty() {
            true => self.any.is_empty() || self.any.iter().any(has),
            false => self.all.iter().all(has),
        };
        wanted && !self.none.iter().any(has)
    }

    pub fn regular_expressions(&self) -> usize {
        let lists = [&self.all, &self.any, &self.none].into_iter().flatten();
        lists.filter(|term| matches!(term, Term::Regular(_))).count()
    }
}

impl Term {
    fn parse(scanner: &mut Scanner<'_>) -> Result<Self, Malformed> {
        let start = scanner.rest();
        let term = match scanner.peek() {
            Some('"') => {
                scanner.next();
                Self::Text(scanner.quoted('"')?.literal())
            }
            Some('%') => {
                scanner.next();
                Self::Regular(regular::read(scanner)?)
            }
            _ => Self::Text(scanner.take_while(is_word).to_owned()),
        };
        let is_empty = matches!(&term, Self::Text(text) if text.is_empty());
        let ends = scanner.peek().is_none_or(char::is_whitespace);
        if is_empty || !ends {
            let term = start.split_whitespace().next().unwrap_or_default();
            return Err(Malformed::Term(term.to_owned()));
        }
        Ok(term)
    }

    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text.as_str()),
            Self::Regular(regex) => regex.is_match(message),
        }
    }
}
