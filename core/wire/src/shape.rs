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

mod collections;
mod plain;

use crate::Value;
use crate::constraint::{self, Constraint, Facet};
use crate::violation::{At, Mistyped, Violations};

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{Sensitive, Shape};

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
