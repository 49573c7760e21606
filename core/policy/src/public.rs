//! Whether a policy on a resource lets in the public.

use crate::condition::Condition;
use crate::condition::operator::{Family, Quantifier};
use crate::malformed::Position;
use crate::policy::{Effect, Policy, Statement, Version};
use crate::{PrincipalForm, arn};

/// The statement that makes a resource public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which statement, counted from 0.
    pub statement: usize,
    /// Its `Sid`.
    pub sid: Option<Box<str>>,
    /// Where it begins.
    pub position: Position,
    /// Whether it allows everyone but a few (`NotPrincipal`).
    pub by_exclusion: bool,
}

/// Finds the first statement that allows callers of unknown accounts.
///
/// A statement does so if it allows everyone, or everyone but those it lists, and no condition
/// confines it to fixed accounts, organizations, networks or principals. Such a condition holds only
/// if the key is present and has one of values that name somebody. Deny statements are not counted
/// in the policy's favour, nor are conditions on addresses: `aws:SourceIp` names no one.
pub fn is_public(policy: &Policy) -> Option<Finding> {
    policy
        .statements()
        .iter()
        .enumerate()
        .find(|(_, statement)| lets_anyone_in(statement, policy.version()))
        .map(|(index, statement)| Finding {
            statement: index,
            sid: statement.sid().map(Into::into),
            position: statement.position(),
            by_exclusion: statement.has_not_principal(),
        })
}

fn lets_anyone_in(statement: &Statement, version: Version) -> bool {
    let everyone = statement.has_not_principal()
        || statement.principals().any(|one| one.form() == PrincipalForm::Everyone);
    statement.effect() == Effect::Allow
        && everyone
        && !statement.conditions.iter().any(|condition| confines(condition, version))
}

/// Whether a condition can be met only by callers that its values name.
fn confines(condition: &Condition, version: Version) -> bool {
    let operator = condition.operator;
    if operator.negated || operator.if_exists || operator.quantifier == Quantifier::All {
        return false;
    }
    let Some(names) = naming(&condition.key) else {
        return false;
    };
    // Wildcards are wildcards only to the operators of likeness.
    let wild = match operator.family {
        Family::StringEquals | Family::StringEqualsIgnoreCase => Wild::No,
        Family::StringLike => Wild::AcrossColons,
        Family::Arn => Wild::WithinParts,
        _ => return false,
    };
    let variables = version == Version::V2012;
    condition
        .value_texts
        .iter()
        .all(|value| !(variables && value.contains("${")) && names(value, wild))
}

/// What a wildcard in a value can reach over.
#[derive(Clone, Copy, PartialEq)]
enum Wild {
    No,
    WithinParts,
    AcrossColons,
}

/// How to tell whether a value of the key names somebody; `None` for keys that never confine.
fn naming(key: &str) -> Option<fn(&str, Wild) -> bool> {
    match key {
        "aws:sourceaccount" | "aws:principalaccount" | "kms:calleraccount" => Some(names_account),
        "aws:principalorgid" | "aws:sourceorgid" => {
            Some(|value, wild| value.starts_with("o-") && is_exact(value, wild))
        }
        "aws:principalorgpaths" | "aws:sourceorgpaths" => Some(names_organization_path),
        "aws:sourcevpc" => Some(|value, wild| value.starts_with("vpc-") && is_exact(value, wild)),
        "aws:sourcevpce" => Some(|value, wild| value.starts_with("vpce-") && is_exact(value, wild)),
        "aws:userid" => Some(|value, wild| value != "anonymous" && is_exact(value, wild)),
        "aws:sourcearn" | "aws:principalarn" => Some(names_arn),
        _ => None,
    }
}

fn is_exact(value: &str, wild: Wild) -> bool {
    !value.is_empty() && (wild == Wild::No || !value.contains(['*', '?']))
}

fn names_account(value: &str, _: Wild) -> bool {
    value.len() == 12 && value.bytes().all(|b| b.is_ascii_digit())
}

/// `o-abc/r-def/*` names the organization at its head.
fn names_organization_path(value: &str, wild: Wild) -> bool {
    value.split_once('/').is_some_and(|(head, _)| head.starts_with("o-") && is_exact(head, wild))
}

/// An ARN names somebody if it is exact, or if its account is and no wildcard can shift the parts.
fn names_arn(value: &str, wild: Wild) -> bool {
    let Some(parts) = arn::parts(value) else {
        return false;
    };
    let head_is_exact = parts[..4].iter().all(|part| !part.contains(['*', '?']));
    is_exact(value, wild)
        || (names_account(parts[4], wild) && (wild == Wild::WithinParts || head_is_exact))
}
