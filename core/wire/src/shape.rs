//! How a [`Value`] becomes a typed input, and what a shape says about itself.
//!
//! `#[derive(Shape)]` writes an implementation for
//! - a structure: members are named as in AWS's model (`secret_id` → `SecretId`, or
//!   `#[shape(name = "ARN")]`; `#[shape(camel)]` on the structure for models that write `logGroupName`);
//!   a member that is not an `Option` is required; constraints are written as
//!   `#[shape(length = 1..=2048)]`, `#[shape(range = 1..=100)]`, `#[shape(pattern = "…")]`;
//! - a newtype around one value, with the same constraints;
//! - an enum of texts (`#[shape(name = "created-date")]` where a variant's text is not its name).
//!
//! It also writes the `Serialize` that is the shape's audit form.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroize;

use crate::constraint::{self, Constraint, Facet};
use crate::violation::{At, Mistyped, Violations};
use crate::{Blob, Sensitive, Timestamp, Value};

/// A type that can be read from a request.
pub trait Shape: Sized {
    /// Reads `value`, found at `at`. Broken constraints go to `found` and the answer is `None`.
    ///
    /// # Errors
    /// [`Mistyped`] when the value is of another type than the model says.
    fn decode(
        value: Value<'_>,
        at: &At<'_>,
        found: &mut Violations,
    ) -> Result<Option<Self>, Mistyped>;

    /// What constraints look at.
    fn facet(&self) -> Facet<'_> {
        Facet::Other
    }

    /// What AWS's model would say of this type; compared with it by a test.
    fn model() -> Model;

    /// Whether messages must not repeat the value.
    const HIDDEN: bool = false;
}

/// A shape as AWS's model describes it.
#[derive(Clone, Debug)]
pub enum Model {
    /// A text with its constraints.
    Text(Vec<Constraint>),
    /// A whole number with its constraints.
    Number(Vec<Constraint>),
    /// A number with a fraction.
    Decimal,
    /// A boolean.
    Bool,
    /// Bytes with constraints.
    Blob(Vec<Constraint>),
    /// A point in time.
    Timestamp,
    /// A list of one kind with constraints on its length.
    List(Box<Model>, Vec<Constraint>),
    /// A map from text to one kind.
    Map(Box<Model>),
    /// A structure.
    Structure(Vec<Member>),
    /// A sensitive value.
    Sensitive(Box<Model>),
}

/// One member of a structure as AWS's model describes it.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether a request must have it.
    pub required: bool,
    /// What it is.
    pub model: Model,
}

impl Model {
    /// The same with further constraints.
    #[must_use]
    pub fn constrained(self, more: &[Constraint]) -> Self {
        let join = |mut had: Vec<Constraint>| {
            had.extend_from_slice(more);
            had
        };
        match self {
            Self::Text(had) => Self::Text(join(had)),
            Self::Number(had) => Self::Number(join(had)),
            Self::Blob(had) => Self::Blob(join(had)),
            Self::List(item, had) => Self::List(item, join(had)),
            Self::Sensitive(inner) => Self::Sensitive(Box::new(inner.constrained(more))),
            other => other,
        }
    }
}

/// Reads a required member; called by derived code.
///
/// # Errors
/// As [`Shape::decode`].
pub fn required<T: Shape>(
    value: Option<Value<'_>>,
    constraints: &[Constraint],
    at: &At<'_>,
    found: &mut Violations,
) -> Result<Option<T>, Mistyped> {
    let decoded = optional(value, constraints, at, found)?;
    match decoded {
        Presence::Absent => {
            found.missing(at);
            Ok(None)
        }
        Presence::Wrong => Ok(None),
        Presence::Present(value) => Ok(Some(value)),
    }
}

/// What became of an optional member.
#[derive(Debug)]
pub enum Presence<T> {
    /// It was not sent.
    Absent,
    /// It was sent and breaks a constraint, which is noted.
    Wrong,
    /// It was sent.
    Present(T),
}

impl<T> Presence<T> {
    /// The value if it was sent and right.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Wrong => None,
        }
    }
}

/// Reads an optional member; called by derived code.
///
/// # Errors
/// As [`Shape::decode`].
pub fn optional<T: Shape>(
    value: Option<Value<'_>>,
    constraints: &[Constraint],
    at: &At<'_>,
    found: &mut Violations,
) -> Result<Presence<T>, Mistyped> {
    let Some(value) = value.filter(|v| *v != Value::Null) else {
        return Ok(Presence::Absent);
    };
    let Some(decoded) = T::decode(value, at, found)? else {
        return Ok(Presence::Wrong);
    };
    constraint::check(decoded.facet(), T::HIDDEN, constraints, at, found);
    Ok(Presence::Present(decoded))
}

impl Shape for String {
    fn decode(value: Value<'_>, _: &At<'_>, _: &mut Violations) -> Result<Option<Self>, Mistyped> {
        match value {
            Value::Text(text) | Value::Form(text) => Ok(Some(text.into_owned())),
            other => Err(Mistyped::new(&other, "a String")),
        }
    }

