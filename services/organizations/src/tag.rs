//! Tags.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::Values;
use strongroom_wire::{Result, Shape};

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

const MOST_TAGS: usize = 50;

/// Adds `tags` to `to`.
///
/// # Errors
/// Names twice, names that AWS keeps, or too many tags.
pub fn add(to: &mut BTreeMap<String, String>, tags: &[Tag]) -> Result<()> {
    for (index, tag) in tags.iter().enumerate() {
        check_name(&tag.key)?;
        if tags[..index].iter().any(|earlier| earlier.key == tag.key) {
            return Err(error::duplicate_tag());
        }
        to.insert(tag.key.0.clone(), tag.value.clone());
    }
    if to.len() > MOST_TAGS { Err(error::too_many_tags()) } else { Ok(()) }
}

/// Removes the tags called `keys` from `of`; those that are not there do not matter.
///
/// # Errors
/// Names that AWS keeps.
pub fn remove(of: &mut BTreeMap<String, String>, keys: &[TagKey]) -> Result<()> {
    for key in keys {
        check_name(key)?;
        of.remove(&key.0);
    }
    Ok(())
}

/// The values of `aws:RequestTag/<name>` and `aws:TagKeys`.
pub fn condition<'v>(tags: Option<&'v Vec<Tag>>, key: &str) -> Option<Values<'v>> {
    let tags = tags?;
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

fn check_name(key: &TagKey) -> Result<()> {
    let reserved = key.0.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    if reserved { Err(error::system_tag()) } else { Ok(()) }
}
