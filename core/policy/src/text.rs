//! Text in which `${key}` stands for a value of the request, with or without wildcards.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::glob::{self, Piece};
use crate::{Context, Values};

/// A pattern over one text: wildcards and policy variables, compiled.
#[derive(Debug)]
pub(crate) struct Text {
    parts: Box<[Part]>,
}

/// The pieces of a text after its variables were given their values.
pub(crate) type Resolved<'a> = SmallVec<[Piece<'a>; 8]>;

#[derive(Debug)]
enum Part {
    Fixed(Box<[Piece<'static>]>),
    Variable { key: Box<str>, default: Option<Box<str>> },
}

/// How a text is to be read.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    /// Whether `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// Whether `${…}` is a variable: in documents of version 2012-10-17.
    pub(crate) variables: bool,
}

impl Text {
    /// Compiles a text; the error is the variable that is none.
    pub(crate) fn compile(text: &str, reading: Reading) -> Result<Text, Box<str>> {
        let mut parts = Vec::new();
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if reading.variables && rest.starts_with("${") {
                let end = rest.find('}').ok_or(rest)?;
                match read_variable(&rest[2..end]) {
                    Some(Variable::Character(c)) => literal.push(c),
                    Some(Variable::Key(key, default)) => {
                        glob::flush(&mut pieces, &mut literal);
                        push_fixed(&mut parts, &mut pieces);
                        parts.push(Part::Variable { key, default });
                    }
                    None => return Err(rest[..=end].into()),
                }
                rest = &rest[end + 1..];
                continue;
            }
            match c {
                '*' | '?' if reading.wildcards => {
                    glob::flush(&mut pieces, &mut literal);
                    pieces.push(if c == '*' { Piece::Run } else { Piece::One });
                }
                c => literal.push(c),
            }
            rest = &rest[c.len_utf8()..];
        }
        glob::flush(&mut pieces, &mut literal);
        push_fixed(&mut parts, &mut pieces);
        Ok(Text { parts: parts.into() })
    }

    /// Whether the whole of `text` matches; `None` if a variable has no value to be replaced by.
    pub(crate) fn matches(&self, text: &str, context: &dyn Context) -> Option<bool> {
        match &*self.parts {
            [] => Some(text.is_empty()),
            [Part::Fixed(pieces)] => Some(glob::matches(pieces, text)),
            _ => self.with_resolved(context, |pieces| glob::matches(pieces, text)),
        }
    }

    /// The same without regard to case, for texts without wildcards.
    pub(crate) fn equals_ignoring_case(&self, text: &str, context: &dyn Context) -> Option<bool> {
        self.with_resolved(context, |pieces| {
            let own = pieces.iter().flat_map(|piece| match piece {
                Piece::Text(text) => text.chars(),
                Piece::Run | Piece::One => "".chars(),
            });
            own.flat_map(char::to_lowercase).eq(text.chars().flat_map(char::to_lowercase))
        })
    }