    fn facet(&self) -> Facet<'_> {
        Facet::Text(self)
    }

    fn model() -> Model {
        Model::Text(Vec::new())
    }
}

impl Shape for bool {
    fn decode(value: Value<'_>, _: &At<'_>, _: &mut Violations) -> Result<Option<Self>, Mistyped> {
        match value {
            Value::Bool(value) => Ok(Some(value)),
            Value::Form(ref text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Value::Form(ref text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            other => Err(Mistyped::new(&other, "a Boolean")),
        }
    }

    fn model() -> Model {
        Model::Bool
    }
}

impl Shape for i64 {
    fn decode(value: Value<'_>, _: &At<'_>, _: &mut Violations) -> Result<Option<Self>, Mistyped> {
        whole(value, "a Long")
    }

    fn facet(&self) -> Facet<'_> {
        Facet::Number(*self)
    }

    fn model() -> Model {
        Model::Number(Vec::new())
    }
}

impl Shape for i32 {
    fn decode(value: Value<'_>, _: &At<'_>, _: &mut Violations) -> Result<Option<Self>, Mistyped> {
        let kind = Mistyped::new(&value, "an Integer");
        let number = whole(value, "an Integer")?;
        number.map(Self::try_from).transpose().map_err(|_| kind)
    }

    fn facet(&self) -> Facet<'_> {
        Facet::Number(i64::from(*self))
    }

    fn model() -> Model {
        Model::Number(Vec::new())
    }
}

/// A whole number; `7.0` counts as one, as AWS's parsers take it.
fn whole(value: Value<'_>, wanted: &str) -> Result<Option<i64>, Mistyped> {
    match value {
        Value::Integer(number) => Ok(Some(number)),
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            Ok(Some(number as i64))
        }
        Value::Form(ref text) => {
            text.trim().parse().map(Some).map_err(|_| Mistyped::new(&value, wanted))
        }
        other => Err(Mistyped::new(&other, wanted)),
    }
}

impl Shape for f64 {
    fn decode(value: Value<'_>, _: &At<'_>, _: &mut Violations) -> Result<Option<Self>, Mistyped> {
        match value {
            Value::Integer(number) => Ok(Some(number as Self)),
            Value::Float(number) => Ok(Some(number)),
            Value::Form(ref text) => text
                .trim()
                .parse::<Self>()
                .ok()
                .filter(|n| n.is_finite())
                .map(Some)
                .ok_or_else(|| Mistyped::new(&value, "a Double")),
            other => Err(Mistyped::new(&other, "a Double")),
        }
    }

    fn model() -> Model {
        Model::Decimal
    }
}

impl Shape for Timestamp {
    fn decode(value: Value<'_>, _: &At<'_>, _: &mut Violations) -> Result<Option<Self>, Mistyped> {
        match value {
            Value::Integer(seconds) => Ok(Some(Self::from_seconds(seconds))),
            Value::Float(seconds) if seconds.abs() < 9e12 => {
                Ok(Some(Self::from_millis((seconds * 1_000.0).round() as i64)))
            }
            Value::Form(ref text) => text
                .parse::<jiff::Timestamp>()
                .map(|at| Some(Self::from_millis(at.as_millisecond())))
                .map_err(|_| Mistyped::new(&value, "a Timestamp")),
            other => Err(Mistyped::new(&other, "a Timestamp")),
        }
    }

    fn model() -> Model {
        Model::Timestamp
    }
}

impl Shape for Blob {
    fn decode(value: Value<'_>, _: &At<'_>, _: &mut Violations) -> Result<Option<Self>, Mistyped> {
        match value {
            Value::Text(text) | Value::Form(text) => STANDARD
                .decode(text.as_bytes())
                .map(|bytes| Some(Self(bytes)))
                .map_err(|_| Mistyped("the value is not valid base64".to_owned())),
            Value::Bytes(bytes) => Ok(Some(Self(bytes.into_owned()))),
            other => Err(Mistyped::new(&other, "a Blob")),
        }
    }

    fn facet(&self) -> Facet<'_> {
        Facet::Blob(&self.0)
    }

    fn model() -> Model {
        Model::Blob(Vec::new())
    }
}

impl<T: Shape + Zeroize> Shape for Sensitive<T> {
    fn decode(
        value: Value<'_>,
        at: &At<'_>,
        found: &mut Violations,
    ) -> Result<Option<Self>, Mistyped> {
        Ok(T::decode(value, at, found)?.map(Self::new))
    }

    fn facet(&self) -> Facet<'_> {
        self.reveal().facet()
    }

    fn model() -> Model {
        Model::Sensitive(Box::new(T::model()))
    }

    const HIDDEN: bool = true;
}

impl<T: Shape> Shape for BTreeMap<String, T> {
    fn decode(
        value: Value<'_>,
        at: &At<'_>,
        found: &mut Violations,
    ) -> Result<Option<Self>, Mistyped> {
        let entries = crate::form::entries(value)?;
        let mut decoded = Self::new();
        let mut whole = true;
        for (key, value) in entries {
            match T::decode(value, &at.entry(&key), found)? {
                Some(value) => {
                    decoded.insert(key.into_owned(), value);
                }
                None => whole = false,
            }
        }
        Ok(whole.then_some(decoded))
    }

