//! The query protocol's way of sending lists, maps and structures: `Tags.member.1.Key=env`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::value::Value;
use crate::violation::Mistyped;

/// A form or query string that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MalformedForm {
    /// A percent escape or the decoded text is not UTF-8.
    #[error("a parameter is not valid UTF-8")]
    NotUtf8,
    /// More parameters, deeper names or higher list positions than any AWS call has.
    #[error("too many parameters")]
    TooLarge,
    /// A name is used both as a value and as a structure.
    #[error("parameter {0} is used in two ways")]
    Clash(String),
}

/// More parameters than any AWS call sends.
const MOST_PARAMETERS: usize = 10_000;
/// Deeper than any AWS input.
const DEEPEST: usize = 16;

/// Parses `a=1&b.member.1=x` into a [`Value::Map`] whose leaves are [`Value::Form`].
///
/// # Errors
/// [`MalformedForm`] when it is not UTF-8, too large, or contradicts itself.
pub fn parse(form: &str) -> Result<Value<'_>, MalformedForm> {
    let mut root = Vec::new();
    for (count, pair) in form.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        if count >= MOST_PARAMETERS {
            return Err(MalformedForm::TooLarge);
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        if name.split('.').count() > DEEPEST {
            return Err(MalformedForm::TooLarge);
        }
        insert(&mut root, &name, decode(value)?)?;
    }
    Ok(Value::Map(root))
}

fn decode(text: &str) -> Result<Cow<'_, str>, MalformedForm> {
    let spaced: Cow<'_, str> =
        if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    match spaced {
        Cow::Borrowed(text) => {
            percent_decode_str(text).decode_utf8().map_err(|_| MalformedForm::NotUtf8)
        }
        Cow::Owned(text) => percent_decode_str(&text)
            .decode_utf8()
            .map(|decoded| Cow::Owned(decoded.into_owned()))
            .map_err(|_| MalformedForm::NotUtf8),
    }
}

type Members<'a> = Vec<(Cow<'a, str>, Value<'a>)>;

fn insert<'a>(
    mut members: &mut Members<'a>,
    name: &str,
    value: Cow<'a, str>,
) -> Result<(), MalformedForm> {
    let mut parts = name.split('.').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            members.push((Cow::Owned(part.to_owned()), Value::Form(value)));
            return Ok(());
        }
        // Parameters of one structure stand together, so the last member is nearly always the one.
        let at = members.iter().rposition(|(n, _)| n == part).unwrap_or_else(|| {
            members.push((Cow::Owned(part.to_owned()), Value::Map(Vec::new())));
            members.len() - 1
        });
        match &mut members[at].1 {
            Value::Map(inner) => members = inner,
            _ => return Err(MalformedForm::Clash(name.to_owned())),
        }
    }
    Ok(())
}

/// The items of a list, whichever protocol sent it.
///
/// # Errors
/// [`Mistyped`] when the value is no list.
pub(crate) fn items(value: Value<'_>) -> Result<Vec<Value<'_>>, Mistyped> {
    match value {
        Value::List(items) => Ok(items),
        // The query protocol sends an empty list as `Name=`.
        Value::Form(text) if text.is_empty() => Ok(Vec::new()),
        Value::Map(members) => {
            let mut numbered = numbered(unwrap_member(members, "member"))?;
            numbered.sort_by_key(|(position, _)| *position);
            Ok(numbered.into_iter().map(|(_, value)| value).collect())
        }
        other => Err(Mistyped::new(&other, "a List")),
    }
}

/// The entries of a map, whichever protocol sent it.
///
/// # Errors
/// [`Mistyped`] when the value is no map.
pub(crate) fn entries(value: Value<'_>) -> Result<Members<'_>, Mistyped> {
    match value {
        Value::Map(members) if members.len() == 1 && members[0].0 == "entry" => {
            let mut decoded = Vec::new();
            for (_, entry) in numbered(unwrap_member(members, "entry"))? {
                decoded.extend(pair(entry));
            }
            Ok(decoded)
        }
        Value::Map(members) => Ok(members),
        Value::Form(text) if text.is_empty() => Ok(Vec::new()),
        other => Err(Mistyped::new(&other, "a Map")),
    }
}

/// `{key, value}` of one numbered map entry.
fn pair(entry: Value<'_>) -> Option<(Cow<'_, str>, Value<'_>)> {
    let Value::Map(members) = entry else { return None };
    let mut key = None;
    let mut value = None;
    for (name, member) in members {
        match (&*name, member) {
            ("key" | "Name", Value::Form(text)) => key = Some(text),
            ("value" | "Value", member) => value = Some(member),
            _ => {}
        }
    }
    Some((key?, value?))
}

fn unwrap_member<'a>(members: Members<'a>, wrapper: &str) -> Members<'a> {
    if members.len() == 1 && members[0].0 == wrapper {
        if let Some((_, Value::Map(inner))) = members.into_iter().next() {
            return inner;
        }
        return Vec::new();
    }
    members
}

fn numbered<'a>(members: Members<'a>) -> Result<Vec<(u32, Value<'a>)>, Mistyped> {
    members
        .into_iter()
        .map(|(name, value)| match name.parse() {
            Ok(position) => Ok((position, value)),
            Err(_) => Err(Mistyped("STRUCTURE_VALUE can not be converted to a List".to_owned())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use super::*;
    use crate::{At, Shape, Violations};

    #[derive(Debug, PartialEq, Shape)]
    struct Tag {
        key: String,
        value: String,
    }

    #[derive(Debug, PartialEq, Shape)]
    struct Input {
        user_name: String,
        tags: Option<Vec<Tag>>,
        flags: Option<Vec<String>>,
        attributes: Option<BTreeMap<String, String>>,
        max_items: Option<i32>,
    }

    fn read(form: &str) -> Input {
        let mut found = Violations::default();
        Input::decode(parse(form).unwrap(), &At::root(), &mut found).unwrap().unwrap()
    }

    #[test]
    fn lists_structures_maps_and_numbers_are_read() {
        let input = read(
            "Action=X&UserName=a%2Fb+c&Tags.member.2.Key=k2&Tags.member.2.Value=v2\
             &Tags.member.1.Key=k1&Tags.member.1.Value=v1&Flags=\
             &Attributes.entry.1.key=A&Attributes.entry.1.value=1&MaxItems=7",
        );
        assert_eq!(input.user_name, "a/b c");
        let tags: Vec<_> = input.tags.unwrap().into_iter().map(|t| (t.key, t.value)).collect();
        assert_eq!(tags, [("k1".into(), "v1".into()), ("k2".into(), "v2".into())]);
        assert_eq!(input.flags, Some(vec![]));
        assert_eq!(input.attributes.unwrap()["A"], "1");
        assert_eq!(input.max_items, Some(7));
    }

    #[test]
    fn a_name_used_in_two_ways_is_refused() {
        assert_eq!(parse("A=1&A.B=2"), Err(MalformedForm::Clash("A.B".into())));
    }

    #[test]
    fn text_that_is_not_utf8_is_refused() {
        assert_eq!(parse("A=%FF"), Err(MalformedForm::NotUtf8));
    }
}
