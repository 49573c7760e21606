//! The tree that a request body of any protocol becomes before it meets its shape.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A request body, or a part of one, before its types are known.
///
/// Texts borrow from the body unless they held escapes.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// JSON `null`, which AWS treats as an absent member.
    Null,
    /// A JSON boolean.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// A value of a form or query string: a text that may stand for a number or a boolean.
    Form(Cow<'a, str>),
    /// Bytes (CBOR only; JSON carries blobs as base64 text).
    Bytes(Cow<'a, [u8]>),
    /// A list.
    List(Vec<Value<'a>>),
    /// A structure or map, in the order sent. A repeated name stays repeated; the last one counts.
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    /// Parses a JSON body. An empty body counts as `{}`, as AWS's JSON services take it.
    ///
    /// # Errors
    /// The parser's complaint when the body is not one JSON value (its depth is bounded).
    pub fn from_json(body: &'a [u8]) -> Result<Self, serde_json::Error> {
        if body.is_empty() {
            return Ok(Self::Map(Vec::new()));
        }
        serde_json::from_slice(body)
    }

    /// The name of this kind of value in AWS's serialization errors.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL_VALUE",
            Self::Bool(true) => "TRUE_VALUE",
            Self::Bool(false) => "FALSE_VALUE",
            Self::Integer(_) => "NUMBER_VALUE",
            Self::Float(_) => "DECIMAL_VALUE",
            Self::Text(_) | Self::Form(_) => "STRING_VALUE",
            Self::Bytes(_) => "BLOB_VALUE",
            Self::List(_) => "LIST_VALUE",
            Self::Map(_) => "STRUCTURE_VALUE",
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value<'de>, E> {
        Ok(Value::Integer(v))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value<'de>, E> {
        Ok(i64::try_from(v).map_or(Value::Float(v as f64), Value::Integer))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value<'de>, E> {
        Ok(Value::Float(v))
    }

    fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(v)))
    }

    fn visit_str<E>(self, v: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(v.to_owned())))
    }

    fn visit_string<E>(self, v: String) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(v)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(Value::Map(members))
    }
}

/// A member name, borrowed where it can be (serde's own `Cow` always copies).
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(v)))
            }

            fn visit_str<E>(self, v: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(v.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_plain_text_borrows_from_the_body() {
        let value = Value::from_json(br#"{"SecretId": "db"}"#).unwrap();
        let Value::Map(members) = value else { panic!("not a structure") };
        assert!(matches!(&members[0].1, Value::Text(Cow::Borrowed("db"))));
    }

    #[test]
    fn an_empty_body_is_an_empty_structure() {
        assert_eq!(Value::from_json(b"").unwrap(), Value::Map(vec![]));
    }

    #[test]
    fn a_body_nested_without_end_is_refused() {
        let deep = "[".repeat(100_000);
        assert!(Value::from_json(deep.as_bytes()).is_err());
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        assert!(Value::from_json(b"{\"a\": \"\xff\"}").is_err());
    }
}
