//! Tags of keys.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::Values;
use strongroom_wire::{Result, Shape};

use crate::error;

/// A tag.
#[derive(Clone, Debug, Shape)]
pub struct Tag {
    /// Its name.
    pub tag_key: TagKey,
    /// Its value.
    #[shape(length = 0..=256)]
    pub tag_value: String,
}

/// The name of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=128)]
pub struct TagKey(pub String);

const MOST_TAGS: usize = 50;

/// Adds `tags` to `to`.
///
/// # Errors
/// TagException for names twice, names that AWS keeps, or too many tags.
pub fn add(to: &mut BTreeMap<String, String>, tags: &[Tag]) -> Result<()> {
    for (index, tag) in tags.iter().enumerate() {
        let name = &tag.tag_key.0;
        if is_reserved(name) {
            return Err(error::tag("Tags beginning with aws: are reserved"));
        }
        if tags[..index].iter().any(|earlier| earlier.tag_key == tag.tag_key) {
            return Err(error::tag("Duplicate tag keys"));
        }
        to.insert(name.clone(), tag.tag_value.clone());
    }
    if to.len() > MOST_TAGS {
        return Err(error::tag("Too many tags"));
    }
    Ok(())
}

/// Whether the name belongs to AWS.
pub fn is_reserved(name: &str) -> bool {
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

/// The values of `aws:RequestTag/<name>` and `aws:TagKeys`.
pub fn condition<'v>(tags: &'v [Tag], key: &str) -> Option<Values<'v>> {
    if key == "aws:tagkeys" {
        return names(tags.iter().map(|tag| &tag.tag_key));
    }
    let name = key.strip_prefix("aws:requesttag/")?;
    let tag = tags.iter().find(|tag| tag.tag_key.0.eq_ignore_ascii_case(name))?;
    Some(Values::one(&tag.tag_value))
}

/// The value of `aws:TagKeys`.
pub fn names<'v>(keys: impl Iterator<Item = &'v TagKey>) -> Option<Values<'v>> {
    let names: Vec<_> = keys.map(|key| Cow::Borrowed(key.0.as_str())).collect();
    (!names.is_empty()).then_some(Values::Many(names))
}
