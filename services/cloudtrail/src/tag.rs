//! Tags of trails.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::Values;
use strongroom_wire::{Result, Shape};

use crate::error;

/// A tag.
#[derive(Clone, Debug, Shape)]
pub struct Tag {
    /// Its name.
    #[shape(length = 1..=128)]
    pub key: String,
    /// Its value; empty if absent.
    #[shape(length = 1..=256)]
    pub value: Option<String>,
}

const MOST_TAGS: usize = 50;

/// Adds `tags` to those of the trail `arn`.
///
/// # Errors
/// InvalidTagParameterException, TagsLimitExceededException.
pub fn add(to: &mut BTreeMap<String, String>, tags: &[Tag], arn: &str) -> Result<()> {
    for (index, tag) in tags.iter().enumerate() {
        let is_twice = tags[..index].iter().any(|earlier| earlier.key == tag.key);
        let is_aws = tag.key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
        if is_twice || is_aws {
            return Err(error::invalid_tag(&tag.key));
        }
        to.insert(tag.key.clone(), tag.value.clone().unwrap_or_default());
    }
    if to.len() > MOST_TAGS { Err(error::too_many_tags(arn)) } else { Ok(()) }
}

/// The tags as a reply has them.
#[must_use]
pub fn show(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: Some(value.clone()) }).collect()
}

/// The values of `aws:RequestTag/<name>` and `aws:TagKeys`.
pub fn condition<'v>(tags: Option<&'v Vec<Tag>>, key: &str) -> Option<Values<'v>> {
    let tags = tags?;
    if key == "aws:tagkeys" {
        let names: Vec<_> = tags.iter().map(|tag| Cow::Borrowed(tag.key.as_str())).collect();
        return (!names.is_empty()).then_some(Values::Many(names));
    }
    let name = key.strip_prefix("aws:requesttag/")?;
    let tag = tags.iter().find(|tag| tag.key.eq_ignore_ascii_case(name))?;
    Some(Values::one(tag.value.as_deref().unwrap_or_default()))
}