    /// Lends the pieces with every variable replaced by its value, which is never a wildcard.
    pub(crate) fn with_resolved<T>(
        &self,
        context: &dyn Context,
        then: impl FnOnce(&[Piece<'_>]) -> T,
    ) -> Option<T> {
        let mut resolved: Resolved<'_> = SmallVec::new();
        for part in &*self.parts {
            match part {
                Part::Fixed(pieces) => resolved.extend(pieces.iter().map(borrowed)),
                Part::Variable { key, default } => {
                    let value = context.values(key).and_then(Values::single);
                    let value = value.or_else(|| default.as_deref().map(Cow::Borrowed))?;
                    if !value.is_empty() {
                        resolved.push(Piece::Text(value));
                    }
                }
            }
        }
        Some(then(&resolved))
    }

    /// The pieces, if no part depends on the request.
    pub(crate) fn fixed(&self) -> Option<&[Piece<'static>]> {
        match &*self.parts {
            [] => Some(&[]),
            [Part::Fixed(pieces)] => Some(pieces),
            _ => None,
        }
    }
}

/// The form in which condition keys are asked of a [`Context`]; see [`Context::values`].
pub(crate) fn normalized_key(key: &str) -> Box<str> {
    let mut lower = key.to_ascii_lowercase();
    let verbatim_from = if lower.starts_with(ENCRYPTION_CONTEXT) {
        ENCRYPTION_CONTEXT.len()
    } else {
        match lower.split_once('/') {
            Some((service_part, _))
                if service_part.contains(':') && service_part.ends_with("tag") =>
            {
                service_part.len()
            }
            _ => lower.len(),
        }
    };
    lower.replace_range(verbatim_from.., &key[verbatim_from..]);
    lower.into()
}

/// The prefix of keys for KMS encryption contexts, whose names people choose.
pub(crate) const ENCRYPTION_CONTEXT: &str = "kms:encryptioncontext:";

/// A condition key is a service prefix, a colon and a name.
pub(crate) fn is_key(key: &str) -> bool {
    key.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty())
}

enum Variable {
    Character(char),
    Key(Box<str>, Option<Box<str>>),
}

/// Reads what stands between `${` and `}`: a key, a key with `, 'default'`, or an escaped character.
fn read_variable(inside: &str) -> Option<Variable> {
    match inside {
        "*" => return Some(Variable::Character('*')),
        "?" => return Some(Variable::Character('?')),
        "$" => return Some(Variable::Character('$')),
        _ => {}
    }
    let (key, default) = match inside.split_once(',') {
        None => (inside, None),
        Some((key, default)) => {
            let quoted = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            (key, Some(quoted.into()))
        }
    };
    let key = key.trim();
    is_key(key).then(|| Variable::Key(normalized_key(key), default))
}

fn push_fixed(parts: &mut Vec<Part>, pieces: &mut Vec<Piece<'static>>) {
    if !pieces.is_empty() {
        parts.push(Part::Fixed(std::mem::take(pieces).into()));
    }
}

fn borrowed<'a>(piece: &'a Piece<'static>) -> Piece<'a> {
    match piece {
        Piece::Text(text) => Piece::Text(Cow::Borrowed(text)),
        Piece::Run => Piece::Run,
        Piece::One => Piece::One,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    struct Anna;

    impl Context for Anna {
        fn values(&self, key: &str) -> Option<Values<'_>> {
            match key {
                "aws:username" => Some(Values::one("anna")),
                "aws:principaltag/Star" => Some(Values::one("*")),
                "aws:tagkeys" => Some(Values::Many(vec!["a".into(), "b".into()])),
                _ => None,
            }
        }
    }

    fn matches(pattern: &str, text: &str) -> Option<bool> {
        let reading = Reading { wildcards: true, variables: true };
        Text::compile(pattern, reading).unwrap().matches(text, &Anna)
    }

    #[test]
    fn a_variable_stands_for_its_value() {
        assert_eq!(matches("home/${aws:username}/*", "home/anna/x"), Some(true));
        assert_eq!(matches("home/${AWS:UserName}/*", "home/bert/x"), Some(false));
    }

    #[test]
    fn a_value_is_never_a_wildcard() {
        assert_eq!(matches("${aws:PrincipalTag/Star}", "anything"), Some(false));
        assert_eq!(matches("${aws:PrincipalTag/Star}", "*"), Some(true));
    }

    #[test]
    fn a_default_stands_in_for_a_missing_value_only() {
        assert_eq!(matches("${aws:PrincipalTag/team, 'none'}", "none"), Some(true));
        assert_eq!(matches("${aws:username,'none'}", "none"), Some(false));
        assert_eq!(matches("${aws:PrincipalTag/team,'*'}", "x"), Some(false));
    }

    #[test]
    fn a_missing_or_multivalued_key_cannot_be_resolved() {
        assert_eq!(matches("x${aws:PrincipalTag/team}", "x"), None);
        assert_eq!(matches("x${aws:TagKeys}", "xa"), None);
    }

    #[test]
    fn escaped_characters_are_literal() {
        assert_eq!(matches("a${*}b${?}${$}", "a*b?$"), Some(true));
        assert_eq!(matches("a${*}", "ab"), Some(false));
    }

    #[test]
    fn without_variables_the_text_is_literal() {
        let reading = Reading { wildcards: false, variables: false };
        let text = Text::compile("${aws:username}*", reading).unwrap();
        assert_eq!(text.matches("${aws:username}*", &Anna), Some(true));
    }

    #[test]
    fn what_is_no_variable_is_refused() {
        for text in ["${", "${aws:username", "${}", "${name}", "${aws:x, none}", "${aws:x,'a}"] {
            let reading = Reading { wildcards: true, variables: true };
            assert!(Text::compile(text, reading).is_err(), "{text} was accepted");
        }
    }

    #[test]
    fn keys_are_lower_case_but_for_the_names_that_people_choose() {
        for (written, asked) in [
            ("aws:SourceIp", "aws:sourceip"),
            ("AWS:PrincipalTag/CostCenter", "aws:principaltag/CostCenter"),
            ("secretsmanager:ResourceTag/A/B", "secretsmanager:resourcetag/A/B"),
            ("secretsmanager:resource/Type", "secretsmanager:resource/type"),
            ("kms:EncryptionContext:SecretARN", "kms:encryptioncontext:SecretARN"),
            ("kms:EncryptionContextKeys", "kms:encryptioncontextkeys"),
            (
                "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub",
                "oidc.eks.eu-west-1.amazonaws.com/id/abc:sub",
            ),
        ] {
            assert_eq!(&*normalized_key(written), asked);
        }
    }
}
