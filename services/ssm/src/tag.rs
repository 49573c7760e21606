//! Tags.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::Values;
use strongroom_wire::{Reply, Result, Shape};

use crate::error;

/// A tag.
#[derive(Clone, Debug, Shape)]
pub struct Tag {
    /// Its name.
    pub key: TagKey,
    /// Its value.
    #[shape(length = 0..=256, pattern = "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")]
    pub value: String,
}

/// The name of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=128, pattern = "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")]
pub struct TagKey(pub String);

/// A tag as it is shown.
#[derive(Debug, Reply)]
pub struct TagView {
    key: String,
    value: String,
}

const MOST_TAGS: usize = 50;

/// Adds `tags` to `to`; those of the same name are replaced.
///
/// # Errors
/// Names that AWS keeps, or too many tags.
pub fn add(to: &mut BTreeMap<String, String>, tags: &[Tag]) -> Result<()> {
    for tag in tags {
        if tag.key.0.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(error::invalid(
                "aws: prefixed tag key names are not allowed for external use.",
            ));
        }
        to.insert(tag.key.0.clone(), tag.value.clone());
    }
    if to.len() > MOST_TAGS { Err(error::too_many_tags()) } else { Ok(()) }
}

/// Tags as they are shown.
pub fn views(tags: &BTreeMap<String, String>) -> Vec<TagView> {
    let view =
        |(key, value): (&String, &String)| TagView { key: key.clone(), value: value.clone() };
    tags.iter().map(view).collect()
}

/// The values of `aws:RequestTag/<name>` and `aws:TagKeys`.
pub fn condition<'v>(tags: &'v [Tag], key: &str) -> Option<Values<'v>> {
    if key == "aws:tagkeys" {
        return names(tags.iter().map(|tag| &tag.key));
    }
    let name = key.strip_prefix("aws:requesttag/")?;
    let tag = tags.iter().find(|tag| tag.key.0.eq_ignore_ascii_case(name))?;
    Some(Values::one(&tag.value))
}

/// The value of `aws:TagKeys`.
pub fn names<'v>(keys: impl Iterator<Item = &'v TagKey>) -> Option<Values<'v>> {
    let names: Vec<_> = keys.map(|key| Cow::Borrowed(key.0.as_str())).collect();
    (!names.is_empty()).then_some(Values::Many(names))
}
