//! The inputs of a service, held against AWS's model.

use serde_json::Value;
use strongroom_api::Host;
use strongroom_wire::constraint::{Constraint, UNBOUNDED};
use strongroom_wire::shape::Model;

/// Where the inputs of `host` differ from AWS's `model` (a file of `conformance/models`): operations
/// that are neither offered nor listed as not offered, members, requirements and constraints, each as
/// one line: `CreateUser.Path: pattern …`.
#[must_use]
pub fn differences_from_model(host: &dyn Host, model: &str) -> Vec<String> {
    let model: Value = serde_json::from_str(model).expect("a model is JSON");
    let mut differences = Vec::new();
    let offered = host.operations();
    for (name, operation) in model["operations"].as_object().expect("operations") {
        let not_offered = host.facts().not_offered.iter().any(|one| one.name == name);
        match offered.iter().find(|one| one.name == name) {
            Some(_) if not_offered => differences.push(format!("{name}: offered and not offered")),
            None if !not_offered => differences.push(format!("{name}: neither offered nor listed")),
            None => {}
            Some(ours) => {
                let theirs = operation["input"].as_str().map(|shape| &model["shapes"][shape]);
                let nothing = serde_json::json!({"type": "structure", "members": {}});
                let theirs = theirs.unwrap_or(&nothing);
                compare(&model["shapes"], name, &ours.model, theirs, 0, &mut differences);
            }
        }
    }
    differences
}

/// Shapes nested deeper are recursive.
const DEEPEST: usize = 6;

fn compare(
    shapes: &Value,
    at: &str,
    ours: &Model,
    theirs: &Value,
    depth: usize,
    out: &mut Vec<String>,
) {
    if depth > DEEPEST {
        return;
    }
    match ours {
        Model::Sensitive(inner) => compare(shapes, at, inner, theirs, depth, out),
        Model::Structure(members) => {
            let theirs_members = theirs["members"].as_object().cloned().unwrap_or_default();
            let required: Vec<_> = theirs["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for name in theirs_members.keys() {
                if !members.iter().any(|member| member.name == name) {
                    out.push(format!("{at}.{name}: missing"));
                }
            }
            for member in members {
                let path = format!("{at}.{}", member.name);
                let reference = theirs_members.get(member.name);
                // A deprecated member says more of itself than its shape.
                let shape =
                    reference.and_then(|one| one.as_str().or_else(|| one["shape"].as_str()));
                let Some(shape) = shape else {
                    out.push(format!("{path}: unknown to the model"));
                    continue;
                };
                if member.required != required.contains(&member.name) {
                    out.push(format!("{path}: required is {}", member.required));
                }
                compare(shapes, &path, &member.model, &shapes[shape], depth + 1, out);
            }
        }
        Model::List(item, constraints) => {
            compare_constraints(at, constraints, theirs, out);
            let shape = theirs["member"].as_str().unwrap_or_default();
            compare(shapes, &format!("{at}[]"), item, &shapes[shape], depth + 1, out);
        }
        Model::Text(constraints) | Model::Number(constraints) | Model::Blob(constraints) => {
            compare_constraints(at, constraints, theirs, out);
        }
        Model::Map(_) | Model::Bool | Model::Decimal | Model::Timestamp => {}
    }
}

fn compare_constraints(at: &str, ours: &[Constraint], theirs: &Value, out: &mut Vec<String>) {
    let mut ours_said: Vec<String> = Vec::new();
    for constraint in ours {
        match constraint {
            Constraint::Length { min, max } => {
                ours_said.extend((*min > 0).then(|| format!("min {min}")));
                ours_said.extend((*max != UNBOUNDED).then(|| format!("max {max}")));
            }
            Constraint::Range { min, max } => {
                ours_said.extend((*min > 0).then(|| format!("min {min}")));
                ours_said.extend((*max != i64::MAX).then(|| format!("max {max}")));
            }
            Constraint::Pattern(pattern) => {
                assert!(pattern.is_sound(), "{at}: the pattern does not compile");
                ours_said.push(format!("pattern {}", pattern.text()));
            }
            Constraint::OneOf(set) => ours_said.push(format!("enum {set:?}")),
        }
    }
    let mut theirs_said = Vec::new();
    for bound in ["min", "max"] {
        let number = theirs[bound].as_i64().filter(|number| *number > 0);
        theirs_said.extend(number.map(|number| format!("{bound} {number}")));
    }
    theirs_said.extend(theirs["pattern"].as_str().map(|pattern| format!("pattern {pattern}")));
    if let Some(set) = theirs["enum"].as_array() {
        let set: Vec<_> = set.iter().filter_map(Value::as_str).collect();
        theirs_said.push(format!("enum {set:?}"));
    }
    ours_said.sort();
    theirs_said.sort();
    if ours_said != theirs_said {
        out.push(format!("{at}: {ours_said:?}, the model says {theirs_said:?}"));
    }
}
