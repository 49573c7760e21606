//! Tags of a log group.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::{Result, Values};

use crate::error;
use crate::shapes::TagValue;

/// Tags as requests send them.
pub type Tags = BTreeMap<String, TagValue>;

/// Tags that a group may have.
const MOST_TAGS: usize = 50;
const KEY_PATTERN: &str = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$";

/// Checks the tags of a request.
///
/// # Errors
/// AWS's errors for the number of tags and for their keys.
pub fn check(tags: &Tags) -> Result<()> {
    if tags.is_empty() || tags.len() > MOST_TAGS {
        let bound =
            if tags.is_empty() { "greater than or equal to 1" } else { "less than or equal to 50" };
        return Err(error::invalid_length("tags", bound));
    }
    for key in tags.keys() {
        let fits = (1..=128).contains(&key.chars().count());
        if !fits || !key.chars().all(is_allowed) {
            let pattern = format!("Member must satisfy regular expression pattern: {KEY_PATTERN}");
            let length = "Member must have length less than or equal to 128, Member must have length greater than or equal to 1";
            return Err(error::invalid_map("tags", "keys", &format!("{length}, {pattern}")));
        }
        if key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) {
            return Err(error::reserved_tag_key());
        }
    }
    Ok(())
}

fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c)
}

/// Adds `more` to `tags`, overwriting by key.
///
/// # Errors
/// TooManyTagsException.
pub fn add(tags: &mut BTreeMap<String, String>, more: &Tags, arn: &str) -> Result<()> {
    tags.extend(more.iter().map(|(key, value)| (key.clone(), value.0.clone())));
    if tags.len() > MOST_TAGS { Err(error::too_many_tags(arn)) } else { Ok(()) }
}

/// `aws:RequestTag/…` and `aws:TagKeys` of a request with `tags`.
pub fn request_condition<'v>(tags: &'v Tags, key: &str) -> Option<Values<'v>> {
    if key == "aws:tagkeys" {
        return keys_condition(tags.keys());
    }
    let name = key.strip_prefix("aws:requesttag/")?;
    let (_, value) = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(Values::one(&value.0))
}

/// `aws:TagKeys` of a request that names only keys.
pub fn keys_condition<'v>(keys: impl Iterator<Item = &'v String>) -> Option<Values<'v>> {
    let keys: Vec<_> = keys.map(|key| Cow::Borrowed(key.as_str())).collect();
    (!keys.is_empty()).then_some(Values::Many(keys))
}
