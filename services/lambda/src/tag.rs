//! Tags of functions.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::Values;
use strongroom_wire::Result;

use crate::error;

/// Tags as requests carry them.
pub type Tags = BTreeMap<String, String>;

const MOST_TAGS: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// Adds `tags` to `to`.
///
/// # Errors
/// Tags that cannot be, and too many of them.
pub fn add(to: &mut Tags, tags: &Tags) -> Result<()> {
    for (key, value) in tags {
        let is_reserved = key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
        let length = key.chars().count();
        if length == 0
            || length > LONGEST_KEY
            || value.chars().count() > LONGEST_VALUE
            || is_reserved
        {
            return Err(error::bad_tag());
        }
        to.insert(key.clone(), value.clone());
    }
    if to.len() > MOST_TAGS { Err(error::too_many_tags()) } else { Ok(()) }
}

/// The values of `aws:RequestTag/<name>` and `aws:TagKeys`.
#[must_use]
pub fn condition<'v>(tags: Option<&'v Tags>, key: &str) -> Option<Values<'v>> {
    let tags = tags?;
    if key == "aws:tagkeys" {
        return names(tags.keys());
    }
    let name = key.strip_prefix("aws:requesttag/")?;
    let (_, value) = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(Values::one(value))
}

/// The value of `aws:TagKeys`.
pub fn names<'v>(keys: impl Iterator<Item = &'v String>) -> Option<Values<'v>> {
    let names: Vec<_> = keys.map(|key| Cow::Borrowed(key.as_str())).collect();
    (!names.is_empty()).then_some(Values::Many(names))
}
