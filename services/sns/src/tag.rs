//! Tags.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::{Reply, Shape, Values};
use strongroom_wire::Result;

use crate::error;

/// A tag.
#[derive(Clone, Debug, Shape)]
pub struct Tag {
    /// Its name.
    pub key: TagKey,
    /// Its value.
    pub value: TagValue,
}

/// The name of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=128)]
pub struct TagKey(pub String);

/// The value of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 0..=256)]
pub struct TagValue(pub String);

/// A tag as it is shown.
#[derive(Debug, Reply)]
pub struct ShownTag {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

const MOST_TAGS: usize = 50;

/// Adds `tags` to `to`.
///
/// # Errors
/// Names twice, names that AWS keeps, or too many tags.
pub fn add(to: &mut BTreeMap<String, String>, tags: &[Tag]) -> Result<()> {
    for (index, tag) in tags.iter().enumerate() {
        check_name(&tag.key)?;
        if tags[..index].iter().any(|earlier| earlier.key == tag.key) {
            return Err(error::invalid_parameter("Duplicated keys are not allowed."));
        }
        to.insert(tag.key.0.clone(), tag.value.0.clone());
    }
    if to.len() > MOST_TAGS { Err(error::too_many_tags()) } else { Ok(()) }
}

/// The values of `aws:RequestTag/<name>` and `aws:TagKeys`.
pub fn condition<'v>(tags: Option<&'v Vec<Tag>>, key: &str) -> Option<Values<'v>> {
    let tags = tags?;
    if key == "aws:tagkeys" {
        return names(tags.iter().map(|tag| &tag.key));
    }
    let name = key.strip_prefix("aws:requesttag/")?;
    let tag = tags.iter().find(|tag| tag.key.0.eq_ignore_ascii_case(name))?;
    Some(Values::one(&tag.value.0))
}

/// The value of `aws:TagKeys`.
pub fn names<'v>(keys: impl Iterator<Item = &'v TagKey>) -> Option<Values<'v>> {
    let names: Vec<_> = keys.map(|key| Cow::Borrowed(key.0.as_str())).collect();
    (!names.is_empty()).then_some(Values::Many(names))
}

fn check_name(key: &TagKey) -> Result<()> {
    let reserved = key.0.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    if reserved {
        return Err(error::invalid_parameter("Tags Reason: Tag keys must not start with 'aws:'"));
    }
    Ok(())
}
