//! What SEARCH looks for: `{AWS/SecretsManager,Operation} MetricName="CallCount" Get NOT Batch`.

use super::{Unsound, unsound};
use crate::metric::Metric;

/// A search that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// Namespace and the exact set of dimension names, if given.
    schema: Option<(String, Vec<String>)>,
    wanted: Wanted,
}

#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    All(Vec<Wanted>),
    Any(Vec<Wanted>),
    Not(Box<Wanted>),
    Term { property: Option<String>, text: String, exact: bool },
}

/// AWS's bound on a search, in characters.
const LONGEST: usize = 1_024;
const DEEPEST: usize = 16;

impl Pattern {
    /// Reads a search.
    ///
    /// # Errors
    /// [`Unsound`] for one that cannot be read.
    pub fn parse(text: &str) -> Result<Self, Unsound> {
        if text.chars().count() > LONGEST {
            return unsound("A search expression has no more than 1024 characters");
        }
        let mut tokens = tokens(text)?;
        let schema = schema(&mut tokens)?;
        let mut reader = Reader { tokens: &tokens, at: 0, depth: 0 };
        let wanted = reader.any()?;
        if reader.at < tokens.len() {
            return unsound("The search expression has a parenthesis too many");
        }
        Ok(Self { schema, wanted })
    }

    /// The namespace that metrics must have, when the search names one.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.schema.as_ref().map(|(namespace, _)| namespace.as_str())
    }

    /// Whether `metric` is one of those searched for.
    #[must_use]
    pub fn matches(&self, metric: &Metric) -> bool {
        let fits = self.schema.as_ref().is_none_or(|(namespace, names)| {
            let has = |name: &String| metric.dimensions.iter().any(|(other, _)| other == name);
            metric.namespace == *namespace
                && metric.dimensions.len() == names.len()
                && names.iter().all(has)
        });
        fits && self.wanted.matches(metric)
    }
}

impl Wanted {
    fn matches(&self, metric: &Metric) -> bool {
        match self {
            Self::All(all) => all.iter().all(|wanted| wanted.matches(metric)),
            Self::Any(any) => any.iter().any(|wanted| wanted.matches(metric)),
            Self::Not(wanted) => !wanted.matches(metric),
            Self::Term { property, text, exact } => {
                properties(metric).any(|(name, value)| match property {
                    Some(property) if property != name => false,
                    Some(_) if *exact => value == text,
                    Some(_) => contains(value, text),
                    None if *exact => value == text || name == text,
                    None => contains(value, text) || contains(name, text),
                })
            }
        }
    }
}

fn properties(metric: &Metric) -> impl Iterator<Item = (&str, &str)> {
    let own = [("Namespace", metric.namespace.as_str()), ("MetricName", metric.name.as_str())];
    let dimensions = metric.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    own.into_iter().chain(dimensions)
}

fn contains(value: &str, part: &str) -> bool {
    value.to_ascii_lowercase().contains(&part.to_ascii_lowercase())
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(char),
}

