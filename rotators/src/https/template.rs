//! Texts with placeholders. A value is always encoded for the place that it stands in.

use serde_json::Value;
use zeroize::Zeroizing;

use crate::document::Document;
use crate::error::Error;

/// A text with placeholders: `{pending.password}`. Braces that are meant as such are doubled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Placeholder),
}

/// What a value is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The version in use.
    Current,
    /// The version that is being made.
    Pending,
    /// The version that a request is about.
    This,
    /// The secret that `masterarn` names.
    Master,
    /// Nothing: the rotation's own token.
    Token,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Placeholder {
    whose: Whose,
    member: String,
}

/// What placeholders stand for.
#[derive(Clone, Copy, Default)]
pub struct Values<'a> {
    /// `{current.…}`
    pub current: Option<&'a Document>,
    /// `{pending.…}`
    pub pending: Option<&'a Document>,
    /// `{this.…}`
    pub this: Option<&'a Document>,
    /// `{master.…}`
    pub master: Option<&'a Document>,
    /// `{token}`
    pub token: &'a str,
}

impl Template {
    /// Reads a text in which only values of `allowed` may be asked for.
    ///
    /// # Errors
    /// Which placeholder is none; the text comes from a recipe and is no value.
    pub fn parse(text: &str, allowed: &[Whose]) -> Result<Self, String> {
        let mut parts = vec![];
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
                continue;
            }
            let end = rest.find('}').filter(|_| brace == "{");
            let end = end.ok_or("a single brace: braces that are meant as such are doubled")?;
            let placeholder = Placeholder::parse(&rest[..end], allowed)?;
            rest = &rest[end + 1..];
            parts.push(Part::Text(std::mem::take(&mut literal)));
            parts.push(Part::Value(placeholder));
        }
        literal.push_str(rest);
        parts.push(Part::Text(literal));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Ok(Self(parts))
    }

    /// The text with its values, each written by `encode`.
    ///
    /// # Errors
    /// `KeyError` for a member that is not there, and what `encode` refuses.
    pub fn fill(
        &self,
        values: &Values<'_>,
        encode: impl Fn(&str, &mut String) -> Result<(), Error>,
    ) -> Result<Zeroizing<String>, Error> {
        let mut filled = Zeroizing::new(String::with_capacity(256));
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Value(placeholder) => encode(&placeholder.text(values)?, &mut filled)?,
            }
        }
        Ok(filled)
    }

    /// The text with its values as they are.
    ///
    /// # Errors
    /// `KeyError` for a member that is not there.
    pub fn plain(&self, values: &Values<'_>) -> Result<Zeroizing<String>, Error> {
        self.fill(values, |value, to| {
            to.push_str(value);
            Ok(())
        })
    }

    /// The JSON text of it. What is a placeholder and nothing else keeps the type of its value.
    ///
    /// # Errors
    /// `KeyError` for a member that is not there.
    pub fn json(&self, values: &Values<'_>) -> Result<Zeroizing<String>, Error> {
        if let [Part::Value(placeholder)] = self.0.as_slice() {
            let value = placeholder.find(values)?;
            return Ok(Zeroizing::new(value.to_string()));
        }
        let text = self.plain(values)?;
        Ok(Zeroizing::new(Value::from(text.as_str()).to_string()))
    }
}

impl Placeholder {
    fn parse(text: &str, allowed: &[Whose]) -> Result<Self, String> {
        let (whose, member) = text.split_once('.').unwrap_or((text, ""));
        let whose = match whose {
            "current" => Whose::Current,
            "pending" => Whose::Pending,
            "this" => Whose::This,
            "master" => Whose::Master,
            "token" => Whose::Token,
            _ => return Err(format!("{{{text}}} is no placeholder")),
        };
        if member.is_empty() != (whose == Whose::Token) {
            return Err(format!("{{{text}}} is no placeholder"));
        }
        if !allowed.contains(&whose) {
            return Err(format!("{{{text}}} is not known in this request"));
        }
        Ok(Self { whose, member: member.to_owned() })
    }

    fn find(&self, values: &Values<'_>) -> Result<Value, Error> {
        let (document, whose) = match self.whose {
            Whose::Token => return Ok(values.token.into()),
            Whose::Current => (values.current, "current"),
            Whose::Pending => (values.pending, "pending"),
            Whose::This => (values.this, "this"),
            Whose::Master => (values.master, "master"),
        };
        let name = &self.member;
        let raw = document.and_then(|document| document.raw(name)).ok_or_else(|| {
            Error::key(format!("{name} key is missing from secret JSON"))
                .because(format!("{{{whose}.{name}}} of the rotation asks for it"))
        })?;
        match serde_json::from_str(raw) {
            Ok(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => Ok(value),
            _ => Err(Error::value(format!("{name} in secret JSON is not a text"))),
        }
    }

    fn text(&self, values: &Values<'_>) -> Result<Zeroizing<String>, Error> {
        Ok(Zeroizing::new(match self.find(values)? {
            Value::String(text) => text,
            other => other.to_string(),
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const ALL: &[Whose] =
        &[Whose::Current, Whose::Pending, Whose::This, Whose::Master, Whose::Token];

    #[test]
    fn values_stand_where_their_placeholders_stood() {
        let current = Document::parse(r#"{"user":"a","n":7,"yes":true,"odd":[1]}"#).unwrap();
        let values = Values { current: Some(&current), token: "t", ..Values::default() };
        let fill = |text: &str| Template::parse(text, ALL).unwrap().plain(&values);
        assert_eq!(*fill("{{{current.user}}}-{current.n}{token}").unwrap(), "{a}-7t");
        assert_eq!(*fill("").unwrap(), "");
        assert_eq!(fill("{current.gone}").unwrap_err().kind(), "KeyError");
        assert_eq!(fill("{current.odd}").unwrap_err().kind(), "ValueError");
        assert_eq!(fill("{pending.user}").unwrap_err().kind(), "KeyError");
    }

    #[test]
    fn what_is_filled_in_is_no_template_again() {
        let current = Document::parse(r#"{"user":"{current.password}","password":"p"}"#).unwrap();
        let values = Values { current: Some(&current), ..Values::default() };
        let filled = Template::parse("{current.user}", ALL).unwrap().plain(&values).unwrap();
        assert_eq!(*filled, "{current.password}");
    }

    #[test]
    fn in_json_a_lone_placeholder_keeps_its_type_and_a_text_is_quoted() {
        let current = Document::parse(r#"{"n":7,"quote":"\"}\n"}"#).unwrap();
        let values = Values { current: Some(&current), ..Values::default() };
        let json = |text: &str| Template::parse(text, ALL).unwrap().json(&values).unwrap();
        assert_eq!(*json("{current.n}"), "7");
        assert_eq!(*json("x{current.n}"), r#""x7""#);
        assert_eq!(*json("{current.quote}"), r#""\"}\n""#);
    }

    #[test]
    fn what_is_no_placeholder_is_refused() {
        for text in ["{", "}", "{}", "a{b", "{current}", "{current.}", "{token.x}", "{other.x}"] {
            assert!(Template::parse(text, ALL).is_err(), "{text}");
        }
        assert!(Template::parse("{pending.x}", &[Whose::Current]).is_err());
    }
}
