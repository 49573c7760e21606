//! The rules once more, slow and plain, straight over the JSON: what the engine must agree with.
//!
//! Shares no code with the engine. `None` in an `Option<bool>` is doubt.

mod conditions;
mod patterns;
mod principals;

use serde_json::{Map, Value};

use crate::case::{Case, Rule};
use conditions::conditions_hold;
use patterns::{action_matches, resource_matches};
use principals::{Strength, named};

/// allow, or explicit or implicit and the policy type.
pub fn answer(case: &Case) -> String {
    let by_resource =
        if case.rule == Rule::Trust { "role trust policy" } else { "resource-based policy" };
    let sides = [
        ("service control policy", case.service_control.concat()),
        (by_resource, resource_documents(case)),
        ("identity-based policy", identity_documents(case)),
        ("permissions boundary", case.boundary.iter().cloned().collect()),
        ("session policy", case.session.clone().unwrap_or_default()),
    ];
    for (name, documents) in &sides {
        if documents.iter().any(|document| denies(document, case, *name == by_resource)) {
            return format!("explicit {name}");
        }
    }
    match missing(case, by_resource) {
        Some(name) => format!("implicit {name}"),
        None => "allow".into(),
    }
}

fn missing(case: &Case, by_resource: &'static str) -> Option<&'static str> {
    let caller = case.caller();
    let kind = &*caller.kind;
    let any_allows = |documents: &[Value]| documents.iter().any(|document| allows(document, case));
    if case.service_control.iter().any(|level| !any_allows(level)) {
        return Some("service control policy");
    }
    let strength = strength(case);
    if matches!(kind, "service" | "provider" | "anonymous") {
        return (strength != Some(Strength::Final)).then_some(by_resource);
    }
    let identity = kind == "root" || any_allows(&case.identity);
    let boundary = case.boundary.as_ref().is_none_or(|document| allows(document, case));
    let session = match &case.session {
        Some(documents) => any_allows(documents),
        None => kind != "federated",
    };
    let everything = || {
        [
            (identity, "identity-based policy"),
            (boundary, "permissions boundary"),
            (session, "session policy"),
        ]
        .into_iter()
        .find(|(allowed, _)| !allowed)
        .map(|(_, name)| name)
    };
    let same_account = caller.account == case.resource_account;
    if !same_account || matches!(case.rule, Rule::Key | Rule::Trust) {
        match strength {
            None => return Some(by_resource),
            Some(_) if !same_account => return everything(),
            Some(_) => {}
        }
    }
    match strength {
        Some(Strength::Final) => None,
        Some(Strength::Limited) if !boundary => Some("permissions boundary"),
        Some(Strength::Limited) if !session => Some("session policy"),
        Some(Strength::Limited) => None,
        Some(Strength::Delegation) | None => everything(),
    }
}

fn resource_documents(case: &Case) -> Vec<Value> {
    match case.rule {
        Rule::None => Vec::new(),
        _ => case.resource_policy.iter().cloned().collect(),
    }
}

fn identity_documents(case: &Case) -> Vec<Value> {
    if case.caller().kind == "root" { Vec::new() } else { case.identity.clone() }
}

/// The strongest way in which the resource allows the caller.
fn strength(case: &Case) -> Option<Strength> {
    let mut found = Vec::new();
    for document in resource_documents(case) {
        for statement in statements(&document) {
            if statement["Effect"] == "Allow"
                && let (Some(true), strength) = named(statement, &case.caller())
                && covers(&document, statement, case) == Some(true)
            {
                found.push(strength);
            }
        }
    }
    if case.rule == Rule::Key {
        found
            .extend(case.grants.iter().filter_map(|grant| principals::grant_strength(grant, case)));
    }
    found.into_iter().max()
}

fn denies(document: &Value, case: &Case, on_resource: bool) -> bool {
    statements(document).into_iter().filter(|statement| statement["Effect"] == "Deny").any(
        |statement| {
            let principal =
                if on_resource { named(statement, &case.caller()).0 } else { Some(true) };
            and([principal, covers(document, statement, case)]) != Some(false)
        },
    )
}

fn allows(document: &Value, case: &Case) -> bool {
    statements(document).into_iter().any(|statement| {
        statement["Effect"] == "Allow" && covers(document, statement, case) == Some(true)
    })
}

/// Whether action, resource and conditions of a statement fit.
fn covers(document: &Value, statement: &Value, case: &Case) -> Option<bool> {
    let variables = document["Version"] == "2012-10-17";
    let action = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(listed), _) => {
            strings(listed).iter().any(|pattern| action_matches(pattern, &case.action))
        }
        (None, Some(listed)) => {
            !strings(listed).iter().any(|pattern| action_matches(pattern, &case.action))
        }
        (None, None) => unreachable!("a statement without actions"),
    };
    let resource = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(listed), _) => Some(
            strings(listed).iter().any(|one| resource_matches(one, case, variables) == Some(true)),
        ),
        (None, Some(listed)) => {
            not(or(strings(listed).iter().map(|one| resource_matches(one, case, variables))))
        }
        (None, None) => Some(true),
    };
    let none = Map::new();
    let conditions = statement.get("Condition").map_or(&none, |block| block.as_object().unwrap());
    and([Some(action), resource, conditions_hold(conditions, case, variables)])
}

fn statements(document: &Value) -> Vec<&Value> {
    match &document["Statement"] {
        Value::Array(statements) => statements.iter().collect(),
        statement => vec![statement],
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(strings).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

fn and(all: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let all: Vec<_> = all.into_iter().collect();
    if all.contains(&Some(false)) {
        Some(false)
    } else if all.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn or(all: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    not(and(all.into_iter().map(not)))
}

fn not(one: Option<bool>) -> Option<bool> {
    one.map(|one| !one)
}
