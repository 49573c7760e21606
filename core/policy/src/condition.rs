//! Conditions: one operator over one key, compiled, and whether it is met.

pub(crate) mod date;
pub(crate) mod network;
pub(crate) mod number;
pub(crate) mod operator;

use std::borrow::Cow;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Context;
use crate::arn::{self, ArnPattern};
use crate::certainty::Certainty;
use crate::malformed::Fault;
use crate::text::{Reading, Text, is_key, normalized_key};
use date::Instant;
use network::Range;
use number::Decimal;
use operator::{Family, Operator, Quantifier, Relation};

/// One `operator: { key: values }` of a statement.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) operator: Operator,
    /// The operator as written.
    pub(crate) operator_text: Box<str>,
    /// The key as written.
    pub(crate) key_text: Box<str>,
    /// The key as asked of a [`Context`].
    pub(crate) key: Box<str>,
    /// The values as written.
    pub(crate) value_texts: Box<[Box<str>]>,
    test: Test,
}

/// The policy's values, read by the operator's family.
#[derive(Debug)]
enum Test {
    Exact(Box<[Text]>),
    IgnoreCase(Box<[Text]>),
    Numeric(Relation, Box<[Decimal]>),
    Date(Relation, Box<[Instant]>),
    Bool(Box<[bool]>),
    Binary(Box<[Vec<u8>]>),
    Ip(Box<[Range]>),
    Arn(Box<[ArnPattern]>),
    Null(Box<[bool]>),
}

impl Condition {
    pub(crate) fn compile(
        operator_text: &str,
        key_text: &str,
        values: Vec<Cow<'_, str>>,
        variables: bool,
    ) -> Result<Condition, Fault> {
        let operator =
            Operator::read(operator_text).ok_or_else(|| Fault::Operator(operator_text.into()))?;
        if !is_key(key_text) {
            return Err(Fault::ActionWithoutVendor(key_text.into()));
        }
        let test = Test::compile(operator.family, &values, variables)?;
        Ok(Condition {
            operator,
            operator_text: operator_text.into(),
            key_text: key_text.into(),
            key: normalized_key(key_text),
            value_texts: values.into_iter().map(|value| value.into_owned().into()).collect(),
            test,
        })
    }

    /// Whether the request meets the condition.
    pub(crate) fn met(&self, context: &dyn Context) -> Certainty {
        let values = context.values(&self.key);
        let values = values.as_ref().map_or(&[][..], |values| values.as_slice());
        if let Test::Null(absent) = &self.test {
            return absent.contains(&values.is_empty()).into();
        }
        let Operator { negated, if_exists, quantifier, .. } = self.operator;
        let each = |value: &Cow<'_, str>| self.test.any_equals(value, context).negated_if(negated);
        match (values, quantifier) {
            ([], _) if if_exists => Certainty::Yes,
            ([], Quantifier::Single) => negated.into(),
            ([], Quantifier::All) => Certainty::Yes,
            ([], Quantifier::Any) => Certainty::No,
            ([value], Quantifier::Single) => each(value),
            // What a plain operator says about several values is undefined.
            (_, Quantifier::Single) => Certainty::Doubt,
            (values, Quantifier::All) => Certainty::every(values.iter().map(each)),
            (values, Quantifier::Any) => Certainty::any(values.iter().map(each)),
        }
    }
}

impl Test {
    fn compile(family: Family, values: &[Cow<'_, str>], variables: bool) -> Result<Test, Fault> {
        let texts = |wildcards| -> Result<Box<[Text]>, Fault> {
            let reading = Reading { wildcards, variables };
            values
                .iter()
                .map(|value| Text::compile(value, reading).map_err(Fault::Variable))
                .collect()
        };
        Ok(match family {
            Family::StringEquals => Test::Exact(texts(false)?),
            Family::StringEqualsIgnoreCase => Test::IgnoreCase(texts(false)?),
            Family::StringLike => Test::Exact(texts(true)?),
            Family::Numeric(relation) => Test::Numeric(relation, read_all(values, Decimal::read)?),
            Family::Date(relation) => Test::Date(relation, read_all(values, Instant::read)?),
            Family::Bool => Test::Bool(read_all(values, read_bool)?),
            Family::Null => Test::Null(read_all(values, read_bool)?),
            Family::Binary => Test::Binary(read_all(values, |text| STANDARD.decode(text).ok())?),
            Family::Ip => Test::Ip(read_all(values, Range::read)?),
            Family::Arn => Test::Arn(
                values
                    .iter()
                    .map(|value| ArnPattern::compile(value, variables).map_err(Fault::Variable))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    /// Whether the value of the request stands in the operator's relation to any of the policy's.
    /// A value that the operator cannot read leaves doubt.
    fn any_equals(&self, value: &str, context: &dyn Context) -> Certainty {
        match self {
            Test::Exact(texts) => {
                // A variable without a value equals nothing.
                texts.iter().any(|text| text.matches(value, context) == Some(true)).into()
            }
            Test::IgnoreCase(texts) => texts
                .iter()
                .any(|text| text.equals_ignoring_case(value, context) == Some(true))
                .into(),
            Test::Numeric(relation, policy) => with(Decimal::read(value), |found| {
                policy.iter().any(|one| relation.holds(&found, one))
            }),
            Test::Date(relation, policy) => with(Instant::read(value), |found| {
                policy.iter().any(|one| relation.holds(&found, one))
            }),
            Test::Bool(policy) => with(read_bool(value), |found| policy.contains(&found)),
            Test::Binary(policy) => {
                with(STANDARD.decode(value).ok(), |found| policy.contains(&found))
            }
            Test::Ip(policy) => with(value.parse().ok(), |found: IpAddr| {
                policy.iter().any(|one| one.contains(found))
            }),
            Test::Arn(policy) => match arn::parts(value) {
                Some(arn) => {
                    Certainty::any(policy.iter().map(|pattern| pattern.matches(&arn, context)))
                }
                None => Certainty::Doubt,
            },
            // Null is answered before there is a value.
            Test::Null(_) => Certainty::Doubt,
        }
    }
}

fn with<T>(read: Option<T>, holds: impl FnOnce(T) -> bool) -> Certainty {
    read.map_or(Certainty::Doubt, |value| holds(value).into())
}

fn read_all<T>(
    values: &[Cow<'_, str>],
    read: impl Fn(&str) -> Option<T>,
) -> Result<Box<[T]>, Fault> {
    values
        .iter()
        .map(|value| read(value).ok_or_else(|| Fault::Operand(value.as_ref().into())))
        .collect()
}

fn read_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
