//! The names of condition operators, and what each asks.

/// What an operator compares, without prefix, suffix and negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Relation),
    Date(Relation),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// How a value of the request must stand to a value of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    pub(crate) fn holds<T: Ord>(self, request: &T, policy: &T) -> bool {
        match self {
            Relation::Equal => request == policy,
            Relation::Less => request < policy,
            Relation::LessOrEqual => request <= policy,
            Relation::Greater => request > policy,
            Relation::GreaterOrEqual => request >= policy,
        }
    }
}

/// Over which values of a multivalued key an operator must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// For the only one: the key is single-valued.
    Single,
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// An operator as written: `ForAllValues:StringNotLikeIfExists`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) family: Family,
    pub(crate) negated: bool,
    pub(crate) if_exists: bool,
    pub(crate) quantifier: Quantifier,
}

impl Operator {
    /// Reads a name, whatever its case; `None` if there is no such operator.
    pub(crate) fn read(name: &str) -> Option<Operator> {
        let lower = name.to_ascii_lowercase();
        let (quantifier, rest) = match lower.split_once(':') {
            None => (Quantifier::Single, &*lower),
            Some(("forallvalues", rest)) => (Quantifier::All, rest),
            Some(("foranyvalue", rest)) => (Quantifier::Any, rest),
            Some(_) => return None,
        };
        let (base, if_exists) = match rest.strip_suffix("ifexists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (family, negated) = base_operator(base)?;
        // Null asks for absence itself: no suffix, and no set to ask over.
        let plain = !if_exists && quantifier == Quantifier::Single;
        (family != Family::Null || plain).then_some(Operator {
            family,
            negated,
            if_exists,
            quantifier,
        })
    }
}

fn base_operator(name: &str) -> Option<(Family, bool)> {
    use Relation::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    Some(match name {
        "stringequals" => (Family::StringEquals, false),
        "stringnotequals" => (Family::StringEquals, true),
        "stringequalsignorecase" => (Family::StringEqualsIgnoreCase, false),
        "stringnotequalsignorecase" => (Family::StringEqualsIgnoreCase, true),
        "stringlike" => (Family::StringLike, false),
        "stringnotlike" => (Family::StringLike, true),
        "numericequals" => (Family::Numeric(Equal), false),
        "numericnotequals" => (Family::Numeric(Equal), true),
        "numericlessthan" => (Family::Numeric(Less), false),
        "numericlessthanequals" => (Family::Numeric(LessOrEqual), false),
        "numericgreaterthan" => (Family::Numeric(Greater), false),
        "numericgreaterthanequals" => (Family::Numeric(GreaterOrEqual), false),
        "dateequals" => (Family::Date(Equal), false),
        "datenotequals" => (Family::Date(Equal), true),
        "datelessthan" => (Family::Date(Less), false),
        "datelessthanequals" => (Family::Date(LessOrEqual), false),
        "dategreaterthan" => (Family::Date(Greater), false),
        "dategreaterthanequals" => (Family::Date(GreaterOrEqual), false),
        "bool" => (Family::Bool, false),
        "binaryequals" => (Family::Binary, false),
        "ipaddress" => (Family::Ip, false),
        "notipaddress" => (Family::Ip, true),
        "arnequals" | "arnlike" => (Family::Arn, false),
        "arnnotequals" | "arnnotlike" => (Family::Arn, true),
        "null" => (Family::Null, false),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_suffixes_and_case_are_understood() {
        let found = Operator::read("forAllValues:StringNotLikeIfExists");
        let expected = Operator {
            family: Family::StringLike,
            negated: true,
            if_exists: true,
            quantifier: Quantifier::All,
        };
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn what_is_no_operator_is_refused() {
        for name in [
            "",
            "StringEqual",
            "NullIfExists",
            "ForAnyValue:Null",
            "ForSome:Bool",
            "IfExists",
            "BoolNot",
        ] {
            assert_eq!(Operator::read(name), None, "{name} was accepted");
        }
    }
}
