//! The shapes of lists and maps.

use std::collections::BTreeMap;

use super::{Model, Shape};
use crate::Value;
use crate::constraint::Facet;
use crate::violation::{At, Mistyped, Violations};

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
