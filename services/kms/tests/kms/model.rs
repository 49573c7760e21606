//! Our inputs against AWS's model of KMS.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use strongroom_api::{Host, Service};
use strongroom_kms::Kms;
use strongroom_wire::constraint::Constraint;
use strongroom_wire::shape::Model;

use crate::Scene;

fn aws() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/models/kms.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_operation_of_aws_is_offered_or_refused_by_name() {
    let aws = aws();
    let all: BTreeSet<&str> = aws["operations"].as_object().unwrap().keys().map(|k| &**k).collect();
    let scene = Scene::new(1);
    let offered: BTreeSet<&str> = scene.host.operations().iter().map(|one| one.name).collect();
    let refused: BTreeSet<&str> = Kms::FACTS.not_offered.iter().map(|one| one.name).collect();
    assert!(offered.is_disjoint(&refused));
    assert_eq!(&offered | &refused, all);
}

#[test]
fn inputs_are_as_aws_models_them() {
    let aws = aws();
    let mut faults = Vec::new();
    for operation in Scene::new(1).host.operations() {
        let input = aws["operations"][operation.name]["input"].as_str().unwrap();
        compare(&aws, operation.name, input, &operation.model, &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn compare(aws: &Value, at: &str, shape: &str, ours: &Model, faults: &mut Vec<String>) {
    let theirs = &aws["shapes"][shape];
    let ours = match ours {
        Model::Sensitive(inner) => inner,
        other => {
            if theirs["sensitive"] == true {
                faults.push(format!("{at}: {shape} is sensitive"));
            }
            other
        }
    };
    let (kind, constraints): (&str, &[Constraint]) = match ours {
        Model::Text(constraints) => ("string", constraints),
        Model::Number(constraints) => ("integer", constraints),
        Model::Blob(constraints) => ("blob", constraints),
        Model::List(_, constraints) => ("list", constraints),
        Model::Bool => ("boolean", &[]),
        Model::Timestamp => ("timestamp", &[]),
        Model::Map(_) => ("map", &[]),
        Model::Structure(_) => ("structure", &[]),
        Model::Decimal | Model::Sensitive(_) => ("other", &[]),
    };
    if theirs["type"] != kind {
        faults.push(format!("{at}: {shape} is {} and not {kind}", theirs["type"]));
        return;
    }
    compare_constraints(at, theirs, constraints, faults);
    match ours {
        Model::List(item, _) => {
            let of = member_shape(&theirs["member"]);
            compare(aws, &format!("{at}[]"), of, item, faults);
        }
        Model::Structure(members) => {
            let required: BTreeSet<&str> = theirs["required"]
                .as_array()
                .map(|names| names.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            let mut left: BTreeMap<&str, &Value> = theirs["members"]
                .as_object()
                .map(|all| all.iter().map(|(name, member)| (&**name, member)).collect())
                .unwrap_or_default();
            for member in members {
                let at = format!("{at}.{}", member.name);
                let Some(of) = left.remove(member.name) else {
                    faults.push(format!("{at} is not in the model"));
                    continue;
                };
                if member.required != required.contains(member.name) {
                    faults.push(format!("{at}: required differs"));
                }
                compare(aws, &at, member_shape(of), &member.model, faults);
            }
            faults.extend(left.keys().map(|name| format!("{at}.{name} is missing")));
        }
        _ => {}
    }
}

fn member_shape(member: &Value) -> &str {
    member.as_str().or_else(|| member["shape"].as_str()).unwrap()
}

fn compare_constraints(at: &str, theirs: &Value, ours: &[Constraint], faults: &mut Vec<String>) {
    let (mut min, mut max, mut pattern, mut texts) = (None, None, None, None);
    for constraint in ours {
        match *constraint {
            Constraint::Length { min: low, max: high } => {
                min = Some(low);
                max = Some(high).filter(|high| *high != u64::MAX);
            }
            Constraint::Range { min: low, max: high } => {
                (min, max) = (low.try_into().ok(), high.try_into().ok());
            }
            Constraint::Pattern(text) => {
                assert!(text.is_sound(), "{at}: {}", text.text());
                pattern = Some(text.text());
            }
            Constraint::OneOf(all) => texts = Some(all.iter().copied().collect::<BTreeSet<_>>()),
        }
    }
    let their_texts = theirs["enum"]
        .as_array()
        .map(|all| all.iter().filter_map(Value::as_str).collect::<BTreeSet<_>>());
    if texts != their_texts {
        faults.push(format!("{at}: {texts:?} against {their_texts:?}"));
    }
    if pattern != theirs["pattern"].as_str() {
        faults.push(format!("{at}: {pattern:?} against {}", theirs["pattern"]));
    }
    // A length of at least 0 says nothing.
    let zero = |bound: Option<u64>| bound.filter(|bound| *bound > 0);
    if zero(min) != zero(theirs["min"].as_u64()) || max != theirs["max"].as_u64() {
        faults
            .push(format!("{at}: {min:?}..={max:?} against {}..={}", theirs["min"], theirs["max"]));
    }
}
