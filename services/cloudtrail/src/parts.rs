//! Pieces of records, read without copying what need not be copied.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use smallvec::{SmallVec, smallvec};

/// A text, borrowed from the record unless it has escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text<'r>(pub(crate) Cow<'r, str>);

/// Texts: one, as a rule.
pub(crate) type Texts<'r> = SmallVec<[Text<'r>; 1]>;

/// Members of an object: a few, as a rule.
type Members<'r> = SmallVec<[(Text<'r>, Texts<'r>); 4]>;

/// The members of an object that are texts or lists of texts. Whatever is no object has none.
#[derive(Debug, Default)]
pub(crate) struct Part<'r>(Members<'r>);

impl<'r> Part<'r> {
    /// The texts of a member, which leave the part; none if there is no such member.
    pub(crate) fn take(&mut self, member: &str) -> Texts<'r> {
        let found = self.0.iter_mut().find(|(name, _)| name.0 == member);
        found.map(|(_, texts)| std::mem::take(texts)).unwrap_or_default()
    }
}

impl<'de: 'r, 'r> Deserialize<'de> for Text<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

struct TextVisitor<'r>(PhantomData<&'r str>);

impl<'de: 'r, 'r> Visitor<'de> for TextVisitor<'r> {
    type Value = Text<'r>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'r>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'r>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

impl<'de: 'r, 'r> Deserialize<'de> for Part<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Anything { members, .. } = Anything::deserialize(deserializer)?;
        Ok(Self(members))
    }
}

/// Any JSON value, as far as it holds texts.
#[derive(Default)]
struct Anything<'r> {
    /// The value itself, or the values of a list.
    texts: Texts<'r>,
    /// The members of an object.
    members: Members<'r>,
}

/// A value inside an object: its own members are of no interest.
struct Inner<'r>(Texts<'r>);

impl<'de: 'r, 'r> Deserialize<'de> for Anything<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnythingVisitor { is_outer: true, lifetime: PhantomData })
    }
}

impl<'de: 'r, 'r> Deserialize<'de> for Inner<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = AnythingVisitor { is_outer: false, lifetime: PhantomData };
        deserializer.deserialize_any(visitor).map(|found| Self(found.texts))
    }
}

struct AnythingVisitor<'r> {
    is_outer: bool,
    lifetime: PhantomData<&'r str>,
}

impl<'r> Anything<'r> {
    fn text(text: Cow<'r, str>) -> Self {
        Self { texts: smallvec![Text(text)], members: Members::new() }
    }
}

impl<'de: 'r, 'r> Visitor<'de> for AnythingVisitor<'r> {
    type Value = Anything<'r>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Anything<'r>, E> {
        Ok(Anything::text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Anything<'r>, E> {
        Ok(Anything::text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Anything<'r>, E> {
        Ok(Anything::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Anything<'r>, E> {
        Ok(Anything::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Anything<'r>, E> {
        Ok(Anything::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Anything<'r>, E> {
        Ok(Anything::default())
    }

    fn visit_unit<E>(self) -> Result<Anything<'r>, E> {
        Ok(Anything::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Anything<'r>, A::Error> {
        let mut found = Anything::default();
        while let Some(Inner(texts)) = list.next_element()? {
            found.texts.extend(texts);
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Anything<'r>, A::Error> {
        let mut found = Anything::default();
        if !self.is_outer {
            while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(found);
        }
        while let Some((name, Inner(texts))) = object.next_entry()? {
            if !texts.is_empty() {
                found.members.push((name, texts));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::borrow::Cow;

    use super::{Part, Text};

    fn part(text: &str) -> Part<'_> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn texts_and_lists_of_texts_are_found_by_their_names() {
        let mut read =
            part(r#"{"a": "x", "b": ["y", "z"], "c": {"a": "no"}, "d": 1.5, "e": null}"#);
        assert_eq!(*read.take("a"), [Text("x".into())]);
        assert_eq!(*read.take("b"), [Text("y".into()), Text("z".into())]);
        assert!(
            read.take("c").is_empty() && read.take("d").is_empty() && read.take("f").is_empty()
        );
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        for text in ["null", "1", "-1", "true", "\"a\"", "[\"a\", {\"b\": \"c\"}]", "1.5"] {
            assert!(part(text).0.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_text_is_copied_only_for_its_escapes() {
        let (plain, escaped) = (r#"{"a": "b"}"#, r#"{"a": "\u00e4"}"#);
        assert!(matches!(part(plain).take("a").as_slice(), [Text(Cow::Borrowed("b"))]));
        assert_eq!(*part(escaped).take("a"), [Text("ä".into())]);
    }
}
