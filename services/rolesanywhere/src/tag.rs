//! Tags of resources.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::{Reply, Shape, Values};
use strongroom_wire::Result;

use crate::error;

/// Tags as they are stored.
pub type Tags = BTreeMap<String, String>;

/// A tag as requests carry it.
#[derive(Clone, Debug, Shape)]
#[shape(camel)]
pub struct Tag {
    key: TagKey,
    value: TagValue,
}

/// The key of a tag.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128, pattern = "[ a-zA-Z0-9_.:/=+@-]*")]
pub struct TagKey(pub String);

/// The value of a tag.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=256, pattern = "[ a-zA-Z0-9_.:/=+@-]*")]
pub struct TagValue(String);

/// A tag as replies show it.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct TagView {
    key: String,
    value: String,
}

const MOST: usize = 50;

/// Adds `tags` to `to`.
///
/// # Errors
/// Tags of AWS's own, and too many of them.
pub fn add(to: &mut Tags, tags: Option<&[Tag]>) -> Result<()> {
    for Tag { key, value } in tags.unwrap_or_default() {
        if key.0.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(error::reserved_tag());
        }
        to.insert(key.0.clone(), value.0.clone());
    }
    if to.len() > MOST { Err(error::too_many_tags()) } else { Ok(()) }
}

/// Tags as replies show them.
#[must_use]
pub fn views(tags: &Tags) -> Vec<TagView> {
    let view =
        |(key, value): (&String, &String)| TagView { key: key.clone(), value: value.clone() };
    tags.iter().map(view).collect()
}

/// `aws:RequestTag/…` and `aws:TagKeys`.
#[must_use]
pub fn condition<'v>(tags: Option<&'v [Tag]>, key: &str) -> Option<Values<'v>> {
    let tags = tags.filter(|tags| !tags.is_empty())?;
    if key == "aws:tagkeys" {
        return Some(Values::Many(tags.iter().map(|tag| Cow::Borrowed(&*tag.key.0)).collect()));
    }
    let name = key.strip_prefix("aws:requesttag/")?;
    let tag = tags.iter().find(|tag| tag.key.0.eq_ignore_ascii_case(name))?;
    Some(Values::one(&tag.value.0))
}
