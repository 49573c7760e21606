//! Patterns of JSON messages: `{ ($.errorCode = "AccessDenied*") && ($.count > 3) }`.

use strongroom_wire::Value;

use super::malformed::Malformed;
use super::scanner::Scanner;
use super::selector::{Selector, text_of};
use super::test::{Comparison, Scalar};
use super::{DEEPEST, Extracted, regular};

/// A compiled expression.
#[derive(Debug)]
pub struct Json {
    expression: Expression,
}

#[derive(Debug)]
enum Expression {
    /// All of them.
    And(Vec<Expression>),
    /// One of them.
    Or(Vec<Expression>),
    Test(Selector, Condition),
}

#[derive(Debug)]
enum Condition {
    Compare(Comparison),
    IsNull,
    Is(bool),
    NotExists,
}

/// Selectors with a wildcard in one pattern; AWS's limit.
const MOST_WILDCARDS: usize = 3;

impl Json {
    /// Compiles what stands between the braces.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut scanner = Scanner::new(text);
        let expression = Expression::read(&mut scanner, 0)?;
        scanner.skip_blanks();
        let json = Self { expression };
        let mut wildcards = 0;
        json.expression.each(&mut |selector, _| wildcards += usize::from(selector.has_wildcard()));
        let fits = wildcards <= MOST_WILDCARDS && json.regular_expressions() <= regular::MOST;
        if scanner.rest().is_empty() && fits { Ok(json) } else { Err(Malformed::Pattern) }
    }

    pub fn matches(&self, object: &Value<'_>) -> bool {
        self.expression.holds(object)
    }

    /// The members that the pattern asks about, as far as the message has them.
    pub fn extract(&self, object: &Value<'_>) -> Extracted {
        let mut found = Extracted::new();
        self.expression.each(&mut |selector, _| {
            if let Some(text) = selector.value(object) {
                found.insert(selector.text().to_owned(), text);
            }
        });
        found
    }

    pub fn regular_expressions(&self) -> usize {
        let mut count = 0;
        self.expression.each(&mut |_, condition| {
            count += usize::from(matches!(condition, Condition::Compare(one) if one.is_regular()));
        });
        count
    }
}

impl Expression {
    fn read(scanner: &mut Scanner<'_>, depth: usize) -> Result<Self, Malformed> {
        let mut options = vec![Self::read_all(scanner, depth)?];
        while joined(scanner, "||") {
            options.push(Self::read_all(scanner, depth)?);
        }
        Ok(of_one(options, Self::Or))
    }

    fn read_all(scanner: &mut Scanner<'_>, depth: usize) -> Result<Self, Malformed> {
        let mut parts = vec![Self::read_one(scanner, depth)?];
        while joined(scanner, "&&") {
            parts.push(Self::read_one(scanner, depth)?);
        }
        Ok(of_one(parts, Self::And))
    }

    fn read_one(scanner: &mut Scanner<'_>, depth: usize) -> Result<Self, Malformed> {
        scanner.skip_blanks();
        if scanner.eat("(") {
            if depth == DEEPEST {
                return Err(Malformed::Pattern);
            }
            let inner = Self::read(scanner, depth + 1)?;
            scanner.skip_blanks();
            return if scanner.eat(")") { Ok(inner) } else { Err(Malformed::Pattern) };
        }
        let selector = Selector::read(scanner)?;
        scanner.skip_blanks();
        Ok(Self::Test(selector, Condition::read(scanner)?))
    }

    fn holds(&self, object: &Value<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(object)),
            Self::Or(options) => options.iter().any(|option| option.holds(object)),
            Self::Test(selector, Condition::NotExists) => !selector.any(object, &mut |_| true),
            Self::Test(selector, condition) => {
                selector.any(object, &mut |value| condition.is_met(value))
            }
        }
    }

    fn each<'e>(&'e self, visit: &mut dyn FnMut(&'e Selector, &'e Condition)) {
        match self {
            Self::And(inner) | Self::Or(inner) => inner.iter().for_each(|one| one.each(visit)),
            Self::Test(selector, condition) => visit(selector, condition),
        }
    }
}

impl Condition {
    fn read(scanner: &mut Scanner<'_>) -> Result<Self, Malformed> {
        if scanner.eat_word("IS") {
            scanner.skip_blanks();
            let words =
                [("NULL", Self::IsNull), ("TRUE", Self::Is(true)), ("FALSE", Self::Is(false))];
            let found = words.into_iter().find(|(word, _)| scanner.eat_word(word));
            return found.map(|(_, condition)| condition).ok_or(Malformed::Pattern);
        }
        if scanner.eat_word("NOT") {
            scanner.skip_blanks();
            let exists = scanner.eat_word("EXISTS");
            return if exists { Ok(Self::NotExists) } else { Err(Malformed::Pattern) };
        }
        let ends = |c| matches!(c, ')' | '}' | '&' | '|');
        Comparison::read(scanner, ends).map(Self::Compare)
    }

    fn is_met(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::IsNull, value) => *value == Value::Null,
            (Self::Is(wanted), value) => *value == Value::Bool(*wanted),
            (Self::NotExists, _) => false,
            // Only single values are compared.
            (Self::Compare(_), Value::List(_) | Value::Map(_) | Value::Bytes(_)) => false,
            (Self::Compare(comparison), Value::Text(text) | Value::Form(text)) => {
                comparison.is_met(Scalar::Text(text))
            }
            (Self::Compare(comparison), Value::Integer(number)) => {
                comparison.is_met(Scalar::Number(*number as f64, &number.to_string()))
            }
            (Self::Compare(comparison), Value::Float(number)) => {
                let text = text_of(value).unwrap_or_default();
                comparison.is_met(Scalar::Number(*number, &text))
            }
            (Self::Compare(comparison), Value::Null | Value::Bool(_)) => {
                comparison.is_met(Scalar::Other)
            }
        }
    }
}

fn joined(scanner: &mut Scanner<'_>, token: &str) -> bool {
    scanner.skip_blanks();
    scanner.eat(token)
}

fn of_one(mut parts: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.len() {
        1 => parts.swap_remove(0),
        _ => join(parts),
    }
}