fn tokens(text: &str) -> Result<Vec<Token>, Unsound> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            c if c.is_whitespace() => {}
            '{' | '}' | '(' | ')' | ',' | '=' => tokens.push(Token::Sign(c)),
            '"' => {
                let mut quoted = String::new();
                loop {
                    match letters.next() {
                        Some('"') => break,
                        Some(c) => quoted.push(c),
                        None => return unsound("A text in the search expression is not closed"),
                    }
                }
                tokens.push(Token::Quoted(quoted));
            }
            c => {
                let mut word = String::from(c);
                while let Some(c) = letters.peek().copied() {
                    if c.is_whitespace() || "{}(),=\"".contains(c) {
                        break;
                    }
                    word.push(c);
                    letters.next();
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

/// Takes `{Namespace, Dimension, …}` off the front.
fn schema(tokens: &mut Vec<Token>) -> Result<Option<(String, Vec<String>)>, Unsound> {
    if tokens.first() != Some(&Token::Sign('{')) {
        return Ok(None);
    }
    let Some(end) = tokens.iter().position(|token| *token == Token::Sign('}')) else {
        return unsound("The schema in the search expression is not closed");
    };
    let mut names = Vec::new();
    for token in tokens.drain(..=end) {
        match token {
            Token::Word(name) | Token::Quoted(name) => names.push(name),
            Token::Sign('{' | '}' | ',') => {}
            Token::Sign(_) => return unsound("The schema in the search expression is malformed"),
        }
    }
    if names.is_empty() {
        return unsound("The schema in the search expression names no namespace");
    }
    let namespace = names.remove(0);
    Ok(Some((namespace, names)))
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Word(found)) if found == word);
        self.at += usize::from(is_it);
        is_it
    }

    fn any(&mut self) -> Result<Wanted, Unsound> {
        let mut any = vec![self.all()?];
        while self.takes_word("OR") {
            any.push(self.all()?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Wanted::Any(any) })
    }

    fn all(&mut self) -> Result<Wanted, Unsound> {
        let mut all = Vec::new();
        loop {
            if self.takes_word("AND") {
                continue;
            }
            match self.peek() {
                None | Some(Token::Sign(')')) => break,
                Some(Token::Word(word)) if word == "OR" => break,
                Some(_) => all.push(self.one()?),
            }
        }
        Ok(Wanted::All(all))
    }

    fn one(&mut self) -> Result<Wanted, Unsound> {
        if self.takes_word("NOT") {
            self.descend()?;
            let wanted = self.one()?;
            self.depth -= 1;
            return Ok(Wanted::Not(Box::new(wanted)));
        }
        let token = self.peek();
        self.at += 1;
        match token {
            Some(Token::Sign('(')) => {
                self.descend()?;
                let wanted = self.any()?;
                self.depth -= 1;
                if self.peek() != Some(&Token::Sign(')')) {
                    return unsound("A parenthesis in the search expression is not closed");
                }
                self.at += 1;
                Ok(wanted)
            }
            Some(Token::Word(name) | Token::Quoted(name))
                if self.peek() == Some(&Token::Sign('=')) =>
            {
                self.at += 2;
                match self.tokens.get(self.at - 1) {
                    Some(Token::Word(text)) => Ok(term(Some(name), text, false)),
                    Some(Token::Quoted(text)) => Ok(term(Some(name), text, true)),
                    // A choice of values: Name=("a" OR "b").
                    Some(Token::Sign('(')) => self.values(name),
                    _ => unsound("A property in the search expression has no value"),
                }
            }
            Some(Token::Word(text)) => Ok(term(None, text, false)),
            Some(Token::Quoted(text)) => Ok(term(None, text, true)),
            _ => unsound("The search expression is malformed"),
        }
    }

    fn values(&mut self, property: &str) -> Result<Wanted, Unsound> {
        let mut any = Vec::new();
        loop {
            let token = self.peek();
            self.at += 1;
            match token {
                Some(Token::Word(word)) if word == "OR" => {}
                Some(Token::Word(text)) => any.push(term(Some(property), text, false)),
                Some(Token::Quoted(text)) => any.push(term(Some(property), text, true)),
                Some(Token::Sign(')')) => return Ok(Wanted::Any(any)),
                _ => return unsound("The values of a property are not closed"),
            }
        }
    }

    fn descend(&mut self) -> Result<(), Unsound> {
        self.depth += 1;
        if self.depth > DEEPEST {
            unsound("The search expression is nested too deeply")
        } else {
            Ok(())
        }
    }
}

fn term(property: Option<&str>, text: &str, exact: bool) -> Wanted {
    Wanted::Term { property: property.map(str::to_owned), text: text.to_owned(), exact }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn metric() -> Metric {
        let dimensions = [("Operation", "GetSecretValue"), ("ErrorCode", "AccessDeniedException")];
        let owned = dimensions.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Metric::new("AWS/SecretsManager", "CallCount", owned.to_vec())
    }

    #[test]
    fn a_search_finds_by_schema_terms_and_properties() {
        for (text, expected) in [
            ("{AWS/SecretsManager,Operation,ErrorCode}", true),
            ("{AWS/SecretsManager,Operation} CallCount", false),
            ("callcount getsecret", true),
            ("callcount NOT getsecret", false),
            (r#"MetricName="CallCount" Operation=(\"Put\" OR "GetSecretValue")"#, true),
            (r#"Operation="GetSecret""#, false),
            ("Operation=GetSecret", true),
            ("Batch OR (Denied AND Call)", true),
            ("", true),
        ] {
            let text = text.replace('\\', "");
            assert_eq!(Pattern::parse(&text).unwrap().matches(&metric()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_search_is_refused() {
        for text in ["{", "{}", "(a", "a)", "Operation=", "\"a", "Operation=(a", &"(".repeat(99)] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
