//! A secret's JSON object, member by member as it was written.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use strongroom_wire::Sensitive;

/// The members of a JSON object in their order. What a rotator does not change keeps its spelling.
#[derive(Clone)]
pub struct Document {
    /// Names, and values as JSON texts.
    members: Vec<(String, Sensitive<String>)>,
}

impl Document {
    /// Reads a JSON object; `None` when `text` is none. The reason would quote the secret.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether there is a member of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The JSON text of a member.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        let found = self.members.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.reveal().as_str())
    }

    /// A member that is a string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.raw(name)?).ok()
    }

    /// Sets a member to a string, in its place or at the end.
    pub fn set(&mut self, name: &str, text: &str) {
        self.set_value(name, &text.into());
    }

    /// Sets a member to any value, in its place or at the end.
    pub fn set_value(&mut self, name: &str, value: &serde_json::Value) {
        self.put(name.to_owned(), Sensitive::new(value.to_string()));
    }

    /// A member, besides those of `left_out`, that the other has not or has otherwise.
    #[must_use]
    pub fn differs<'a>(&'a self, other: &'a Self, left_out: &[&str]) -> Option<&'a str> {
        let names = self.members.iter().chain(&other.members).map(|(name, _)| name.as_str());
        let value = |raw: Option<&str>| -> Option<serde_json::Value> {
            raw.and_then(|raw| serde_json::from_str(raw).ok())
        };
        let mut counted = names.filter(|name| !left_out.contains(name));
        counted.find(|name| value(self.raw(name)) != value(other.raw(name)))
    }

    /// The object as JSON, spaced as AWS's templates write it.
    #[must_use]
    pub fn to_json(&self) -> Sensitive<String> {
        let mut json = String::with_capacity(64 + self.members.len() * 64);
        for (name, value) in &self.members {
            json.push_str(if json.is_empty() { "{" } else { ", " });
            json.push_str(&serde_json::Value::from(name.as_str()).to_string());
            json.push_str(": ");
            json.push_str(value.reveal());
        }
        json.push_str(if json.is_empty() { "{}" } else { "}" });
        Sensitive::new(json)
    }

    /// A name that comes twice keeps its first place and its last value.
    fn put(&mut self, name: String, value: Sensitive<String>) {
        match self.members.iter_mut().find(|(key, _)| *key == name) {
            Some((_, old)) => *old = value,
            None => self.members.push((name, value)),
        }
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Document;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut document = Document { members: Vec::new() };
        while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
            document.put(name, Sensitive::new(value.get().to_owned()));
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_not_set_keeps_its_place_and_its_spelling() {
        let mut document =
            Document::parse(r#"{"port":5432,"password":"old","big":1.50e3,"more":{"z":1,"a":2}}"#)
                .unwrap();
        document.set("password", "n\"ew");
        document.set("username", "app");
        let expected = concat!(
            r#"{"port": 5432, "password": "n\"ew", "big": 1.50e3, "#,
            r#""more": {"z":1,"a":2}, "username": "app"}"#
        );
        assert_eq!(document.to_json().reveal(), expected);
    }

    #[test]
    fn what_differs_is_named_however_it_is_written() {
        let read = |text: &str| Document::parse(text).unwrap();
        let (one, other) = (read(r#"{"a": "\u0041", "b": 1}"#), read(r#"{"b":2,"a":"A"}"#));
        assert_eq!(one.differs(&other, &[]), Some("b"));
        assert_eq!(one.differs(&other, &["b"]), None);
        assert_eq!(read("{}").differs(&read(r#"{"c":null}"#), &[]), Some("c"));
    }

    #[test]
    fn a_text_that_is_no_object_is_no_document() {
        for text in ["", "hunter2", "[]", "\"a\"", "{\"a\":}", "{} x"] {
            assert!(Document::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_empty_object_stays_one() {
        assert_eq!(Document::parse(" { } ").unwrap().to_json().reveal(), "{}");
    }
}
