//! Tags: what they may look like, and how they are merged, removed and asked for.

use std::borrow::Cow;

use serde::Deserialize;
use strongroom_api::{Result, Shape, Values};

use crate::error;

/// The key of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape, Deserialize)]
#[shape(length = 1..=128, pattern = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]
#[serde(transparent)]
pub struct TagKey(String);

/// The value of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape, Deserialize)]
#[shape(length = 0..=256, pattern = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")]
#[serde(transparent)]
pub struct TagValue(String);

/// A tag, as it is sent, stored and shown.
#[derive(Clone, Debug, PartialEq, Eq, Shape, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    key: TagKey,
    value: TagValue,
}

/// The tags of a request.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=50)]
pub struct TagList(Vec<Tag>);

/// The tag keys of a request.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=50)]
pub struct TagKeyList(Vec<TagKey>);

const MOST_TAGS: usize = 50;

impl Tag {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key.0
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value.0
    }
}

impl TagList {
    /// The tags in the order in which they were sent.
    pub(crate) fn as_slice(&self) -> &[Tag] {
        &self.0
    }
}

/// The tags that an entity is created with.
///
/// # Errors
/// `InvalidInput` for a key that stands twice, or is reserved.
pub(crate) fn initial(tags: Option<&TagList>) -> Result<Vec<Tag>> {
    merged(&[], tags.map_or(&[], TagList::as_slice))
}

/// The tags `had`, overwritten and extended by `sent`. Keys are compared without regard to case.
///
/// # Errors
/// `InvalidInput` for a key that stands twice or is reserved, `LimitExceeded` for too many tags.
pub(crate) fn merged(had: &[Tag], sent: &[Tag]) -> Result<Vec<Tag>> {
    let mut tags = had.to_vec();
    for (position, tag) in sent.iter().enumerate() {
        if sent[..position].iter().any(|other| same_key(other.key(), tag.key())) {
            return Err(error::duplicate_tag_keys());
        }
        if tag.key().get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(error::reserved_tag_key());
        }
        match tags.iter_mut().find(|other| same_key(other.key(), tag.key())) {
            Some(other) => *other = tag.clone(),
            None => tags.push(tag.clone()),
        }
    }
    if tags.len() > MOST_TAGS {
        Err(error::limit_exceeded("TagsPerResource", 50))
    } else {
        Ok(tags)
    }
}

/// The tags `had` without those of these keys.
pub(crate) fn without(had: &[Tag], keys: &TagKeyList) -> Vec<Tag> {
    let goes = |tag: &&Tag| !keys.0.iter().any(|key| same_key(&key.0, tag.key()));
    had.iter().filter(goes).cloned().collect()
}

/// The value of the tag `key`.
pub(crate) fn value<'t>(tags: &'t [Tag], key: &str) -> Option<&'t str> {
    tags.iter().find(|tag| same_key(tag.key(), key)).map(Tag::value)
}

/// `aws:RequestTag/…` and `aws:TagKeys` of a request that sets tags.
pub(crate) fn set_condition<'v>(tags: Option<&'v TagList>, key: &str) -> Option<Values<'v>> {
    let tags = tags?.as_slice();
    if key == "aws:tagkeys" {
        return Some(Values::Many(tags.iter().map(|tag| Cow::Borrowed(tag.key())).collect()));
    }
    value(tags, key.strip_prefix("aws:requesttag/")?).map(Values::one)
}

/// `aws:TagKeys` of a request that removes tags.
pub(crate) fn unset_condition<'v>(keys: &'v TagKeyList, key: &str) -> Option<Values<'v>> {
    let keys = || keys.0.iter().map(|key| Cow::Borrowed(key.0.as_str())).collect();
    (key == "aws:tagkeys").then(|| Values::Many(keys()))
}

fn same_key(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
