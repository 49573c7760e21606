//! The operations and their inputs against AWS's model.

use std::collections::BTreeSet;

use serde_json::Value;
use strongroom_api::{Host, Service};
use strongroom_organizations::Organizations;
use strongroom_wire::constraint::{Constraint, UNBOUNDED};
use strongroom_wire::shape::{Member, Model};

use crate::Scene;

fn aws() -> Value {
    let text = include_str!("../../../../conformance/models/organizations.json");
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_operation_of_the_model_is_offered_or_has_a_reason() {
    let scene = Scene::new(10);
    let offered: Vec<_> = scene.host.operations().iter().map(|one| one.name).collect();
    let refused: Vec<_> = Organizations::FACTS.not_offered.iter().map(|one| one.name).collect();
    let both: BTreeSet<_> = offered.iter().chain(&refused).map(|name| (*name).to_owned()).collect();
    assert_eq!(both.len(), offered.len() + refused.len(), "nothing is in both lists");
    assert_eq!(both, aws()["operations"].as_object().unwrap().keys().cloned().collect());
}

#[test]
fn every_input_has_the_members_and_constraints_of_the_model() {
    let aws = aws();
    for operation in Scene::new(11).host.operations() {
        match aws["operations"][operation.name].get("input") {
            Some(shape) => compare(&aws, shape.as_str().unwrap(), &operation.model, operation.name),
            None => {
                assert!(matches!(&operation.model, Model::Structure(none) if none.is_empty()));
            }
        }
    }
}

/// Compares `ours` with the shape called `name`.
fn compare(aws: &Value, name: &str, ours: &Model, at: &str) {
    let theirs = &aws["shapes"][name];
    let sensitive = theirs["sensitive"] == true;
    match ours {
        Model::Sensitive(inner) => {
            assert!(sensitive, "{at}: {name} is not sensitive in the model");
            constraints(theirs, inner, at);
        }
        Model::Structure(members) => structure(aws, theirs, members, at),
        Model::List(item, _) => {
            compare(aws, theirs["member"].as_str().unwrap(), item, &format!("{at}[]"));
        }
        _ => {
            assert!(!sensitive, "{at}: {name} is sensitive in the model");
            constraints(theirs, ours, at);
        }
    }
}

fn structure(aws: &Value, theirs: &Value, members: &[Member], at: &str) {
    let wanted: BTreeSet<_> = theirs["members"].as_object().unwrap().keys().cloned().collect();
    let found: BTreeSet<_> = members.iter().map(|member| member.name.to_owned()).collect();
    assert_eq!(found, wanted, "{at}");
    for member in members {
        let at = format!("{at}.{}", member.name);
        let required = theirs["required"].as_array().unwrap().contains(&member.name.into());
        assert_eq!(member.required, required, "{at}");
        let shape = theirs["members"][member.name].as_str().unwrap();
        compare(aws, shape, &member.model, &at);
    }
}

fn constraints(theirs: &Value, ours: &Model, at: &str) {
    let (Model::Text(ours) | Model::Number(ours)) = ours else {
        panic!("{at}: unexpected {ours:?}");
    };
    let (mut min, mut max, mut pattern, mut texts) = (0, None, None, None);
    for constraint in ours {
        match constraint {
            Constraint::Length { min: least, max: most } => {
                (min, max) = (*least, Some(*most).filter(|most| *most != UNBOUNDED));
            }
            Constraint::Range { min: least, max: most } => {
                (min, max) = (u64::try_from(*least).unwrap(), u64::try_from(*most).ok());
            }
            Constraint::Pattern(one) => {
                assert!(one.is_sound(), "{at}: {} cannot be matched", one.text());
                pattern = Some(one.text());
            }
            Constraint::OneOf(all) => texts = Some(all.to_vec()),
        }
    }
    assert_eq!(min, theirs["min"].as_u64().unwrap_or(0), "{at}");
    assert_eq!(max, theirs["max"].as_u64(), "{at}");
    assert_eq!(pattern, theirs["pattern"].as_str(), "{at}");
    let wanted = theirs["enum"].as_array();
    let wanted = wanted.map(|all| all.iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>());
    assert_eq!(texts, wanted, "{at}");
}