    fn model() -> Model {
        Model::Map(Box::new(T::model()))
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn decode(
        value: Value<'_>,
        at: &At<'_>,
        found: &mut Violations,
    ) -> Result<Option<Self>, Mistyped> {
        let items = crate::form::items(value)?;
        let mut decoded = Self::with_capacity(items.len().min(64));
        let mut inner = Violations::default();
        for (index, item) in items.iter().enumerate() {
            // A hole in a list counts as a missing member, as in a structure.
            if *item == Value::Null {
                inner.missing(&at.item(index));
            }
        }
        let texts = inner.is_empty().then(|| print_texts(&items)).flatten();
        for (index, item) in items.into_iter().enumerate().filter(|(_, v)| *v != Value::Null) {
            decoded.extend(T::decode(item, &at.item(index), &mut inner)?);
        }
        if inner.is_empty() {
            return Ok(Some(decoded));
        }
        match texts {
            // AWS reports a bad text in a list of texts at the list, a bad structure at its member.
            Some(texts) => found.push_items(at, texts, inner),
            None => found.adopt(inner),
        }
        Ok(None)
    }

    fn facet(&self) -> Facet<'_> {
        Facet::List(self.len())
    }

    fn model() -> Model {
        Model::List(Box::new(T::model()), Vec::new())
    }
}

/// A list of texts as AWS prints it in messages: `[a, b]`; `None` for a list of anything else.
fn print_texts(items: &[Value<'_>]) -> Option<Vec<String>> {
    items
        .iter()
        .map(|item| match item {
            Value::Text(text) | Value::Form(text) => Some(text.to_string()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::Shape;

    #[derive(Debug, PartialEq, Shape)]
    #[shape(length = 1..=4)]
    struct Name(String);

    #[derive(Debug, PartialEq, Shape)]
    enum Order {
        #[shape(name = "asc")]
        Asc,
        #[shape(name = "desc")]
        Desc,
    }

    #[derive(Debug, PartialEq, Shape)]
    struct Tag {
        key: Name,
        #[shape(length = 0..=2)]
        value: Option<String>,
    }

    #[derive(Debug, Shape)]
    struct Input {
        secret_id: Name,
        order: Option<Order>,
        #[shape(range = 1..=100)]
        max_results: Option<i32>,
        #[shape(length = 1..=2)]
        tags: Option<Vec<Tag>>,
        #[shape(length = 1..=3)]
        secret_string: Option<Sensitive<String>>,
        #[shape(name = "KMSKeyId", pattern = "[a-z]*")]
        kms_key_id: Option<String>,
    }

    fn decode(body: &str) -> Result<Result<Input, String>, Mistyped> {
        let mut found = Violations::default();
        let value = Value::from_json(body.as_bytes()).unwrap();
        let input = Input::decode(value, &At::root(), &mut found)?;
        Ok(match input {
            Some(input) if found.is_empty() => Ok(input),
            _ => Err(found.message(true)),
        })
    }

    #[test]
    fn a_right_input_is_read_and_unknown_members_are_ignored() {
        let input = decode(
            r#"{"SecretId":"db","Order":"desc","Tags":[{"Key":"a","Value":null}],"KMSKeyId":"x","New":[{}]}"#,
        )
        .unwrap()
        .unwrap();
        assert_eq!(input.secret_id, Name("db".into()));
        assert_eq!(input.order, Some(Order::Desc));
        assert_eq!(input.tags, Some(vec![Tag { key: Name("a".into()), value: None }]));
        assert_eq!(input.kms_key_id.as_deref(), Some("x"));
    }

    #[test]
    fn every_broken_constraint_is_reported_at_its_place() {
        let message = decode(
            r#"{"Order":"up","MaxResults":101,"Tags":[{"Key":"a"},{"Value":"abc"},{"Key":"b"}],
                "SecretString":"long","KMSKeyId":"1"}"#,
        )
        .unwrap()
        .unwrap_err();
        assert_eq!(
            message,
            "7 validation errors detected: \
             Value null at 'secretId' failed to satisfy constraint: Member must not be null; \
             Value 'up' at 'order' failed to satisfy constraint: Member must satisfy enum value set: [asc, desc]; \
             Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100; \
             Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null; \
             Value 'abc' at 'tags.2.member.value' failed to satisfy constraint: Member must have length less than or equal to 2; \
             Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 3; \
             Value '1' at 'kMSKeyId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]*"
        );
    }

    #[test]
    fn a_wrong_type_is_a_serialization_error() {
        assert_eq!(
            decode(r#"{"SecretId": 7}"#).unwrap_err().0,
            "NUMBER_VALUE can not be converted to a String"
        );
        assert!(decode(r#"{"SecretId": "a", "MaxResults": "7"}"#).is_err());
        assert!(decode(r#"{"SecretId": "a", "MaxResults": 3000000000}"#).is_err());
        assert!(decode(r#"["SecretId"]"#).is_err());
    }
}
