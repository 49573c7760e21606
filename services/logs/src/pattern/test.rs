//! Comparisons: what stands right of a member or field, and whether a value meets it.

use regex::Regex;

use super::malformed::Malformed;
use super::regular;
use super::scanner::Scanner;
use super::wildcard::Wildcard;

/// `=`, `!=`, `<` …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is compared with.
#[derive(Debug)]
pub enum Comparand {
    Number(f64),
    Text(Wildcard),
    Regular(Regex),
}

/// An operator with what is right of it.
#[derive(Debug)]
pub struct Comparison {
    operator: Operator,
    comparand: Comparand,
}

/// A value of a message.
#[derive(Clone, Copy, Debug)]
pub enum Scalar<'m> {
    /// A JSON text.
    Text(&'m str),
    /// A JSON number, and as it is written.
    Number(f64, &'m str),
    /// A field of a message separated by spaces: a text that may be a number.
    Field(&'m str),
    /// A JSON boolean or null, which no comparand equals.
    Other,
}

impl Operator {
    pub fn read(scanner: &mut Scanner<'_>) -> Option<Self> {
        const ALL: [(&str, Operator); 6] = [
            ("!=", Operator::Unequal),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        ALL.iter().find(|(token, _)| scanner.eat(token)).map(|(_, operator)| *operator)
    }

    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

impl Comparison {
    /// Reads an operator and what follows it. `ends` says which characters end a bare word.
    pub fn read(scanner: &mut Scanner<'_>, ends: impl Fn(char) -> bool) -> Result<Self, Malformed> {
        let operator = Operator::read(scanner).ok_or(Malformed::Pattern)?;
        scanner.skip_blanks();
        let comparand = Comparand::read(scanner, ends)?;
        let is_equation = matches!(operator, Operator::Equal | Operator::Unequal);
        if !is_equation && !matches!(comparand, Comparand::Number(_)) {
            return Err(Malformed::Pattern);
        }
        Ok(Self { operator, comparand })
    }

    pub fn is_met(&self, value: Scalar<'_>) -> bool {
        let equal = match &self.comparand {
            Comparand::Number(right) => match value.number() {
                Some(left) => return self.operator.holds(left, *right),
                None => false,
            },
            Comparand::Text(wanted) => {
                value.text(wanted.means_numbers()).is_some_and(|text| wanted.matches(text))
            }
            Comparand::Regular(regex) => value.text(true).is_some_and(|text| regex.is_match(text)),
        };
        match self.operator {
            Operator::Equal => equal,
            Operator::Unequal => !equal,
            _ => false,
        }
    }

    pub fn is_regular(&self) -> bool {
        matches!(self.comparand, Comparand::Regular(_))
    }
}

impl Comparand {
    fn read(scanner: &mut Scanner<'_>, ends: impl Fn(char) -> bool) -> Result<Self, Malformed> {
        match scanner.peek() {
            Some('"') => {
                scanner.next();
                Ok(Self::Text(scanner.quoted('"')?))
            }
            Some('%') => {
                scanner.next();
                Ok(Self::Regular(regular::read(scanner)?))
            }
            _ => {
                let is_special =
                    |c| matches!(c, '"' | '%' | '=' | '<' | '>' | '!' | '(' | '{' | '[');
                let word = scanner.take_while(|c| !c.is_whitespace() && !ends(c) && !is_special(c));
                if word.is_empty() {
                    return Err(Malformed::Pattern);
                }
                Ok(number(word).map_or_else(|| Self::Text(Wildcard::bare(word)), Self::Number))
            }
        }
    }
}

impl<'m> Scalar<'m> {
    fn number(self) -> Option<f64> {
        match self {
            Self::Number(number, _) => Some(number),
            Self::Field(text) => number(text),
            Self::Text(_) | Self::Other => None,
        }
    }

    fn text(self, of_numbers: bool) -> Option<&'m str> {
        match self {
            Self::Text(text) | Self::Field(text) => Some(text),
            Self::Number(_, text) => of_numbers.then_some(text),
            Self::Other => None,
        }
    }
}

/// A number as patterns and messages write it: sign, decimals, exponent.
pub fn number(text: &str) -> Option<f64> {
    // `inf` and `NaN` are words here.
    let is_numeric = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    let looks_so = text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().all(is_numeric);
    if !looks_so {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
