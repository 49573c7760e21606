//! Session tags.

use std::borrow::Cow;

use strongroom_api::{Result, Session, Shape, Values};

use crate::error;

/// A tag of a session.
#[derive(Clone, Debug, Shape)]
pub struct Tag {
    #[shape(length = 1..=128, pattern = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]
    key: String,
    #[shape(length = 0..=256, pattern = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")]
    value: String,
}

impl Tag {
    /// A tag that the server itself gives a session. It must be one that a request could carry.
    #[must_use]
    pub fn new(key: &str, value: &str) -> Self {
        Self { key: key.to_owned(), value: value.to_owned() }
    }
}

/// The key of a session tag.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128, pattern = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]
pub struct TagKey(String);

/// The tags of a request, as pairs.
///
/// # Errors
/// `InvalidParameterValue` for a key that stands twice.
pub(crate) fn pairs(tags: Option<&[Tag]>) -> Result<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for tag in tags.unwrap_or_default() {
        if pairs.iter().any(|(key, _)| same_key(key, &tag.key)) {
            return Err(error::duplicate_tag_keys());
        }
        pairs.push((tag.key.clone(), tag.value.clone()));
    }
    Ok(pairs)
}

/// The keys of a request that are to be transitive, each of which must have a tag.
///
/// # Errors
/// `InvalidParameterValue` for one without a tag.
pub(crate) fn transitive(
    keys: Option<&[TagKey]>,
    tags: &[(String, String)],
) -> Result<Vec<String>> {
    let keys: Vec<String> = keys.unwrap_or_default().iter().map(|key| key.0.clone()).collect();
    let tagged = |key: &String| tags.iter().any(|(tag, _)| same_key(tag, key));
    match keys.iter().all(tagged) {
        true => Ok(keys),
        false => Err(error::transitive_key_without_tag()),
    }
}

/// The tags that a session made from this one inherits.
///
/// # Errors
/// `InvalidParameterValue` if the request sets one of them.
pub(crate) fn inherited(
    session: Option<&Session>,
    of_caller: &[(String, String)],
    requested: &[(String, String)],
) -> Result<Vec<(String, String)>> {
    let keys = session.map_or(&[][..], |session| &session.transitive_tag_keys);
    let is_passed_on = |key: &str| keys.iter().any(|one| same_key(one, key));
    if requested.iter().any(|(key, _)| is_passed_on(key)) {
        return Err(error::transitive_key_conflict());
    }
    Ok(of_caller.iter().filter(|(key, _)| is_passed_on(key)).cloned().collect())
}

/// The tags of a principal, overlaid by those of a session.
pub(crate) fn overlaid(
    mut tags: Vec<(String, String)>,
    session: &[(String, String)],
) -> Vec<(String, String)> {
    tags.retain(|(key, _)| !session.iter().any(|(other, _)| same_key(other, key)));
    tags.extend(session.iter().cloned());
    tags
}

/// `aws:RequestTag/…`, `aws:TagKeys` and `sts:TransitiveTagKeys` of a request.
pub(crate) fn condition<'v>(
    tags: Option<&'v [Tag]>,
    transitive: Option<&'v [TagKey]>,
    key: &str,
) -> Option<Values<'v>> {
    let tags = tags.unwrap_or_default();
    match key {
        "aws:tagkeys" if !tags.is_empty() => {
            Some(Values::Many(tags.iter().map(|tag| Cow::Borrowed(tag.key.as_str())).collect()))
        }
        "sts:transitivetagkeys" => {
            let keys = transitive?.iter().map(|key| Cow::Borrowed(key.0.as_str()));
            Some(Values::Many(keys.collect()))
        }
        _ => {
            let name = key.strip_prefix("aws:requesttag/")?;
            let tag = tags.iter().find(|tag| tag.key.eq_ignore_ascii_case(name))?;
            Some(Values::one(&tag.value))
        }
    }
}

fn same_key(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
