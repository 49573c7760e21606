//! What a parameter's value, pattern, tier and data type may be.

use strongroom_wire::Result;

use crate::error;
use crate::parameter::Version;
use crate::shapes::{ParameterType, Tier};

/// Bytes of a value of a standard parameter.
const STANDARD_BYTES: usize = 4_096;
/// Bytes of a value of an advanced parameter.
const ADVANCED_BYTES: usize = 8_192;
/// What a compiled pattern may weigh, in bytes.
const PATTERN_BYTES: usize = 1 << 20;
/// How deep a pattern may nest.
const PATTERN_DEPTH: u32 = 64;
/// The data types that there are.
const DATA_TYPES: [&str; 3] = ["text", "aws:ec2:image", "aws:ssm:integration"];

/// The tier of a version whose value has `bytes`; `before` is the version before it.
///
/// # Errors
/// ValidationException for a value that is too long and for the way back from Advanced.
pub fn tier(wanted: Option<Tier>, before: Option<&Version>, bytes: usize) -> Result<Tier> {
    let had = before.map(|version| version.tier);
    let tier = match wanted.or(had).unwrap_or(Tier::Standard) {
        Tier::Intelligent if had == Some(Tier::Advanced) || bytes > STANDARD_BYTES => {
            Tier::Advanced
        }
        Tier::Intelligent => Tier::Standard,
        tier => tier,
    };
    if had == Some(Tier::Advanced) && tier == Tier::Standard {
        return Err(error::invalid(
            "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware that doing so deletes all versions of the parameter.",
        ));
    }
    if tier == Tier::Standard && bytes > STANDARD_BYTES {
        return Err(error::invalid(
            "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html",
        ));
    }
    if bytes > ADVANCED_BYTES {
        return Err(error::invalid(
            "Advanced tier parameters support a maximum parameter value of 8192 characters.",
        ));
    }
    Ok(tier)
}

/// Checks a value against the pattern that it has to match somewhere.
///
/// # Errors
/// InvalidAllowedPatternException, ParameterPatternMismatchException.
pub fn pattern(pattern: &str, value: &str) -> Result<()> {
    if pattern.is_empty() {
        return Ok(());
    }
    let matches = match ascii(pattern, value) {
        Some(matches) => matches,
        // The cause would repeat the pattern on several lines.
        None => full(pattern, value).ok_or_else(|| error::bad_pattern(pattern))?,
    };
    if matches { Ok(()) } else { Err(error::pattern_mismatch(pattern)) }
}

/// Whether the pattern matches, where both are ASCII; `None` where that cannot be said. As in Java, `\w`
/// and its like are ASCII then, which costs a small part of what they cost with all of Unicode.
fn ascii(pattern: &str, value: &str) -> Option<bool> {
    if !pattern.is_ascii() || !value.is_ascii() {
        return None;
    }
    let compiled = regex::bytes::RegexBuilder::new(pattern)
        .unicode(false)
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES)
        .nest_limit(PATTERN_DEPTH)
        .build()
        .ok()?;
    Some(compiled.is_match(value.as_bytes()))
}

fn full(pattern: &str, value: &str) -> Option<bool> {
    let compiled = regex::RegexBuilder::new(pattern)
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES)
        .nest_limit(PATTERN_DEPTH)
        .build()
        .ok()?;
    Some(compiled.is_match(value))
}

/// Checks a value that is there at all.
///
/// # Errors
/// ValidationException.
pub fn value(value: &str) -> Result<()> {
    if value.is_empty() {
        return Err(error::invalid(
            "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
        ));
    }
    Ok(())
}

/// The data type of a version; a later one keeps that of the one before.
///
/// # Errors
/// ValidationException.
pub fn data_type(wanted: Option<&str>, before: Option<&Version>) -> Result<String> {
    let wanted = wanted.filter(|wanted| !wanted.is_empty());
    let had = before.map(|version| version.data_type.as_str());
    let kind = wanted.or(had).unwrap_or("text");
    if DATA_TYPES.contains(&kind) {
        return Ok(kind.to_owned());
    }
    Err(error::invalid(format!(
        "The following data type is not supported: {kind} (Data type names are all lowercase.)"
    )))
}

/// Checks that a key is only named where something is encrypted.
///
/// # Errors
/// ValidationException.
pub fn key(kind: ParameterType, key: Option<&str>) -> Result<()> {
    if key.is_some() && kind != ParameterType::SecureString {
        return Err(error::invalid(
            "KeyId can only be used with parameters of the type SecureString.",
        ));
    }
    Ok(())
}

/// Checks that no policy is asked for. `[]`, `[{}]` and `{}` are how clients ask for none.
///
/// # Errors
/// InvalidPolicyTypeException.
pub fn policies(text: Option<&str>) -> Result<()> {
    let bare: String = text.unwrap_or_default().split_whitespace().collect();
    if matches!(bare.as_str(), "" | "[]" | "[{}]" | "{}") {
        return Ok(());
    }
    Err(error::policies_not_offered())
}

/// Whether `label` is one that AWS takes.
pub fn is_label(label: &str) -> bool {
    let lower = label.to_ascii_lowercase();
    let starts_well = !lower.starts_with(|c: char| c.is_ascii_digit())
        && !lower.starts_with("aws")
        && !lower.starts_with("ssm");
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    starts_well && label.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn intelligent_tiering_takes_the_advanced_tier_only_where_it_is_needed() {
        assert_eq!(tier(Some(Tier::Intelligent), None, 4_096).unwrap(), Tier::Standard);
        assert_eq!(tier(Some(Tier::Intelligent), None, 4_097).unwrap(), Tier::Advanced);
        assert_eq!(tier(None, None, 1).unwrap(), Tier::Standard);
    }

    #[test]
    fn a_value_longer_than_its_tier_allows_is_refused() {
        assert!(tier(None, None, 4_097).is_err());
        assert!(tier(Some(Tier::Advanced), None, 8_192).is_ok());
        assert!(tier(Some(Tier::Advanced), None, 8_193).is_err());
        assert!(tier(Some(Tier::Intelligent), None, 8_193).is_err());
    }

    #[test]
    fn a_pattern_matches_anywhere_and_must_not_cost_too_much() {
        assert!(pattern("", "x").is_ok());
        assert!(pattern("b", "abc").is_ok());
        assert!(pattern("^[0-9]+$", "12a").is_err());
        assert!(pattern(r"^[\w\s]{1,1000}$", "a b").is_ok());
        assert!(pattern("^.{2}$", "äö").is_ok());
        assert!(
            pattern(&"\u{1f511}".repeat(1_024), "x")
                .is_err_and(|error| { error.message().starts_with("Parameter value") })
        );
        assert!(pattern("(", "x").is_err());
        assert!(pattern("((a{1000}){1000}){1000}", "x").is_err());
    }

    #[test]
    fn labels_do_not_look_like_numbers_or_like_those_of_aws() {
        for label in ["prod", "a.b-c_D9", "_x"] {
            assert!(is_label(label), "{label}");
        }
        for label in ["1", "9x", "awsome", "SSM", "a b", "a/b", "ä"] {
            assert!(!is_label(label), "{label}");
        }
    }

    #[test]
    fn only_the_ways_to_ask_for_no_policy_are_taken() {
        for text in [None, Some(""), Some("[]"), Some("[{}]"), Some(" { } ")] {
            assert!(policies(text).is_ok(), "{text:?}");
        }
        assert!(policies(Some(r#"[{"Type":"Expiration"}]"#)).is_err());
    }
}
