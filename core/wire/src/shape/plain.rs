//! The shapes of texts, numbers, times and bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroize;

use super::{Model, Shape};
use crate::constraint::Facet;
use crate::violation::{At, Mistyped, Violations};
use crate::{Blob, Sensitive, Timestamp, Value, double};

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
            // Where a protocol has no numbers for these, SDKs write them as text.
            Value::Text(ref text) if let Some(number) = double::named(text) => Ok(Some(number)),
            Value::Form(ref text) => double::named(text)
                .or_else(|| text.trim().parse::<Self>().ok().filter(|n| n.is_finite()))
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
