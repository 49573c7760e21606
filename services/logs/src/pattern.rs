//! The language of filter patterns: which log events does `{ $.errorCode = "AccessDenied*" }` mean?
//!
//! A pattern is compiled once and then asked about messages. It is one of three languages, told by its
//! first character: `{` selects members of JSON messages, `[` names the fields of messages that are
//! separated by spaces, anything else is a list of terms. Regular expressions stand between `%`.
//!
//! Everything is bounded: a pattern has at most [`MOST_CHARACTERS`], conditions nest at most
//! [`DEEPEST`] levels, two regular expressions of a bounded compiled size are allowed, and asking
//! about a message takes time in proportion to its length.
//!
//! Where AWS's documentation is silent: terms are found anywhere in a message, also within a longer
//! word; a comparison with `!=` is not met by a member that is missing.

mod fields;
mod json;
mod malformed;
mod regular;
mod scanner;
mod selector;
mod terms;
mod test;
#[cfg(test)]
mod tests;
mod wildcard;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use strongroom_wire::Value;

pub use malformed::Malformed;
pub use selector::Selector;
pub use wildcard::Wildcard;

use fields::Fields;
use scanner::Scanner;
use terms::Terms;

/// The longest pattern, as AWS's model has it.
pub const MOST_CHARACTERS: usize = 1_024;
/// How deep parentheses nest.
pub const DEEPEST: usize = 32;

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern(Language);

#[derive(Debug)]
enum Language {
    Everything,
    Terms(Terms),
    Json(json::Json),
    Fields(Fields),
}

/// What a pattern found in a message: names such as `$.eventName` or `$status` with their texts.
pub type Extracted = BTreeMap<String, String>;

impl Pattern {
    /// Compiles `text`.
    ///
    /// # Errors
    /// [`Malformed`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.chars().count() > MOST_CHARACTERS {
            return Err(Malformed::Pattern);
        }
        let text = text.trim();
        let language = match text.chars().next() {
            None => Language::Everything,
            Some('{') => Language::Json(json::Json::parse(within(text, '{', '}')?)?),
            Some('[') => Language::Fields(Fields::parse(within(text, '[', ']')?)?),
            Some(_) => Language::Terms(Terms::parse(&mut Scanner::new(text))?),
        };
        Ok(Self(language))
    }

    /// Whether `message` is meant.
    #[must_use]
    pub fn matches(&self, message: &str) -> bool {
        self.means(&Message::new(message))
    }

    /// Whether `message` is meant, which may be asked by other patterns as well.
    #[must_use]
    pub fn means(&self, message: &Message<'_>) -> bool {
        match &self.0 {
            Language::Everything => true,
            Language::Terms(terms) => terms.match_text(message.text),
            Language::Json(json) => message.object().is_some_and(|value| json.matches(value)),
            Language::Fields(fields) => fields.matches(message.text),
        }
    }

    /// What the pattern names of a message that it means; `None` for any other message.
    #[must_use]
    pub fn extract(&self, message: &Message<'_>) -> Option<Extracted> {
        match &self.0 {
            Language::Json(json) => {
                let value = message.object().filter(|value| json.matches(value))?;
                Some(json.extract(value))
            }
            Language::Fields(fields) => fields.extract(message.text),
            _ => self.means(message).then(Extracted::new),
        }
    }

    /// How many regular expressions it has.
    #[must_use]
    pub fn regular_expressions(&self) -> usize {
        match &self.0 {
            Language::Everything => 0,
            Language::Terms(terms) => terms.regular_expressions(),
            Language::Json(json) => json.regular_expressions(),
            Language::Fields(fields) => fields.regular_expressions(),
        }
    }

    /// Whether it gives names to parts of a message, which dimensions of metrics need.
    #[must_use]
    pub fn names_parts(&self) -> bool {
        matches!(self.0, Language::Json(_) | Language::Fields(_))
    }

    /// Whether it is about JSON messages.
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(self.0, Language::Json(_))
    }

    /// Whether it names a field so, without the `$`.
    #[must_use]
    pub fn has_field(&self, name: &str) -> bool {
        matches!(&self.0, Language::Fields(fields) if fields.has(name))
    }
}

/// The text of an event. That it is JSON is found out once, when a pattern asks.
pub struct Message<'m> {
    text: &'m str,
    object: OnceCell<Option<Value<'m>>>,
}

impl<'m> Message<'m> {
    /// A message of this text.
    #[must_use]
    pub fn new(text: &'m str) -> Self {
        Self { text, object: OnceCell::new() }
    }

    /// The JSON object that it is, if it is one.
    #[must_use]
    pub fn object(&self) -> Option<&Value<'m>> {
        let read = || {
            // Most messages that are no JSON are told by their first character.
            let may_be = self.text.trim_start().starts_with('{');
            may_be.then(|| Value::from_json(self.text.as_bytes()).ok()).flatten()
        };
        self.object.get_or_init(read).as_ref()
    }
}

fn within(text: &str, open: char, close: char) -> Result<&str, Malformed> {
    let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    inner.ok_or(Malformed::Unclosed(open, close))
}
