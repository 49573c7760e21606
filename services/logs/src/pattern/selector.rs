//! Selectors of JSON members: `$.a.b[0]`, `$.["a.b"]`, `$.list[*].name`.

use strongroom_wire::Value;

use super::malformed::Malformed;
use super::scanner::Scanner;

/// A path into a JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    text: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
    /// Every item of a list or every member of an object.
    Any,
}

impl Selector {
    /// Reads a selector that is the whole text.
    ///
    /// # Errors
    /// [`Malformed`] when it is none.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut scanner = Scanner::new(text);
        let selector = Self::read(&mut scanner)?;
        if scanner.rest().is_empty() { Ok(selector) } else { Err(Malformed::Pattern) }
    }

    pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Self, Malformed> {
        let start = scanner.rest();
        if !scanner.eat("$") {
            return Err(Malformed::Pattern);
        }
        let mut steps = Vec::new();
        while let Some(step) = Step::read(scanner)? {
            steps.push(step);
        }
        // AWS allows one wildcard in a selector.
        let wildcards = steps.iter().filter(|step| **step == Step::Any).count();
        if steps.is_empty() || wildcards > 1 {
            return Err(Malformed::Pattern);
        }
        let text = start[..start.len() - scanner.rest().len()].to_owned();
        Ok(Self { text, steps })
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.steps.contains(&Step::Any)
    }

    /// Whether `wanted` says yes to one of the values that the selector means.
    pub(super) fn any<'v, 'm>(
        &self,
        value: &'v Value<'m>,
        wanted: &mut dyn FnMut(&'v Value<'m>) -> bool,
    ) -> bool {
        visit(&self.steps, value, wanted)
    }

    /// The first value that the selector means, as a text.
    #[must_use]
    pub fn value(&self, object: &Value<'_>) -> Option<String> {
        let mut found = None;
        self.any(object, &mut |value| {
            found = text_of(value);
            found.is_some()
        });
        found
    }
}

impl Step {
    fn read(scanner: &mut Scanner<'_>) -> Result<Option<Self>, Malformed> {
        let dotted = scanner.eat(".");
        if scanner.eat("[") {
            return Self::bracketed(scanner).map(Some);
        }
        if !dotted {
            return Ok(None);
        }
        if scanner.eat("*") {
            return Ok(Some(Self::Any));
        }
        let name = scanner.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '@'));
        if name.is_empty() {
            return Err(Malformed::Pattern);
        }
        Ok(Some(Self::Member(name.to_owned())))
    }

    fn bracketed(scanner: &mut Scanner<'_>) -> Result<Self, Malformed> {
        scanner.skip_blanks();
        let step = match scanner.peek() {
            Some(quote @ ('"' | '\'')) => {
                scanner.next();
                Self::Member(scanner.quoted(quote)?.literal())
            }
            Some('*') => {
                scanner.next();
                Self::Any
            }
            _ => {
                let digits = scanner.take_while(|c| c.is_ascii_digit());
                Self::Item(digits.parse().map_err(|_| Malformed::Pattern)?)
            }
        };
        scanner.skip_blanks();
        if scanner.eat("]") { Ok(step) } else { Err(Malformed::Pattern) }
    }
}

fn visit<'v, 'm>(
    steps: &[Step],
    value: &'v Value<'m>,
    wanted: &mut dyn FnMut(&'v Value<'m>) -> bool,
) -> bool {
    let Some((step, rest)) = steps.split_first() else { return wanted(value) };
    match (step, value) {
        (Step::Member(name), Value::Map(members)) => {
            // Of members with the same name the last one counts.
            let member = members.iter().rev().find(|(other, _)| other == name);
            member.is_some_and(|(_, value)| visit(rest, value, wanted))
        }
        (Step::Item(index), Value::List(items)) => {
            items.get(*index).is_some_and(|item| visit(rest, item, wanted))
        }
        (Step::Any, Value::List(items)) => items.iter().any(|item| visit(rest, item, wanted)),
        (Step::Any, Value::Map(members)) => {
            members.iter().any(|(_, value)| visit(rest, value, wanted))
        }
        _ => false,
    }
}

/// A value that is neither a list nor an object, as a text.
pub(super) fn text_of(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Float(value) => Some(value.to_string()),
        Value::Text(text) | Value::Form(text) => Some(text.to_string()),
        Value::Bytes(_) | Value::List(_) | Value::Map(_) => None,
    }
}
