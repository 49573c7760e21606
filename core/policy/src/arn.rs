//! ARNs and patterns over them, compared part by part.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::Context;
use crate::certainty::Certainty;
use crate::glob::{self, Piece};
use crate::text::{Reading, Resolved, Text};

/// The six parts of an ARN; the last may hold further colons.
pub(crate) type Parts<'a> = [&'a str; 6];

/// Cuts an ARN into its parts; `None` if it has fewer than six or does not begin with `arn`.
pub(crate) fn parts(arn: &str) -> Option<Parts<'_>> {
    let mut parts = [""; 6];
    let mut split = arn.splitn(6, ':');
    for part in &mut parts {
        *part = split.next()?;
    }
    (parts[0] == "arn").then_some(parts)
}

/// An ARN pattern of a condition. `*` and `?` do not reach over the colons of the first five parts.
#[derive(Debug)]
pub(crate) enum ArnPattern {
    /// Without variables.
    Fixed(Box<[Box<[Piece<'static>]>; 6]>),
    /// With variables, whose values may hold colons of their own.
    Template(Text),
    /// Not of six parts, so that no ARN can be compared with it.
    NotArn,
}

impl ArnPattern {
    /// Compiles a pattern; the error is the variable that is none.
    pub(crate) fn compile(text: &str, variables: bool) -> Result<ArnPattern, Box<str>> {
        let compiled = Text::compile(text, Reading { wildcards: true, variables })?;
        Ok(match compiled.fixed() {
            None => ArnPattern::Template(compiled),
            Some(pieces) => match split(pieces) {
                None => ArnPattern::NotArn,
                Some(parts) => {
                    ArnPattern::Fixed(Box::new(parts.map(|part| part.iter().map(owned).collect())))
                }
            },
        })
    }

    /// Whether the ARN matches. A pattern that is no ARN leaves doubt.
    pub(crate) fn matches(&self, arn: &Parts<'_>, context: &dyn Context) -> Certainty {
        match self {
            ArnPattern::Fixed(patterns) => {
                patterns.iter().zip(arn).all(|(pattern, part)| glob::matches(pattern, part)).into()
            }
            ArnPattern::Template(text) => {
                let matched = text.with_resolved(context, |pieces| match split(pieces) {
                    Some(patterns) => patterns
                        .iter()
                        .zip(arn)
                        .all(|(pattern, part)| glob::matches(pattern, part))
                        .into(),
                    None => Certainty::Doubt,
                });
                matched.unwrap_or(Certainty::No)
            }
            ArnPattern::NotArn => Certainty::Doubt,
        }
    }
}

/// Cuts pieces at the first five colons of their text.
fn split<'a>(pieces: &'a [Piece<'_>]) -> Option<[Resolved<'a>; 6]> {
    let mut parts: SmallVec<[Resolved<'a>; 6]> = SmallVec::new();
    let mut part: Resolved<'a> = SmallVec::new();
    for piece in pieces {
        let Piece::Text(text) = piece else {
            part.push(if *piece == Piece::Run { Piece::Run } else { Piece::One });
            continue;
        };
        let mut text: &'a str = text;
        while parts.len() < 5
            && let Some((before, after)) = text.split_once(':')
        {
            push_text(&mut part, before);
            parts.push(std::mem::take(&mut part));
            text = after;
        }
        push_text(&mut part, text);
    }
    parts.push(part);
    parts.into_inner().ok()
}

fn push_text<'a>(part: &mut Resolved<'a>, text: &'a str) {
    if !text.is_empty() {
        part.push(Piece::Text(Cow::Borrowed(text)));
    }
}

fn owned(piece: &Piece<'_>) -> Piece<'static> {
    match piece {
        Piece::Text(text) => Piece::Text(Cow::Owned(text.clone().into_owned())),
        Piece::Run => Piece::Run,
        Piece::One => Piece::One,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::Values;

    struct Role;

    impl Context for Role {
        fn values(&self, key: &str) -> Option<Values<'_>> {
            (key == "aws:principalarn").then(|| Values::one("arn:aws:iam::111122223333:role/a:*"))
        }
    }

    fn matches(pattern: &str, arn: &str) -> Certainty {
        let arn = parts(arn).expect("an ARN");
        ArnPattern::compile(pattern, true).unwrap().matches(&arn, &Role)
    }

    #[test]
    fn a_star_stays_within_its_part_until_the_sixth() {
        assert_eq!(matches("arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:1:t"), Certainty::Yes);
        assert_eq!(matches("arn:aws:*:t", "arn:aws:sns:eu-west-1:1:t"), Certainty::Doubt);
        assert_eq!(matches("arn:*:1:x:y:t", "arn:aws:sns:eu:1:t"), Certainty::No);
        assert_eq!(
            matches("arn:aws:lambda:*:*:*", "arn:aws:lambda:eu:1:function:f:2"),
            Certainty::Yes
        );
    }

    #[test]
    fn a_value_with_colons_spans_parts_and_stays_literal() {
        assert_eq!(
            matches("${aws:PrincipalArn}", "arn:aws:iam::111122223333:role/a:*"),
            Certainty::Yes
        );
        assert_eq!(
            matches("${aws:PrincipalArn}", "arn:aws:iam::111122223333:role/a:b"),
            Certainty::No
        );
        assert_eq!(matches("${aws:UserName}", "arn:aws:iam::111122223333:role/a:b"), Certainty::No);
    }

    #[test]
    fn an_arn_has_six_parts() {
        assert!(parts("arn:aws:s3:::b").is_some());
        assert!(parts("arn:aws:s3::b").is_none());
        assert!(parts("urn:aws:s3:::b").is_none());
    }
}
