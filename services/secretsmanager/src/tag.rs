//! Tags of a secret.

use std::borrow::Cow;

use serde::Deserialize;
use strongroom_api::{Error, Shape, Values};

use crate::error;

/// Tags that a secret may have.
pub const MOST_TAGS: usize = 50;

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// The key; case-sensitive.
    #[shape(length = 1..=128)]
    #[serde(default)]
    pub key: Option<String>,
    /// The value; may be empty.
    #[shape(length = 0..=256)]
    #[serde(default)]
    pub value: Option<String>,
}

impl Tag {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }
}

/// Checks tags sent by a client by themselves.
///
/// # Errors
/// AWS refuses a key that stands twice, an empty key, and keys with its own prefix.
pub fn check(tags: &[Tag]) -> Result<(), Error> {
    for (index, tag) in tags.iter().enumerate() {
        if tag.key().is_empty() {
            return Err(error::missing_tag_key());
        }
        if tag.key().get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) {
            return Err(error::reserved_tag_key());
        }
        if tags[..index].iter().any(|earlier| earlier.key() == tag.key()) {
            return Err(error::duplicate_tag_keys());
        }
    }
    if tags.len() > MOST_TAGS { Err(error::too_many_tags()) } else { Ok(()) }
}

/// `had` with `more` added or overwritten by key.
///
/// # Errors
/// The limit on tags.
pub fn merged(had: &[Tag], more: &[Tag]) -> Result<Vec<Tag>, Error> {
    let mut merged = had.to_vec();
    for tag in more {
        match merged.iter_mut().find(|other| other.key() == tag.key()) {
            Some(other) => other.value.clone_from(&tag.value),
            None => merged.push(tag.clone()),
        }
    }
    if merged.len() > MOST_TAGS { Err(error::too_many_tags()) } else { Ok(merged) }
}

/// `aws:RequestTag/…` and `aws:TagKeys` of a request that carries `tags`.
#[must_use]
pub fn request_condition<'v>(tags: &'v [Tag], key: &str) -> Option<Values<'v>> {
    if key == "aws:tagkeys" {
        let keys: Vec<_> = tags.iter().map(|tag| Cow::Borrowed(tag.key())).collect();
        return (!keys.is_empty()).then_some(Values::Many(keys));
    }
    let name = key.strip_prefix("aws:requesttag/")?;
    tags.iter().find(|tag| tag.key().eq_ignore_ascii_case(name)).map(|tag| Values::one(tag.value()))
}
