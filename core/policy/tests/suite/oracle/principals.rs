//! Who is meant by Principal and NotPrincipal, and what that is worth.

use serde_json::Value;

use super::patterns::request_values;
use super::strings;
use crate::case::{Caller, Case, GrantCase};

/// What an Allow on a resource is worth to the caller, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// The account's own policies must allow as well.
    Delegation,
    /// Boundary and session policies must allow as well.
    Limited,
    /// Nothing else is needed.
    Final,
}

pub fn named(statement: &Value, caller: &Caller) -> (Option<bool>, Strength) {
    if let Some(listed) = statement.get("NotPrincipal") {
        let entries = entries(listed);
        let known = if statement["Effect"] == "Deny" {
            Some(!exempt(&entries, caller))
        } else if entries.iter().any(|entry| meaning(entry, caller).is_some()) {
            Some(false)
        } else if caller.kind == "provider" {
            None
        } else {
            Some(true)
        };
        return (known, Strength::Final);
    }
    let entries = entries(&statement["Principal"]);
    let Some(strength) = entries.iter().filter_map(|entry| meaning(entry, caller)).max() else {
        return (Some(false), Strength::Delegation);
    };
    let by_name = entries.iter().any(|entry| entry.0 == "Federated" && entry.1 == caller.arn);
    if caller.kind == "provider" && !by_name {
        return (None, strength);
    }
    (Some(true), strength)
}

fn entries(principal: &Value) -> Vec<(String, String)> {
    match principal {
        Value::String(text) => vec![("AWS".into(), text.clone())],
        principal => principal
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(element, values)| {
                strings(values).into_iter().map(|text| (element.clone(), text))
            })
            .collect(),
    }
}

fn meaning((element, text): &(String, String), caller: &Caller) -> Option<Strength> {
    let is = |field: &Option<String>| field.as_deref() == Some(&**text);
    match (&**element, &*caller.kind) {
        ("AWS", _) if text == "*" => Some(Strength::Final),
        ("Service", "service") | ("Federated", "provider") if *text == caller.arn => {
            Some(Strength::Final)
        }
        ("AWS", "root" | "user" | "assumed_role" | "federated") => {
            let account_root = format!("arn:aws:iam::{}:root", caller.account);
            if *text == caller.account || *text == account_root {
                return Some(Strength::Delegation);
            }
            match &*caller.kind {
                "user" if *text == caller.arn || *text == caller.id => Some(Strength::Final),
                "assumed_role" if *text == caller.arn => Some(Strength::Final),
                "assumed_role"
                    if is(&caller.role_arn) || caller.id.starts_with(&format!("{text}:")) =>
                {
                    Some(Strength::Limited)
                }
                "federated" if *text == caller.arn => Some(Strength::Final),
                "federated" if is(&caller.user_arn) || is(&caller.user_id) => {
                    Some(Strength::Limited)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether NotPrincipal lists the caller under all of its names.
fn exempt(entries: &[(String, String)], caller: &Caller) -> bool {
    let found: Vec<Strength> = entries.iter().filter_map(|entry| meaning(entry, caller)).collect();
    if entries.iter().any(|(element, text)| element == "AWS" && text == "*") {
        return true;
    }
    let needed: &[Strength] = match &*caller.kind {
        "root" => &[Strength::Delegation],
        "user" | "federated" => &[Strength::Delegation, Strength::Final],
        "assumed_role" => &[Strength::Delegation, Strength::Limited, Strength::Final],
        "service" | "provider" => &[Strength::Final],
        _ => return false,
    };
    needed.iter().all(|strength| found.contains(strength))
}

pub fn grant_strength(grant: &GrantCase, case: &Case) -> Option<Strength> {
    let element = if grant.grantee.ends_with(".amazonaws.com") { "Service" } else { "AWS" };
    let strength = meaning(&(element.into(), grant.grantee.clone()), &case.caller())?;
    let operation = case.action.strip_prefix("kms:")?;
    if !grant.operations.iter().any(|one| one == operation) {
        return None;
    }
    if operation == "DescribeKey" || operation == "RetireGrant" {
        return Some(strength);
    }
    let names = request_values("kms:EncryptionContextKeys", case);
    let has = |name: &String, value: &Value| {
        names.contains(name)
            && request_values(&format!("kms:EncryptionContext:{name}"), case)
                == [value.as_str().unwrap()]
    };
    let equals = grant
        .equals
        .as_ref()
        .is_none_or(|pairs| pairs.len() == names.len() && pairs.iter().all(|(n, v)| has(n, v)));
    let subset = grant.subset.as_ref().is_none_or(|pairs| pairs.iter().all(|(n, v)| has(n, v)));
    (equals && subset).then_some(strength)
}
