//! Patterns of messages separated by spaces: `[ip, user, ..., status = 4*, bytes > 1000]`.

use super::malformed::Malformed;
use super::scanner::{Scanner, is_word};
use super::test::{Comparison, Scalar};
use super::{Extracted, regular};

/// A compiled list of fields.
#[derive(Debug)]
pub struct Fields {
    /// The fields before `...`, or all of them.
    first: Vec<Field>,
    /// The fields behind `...`, if there is one.
    last: Option<Vec<Field>>,
}

#[derive(Debug, Default)]
struct Field {
    name: String,
    /// One of these lists must hold as a whole.
    options: Vec<Vec<Comparison>>,
}

impl Fields {
    /// Compiles what stands between the brackets.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut scanner = Scanner::new(text);
        let mut fields = Self { first: Vec::new(), last: None };
        loop {
            scanner.skip_blanks();
            if scanner.eat("...") {
                if fields.last.replace(Vec::new()).is_some() {
                    return Err(Malformed::Pattern);
                }
            } else {
                let field = Field::read(&mut scanner)?;
                fields.last.as_mut().unwrap_or(&mut fields.first).push(field);
            }
            scanner.skip_blanks();
            if scanner.rest().is_empty() {
                break;
            }
            if !scanner.eat(",") {
                return Err(Malformed::Pattern);
            }
        }
        if fields.regular_expressions() > regular::MOST {
            return Err(Malformed::Pattern);
        }
        Ok(fields)
    }

    pub fn matches(&self, message: &str) -> bool {
        self.hold(&split(message))
    }

    /// Every field of a message that is meant, by its name or else by its place.
    pub fn extract(&self, message: &str) -> Option<Extracted> {
        let parts = split(message);
        if !self.hold(&parts) {
            return None;
        }
        let behind = parts.len() - self.last.as_ref().map_or(0, Vec::len);
        let named = |(place, part): (usize, &&str)| {
            let field = match place.checked_sub(behind) {
                Some(place) if self.last.is_some() => self.last.as_ref().and_then(|l| l.get(place)),
                _ => self.first.get(place),
            };
            let name = field.map(|field| field.name.as_str()).filter(|name| !name.is_empty());
            let name = name.map_or_else(|| format!("${}", place + 1), |name| format!("${name}"));
            (name, (*part).to_owned())
        };
        Some(parts.iter().enumerate().map(named).collect())
    }

    /// Whether a field is named so.
    pub fn has(&self, name: &str) -> bool {
        self.first.iter().chain(self.last.iter().flatten()).any(|field| field.name == name)
    }

    pub fn regular_expressions(&self) -> usize {
        let fields = self.first.iter().chain(self.last.iter().flatten());
        let comparisons = fields.flat_map(|field| field.options.iter().flatten());
        comparisons.filter(|comparison| comparison.is_regular()).count()
    }

    fn hold(&self, parts: &[&str]) -> bool {
        let last = self.last.as_deref().unwrap_or_default();
        let wanted = self.first.len() + last.len();
        let fits = if self.last.is_some() { parts.len() >= wanted } else { parts.len() == wanted };
        let all = |fields: &[Field], parts: &[&str]| {
            fields.iter().zip(parts).all(|(field, part)| field.holds(part))
        };
        fits && all(&self.first, parts) && all(last, &parts[parts.len() - last.len()..])
    }
}

impl Field {
    fn read(scanner: &mut Scanner<'_>) -> Result<Self, Malformed> {
        let name = scanner.take_while(is_word);
        let mut field = Self { name: name.to_owned(), options: Vec::new() };
        scanner.skip_blanks();
        if matches!(scanner.peek(), None | Some(',')) {
            return Ok(field);
        }
        let mut option = Vec::new();
        loop {
            let ends = |c| matches!(c, ',' | ']' | ')' | '&' | '|');
            option.push(Comparison::read(scanner, ends)?);
            scanner.skip_blanks();
            if scanner.eat("||") {
                field.options.push(std::mem::take(&mut option));
            } else if !scanner.eat("&&") {
                break;
            }
            scanner.skip_blanks();
            // The field is named again; a condition on another one belongs there.
            if name.is_empty() || !scanner.eat_word(name) {
                return Err(Malformed::Pattern);
            }
            scanner.skip_blanks();
        }
        field.options.push(option);
        Ok(field)
    }

    fn holds(&self, part: &str) -> bool {
        let all =
            |option: &Vec<Comparison>| option.iter().all(|one| one.is_met(Scalar::Field(part)));
        self.options.is_empty() || self.options.iter().any(all)
    }
}

/// The fields of a message: what is between blanks, quotes, or brackets.
fn split(message: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = message.trim_start();
    while let Some(first) = rest.chars().next() {
        let close = match first {
            '"' => Some('"'),
            '[' => Some(']'),
            _ => None,
        };
        // A bracket that is not closed is a character like any other.
        let grouped = close.and_then(|close| rest[1..].split_once(close));
        let (part, behind) = grouped
            .unwrap_or_else(|| rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())));
        parts.push(part);
        rest = behind.trim_start();
    }
    parts
}
