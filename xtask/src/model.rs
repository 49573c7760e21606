//! Holds our operations and their inputs against AWS's models.
//!
//! Not compared, since our types do not describe it: the constraints on a map's keys, and outputs.

use std::collections::BTreeSet;

use strongroom_wire::constraint::{Constraint, UNBOUNDED};
use strongroom_wire::shape::{Member, Model};

use crate::complaint::{Complaint, Complaints};
use crate::contract::{Contract, Shape};
use crate::exceptions::Exceptions;
use crate::repository::Repository;
use crate::services::{self, Offer, Offered};

/// Compares every service.
///
/// # Errors
/// Every difference that is not on the list of exceptions.
pub fn run(repository: &Repository) -> Result<String, Complaints> {
    let exceptions = Exceptions::read(repository).map_err(|one| vec![one])?;
    let mut comparison = Comparison { exceptions, found: Vec::new(), compared: 0 };
    let offers = services::all();
    let mut offered = 0;
    for offer in &offers {
        match Contract::read(repository, offer.facts.name) {
            Ok(contract) => comparison.service(offer, &contract),
            Err(complaint) => comparison.found.push(complaint),
        }
        offered += offer.operations.len();
    }
    comparison.found.extend(comparison.exceptions.leftovers());
    if !comparison.found.is_empty() {
        return Err(comparison.found);
    }
    let members = comparison.compared;
    let services = offers.len();
    Ok(format!("model: {services} services, {offered} operations, {members} members agree"))
}

struct Comparison {
    exceptions: Exceptions,
    found: Complaints,
    compared: usize,
}

impl Comparison {
    fn service(&mut self, offer: &Offer, contract: &Contract) {
        let service = offer.facts.name;
        let refused: BTreeSet<&str> = offer.facts.not_offered.iter().map(|one| one.name).collect();
        for name in contract.operations.keys() {
            let is_offered = offer.operations.iter().any(|one| one.name == name);
            match (is_offered, refused.contains(name.as_str())) {
                (false, false) => {
                    let text = "is neither offered nor listed in `not_offered`";
                    self.differ(&format!("{service}.{name}"), "operation", text);
                }
                (true, true) => {
                    let text = "is offered and listed in `not_offered`";
                    self.differ(&format!("{service}.{name}"), "operation", text);
                }
                _ => {}
            }
        }
        for name in refused.iter().filter(|name| !contract.operations.contains_key(**name)) {
            let text = "is listed in `not_offered` and not in AWS's model";
            self.differ(&format!("{service}.{name}"), "operation", text);
        }
        for one in offer.facts.not_offered.iter().filter(|one| one.reason.is_empty()) {
            let text = "is not offered, without a reason";
            self.differ(&format!("{service}.{}", one.name), "operation", text);
        }
        for operation in &offer.operations {
            self.operation(service, operation, contract);
        }
    }

    fn operation(&mut self, service: &str, ours: &Offered, contract: &Contract) {
        let at = format!("{service}.{}", ours.name);
        let Some(theirs) = contract.operations.get(ours.name) else {
            return self.differ(&at, "operation", "is offered and not in AWS's model");
        };
        match theirs.input.as_deref().map(|name| contract.shape(name)) {
            Some(Some(shape)) => self.shape(&at, &ours.input, shape, contract),
            Some(None) => self.differ(&at, "type", "has an input that the model does not describe"),
            None => match &ours.input {
                Model::Structure(members) if members.is_empty() => {}
                _ => self.differ(&at, "type", "takes members, AWS's takes none"),
            },
        }
    }

    fn shape(&mut self, at: &str, ours: &Model, theirs: &Shape, contract: &Contract) {
        self.compared += 1;
        let (ours, is_sensitive) = match ours {
            Model::Sensitive(inner) => (&**inner, true),
            plain => (plain, false),
        };
        if theirs.sensitive && !is_sensitive && !hides_its_members(ours) {
            self.differ(at, "sensitive", "is sensitive in AWS's model and not in ours");
        }
        if !kinds(ours).contains(&theirs.kind.as_str()) {
            let text = format!("is a {} in AWS's model, ours is a {}", theirs.kind, kinds(ours)[0]);
            return self.differ(at, "type", &text);
        }
        match ours {
            Model::Structure(members) => self.structure(at, members, theirs, contract),
            Model::List(item, constraints) => {
                self.constraints(at, constraints, theirs);
                self.below(&format!("{at}[]"), item, theirs.member.as_deref(), contract);
            }
            Model::Map(value) => {
                self.below(&format!("{at}{{}}"), value, theirs.value.as_deref(), contract);
            }
            Model::Text(constraints) | Model::Number(constraints) | Model::Blob(constraints) => {
                self.constraints(at, constraints, theirs);
            }
            Model::Decimal | Model::Bool | Model::Timestamp | Model::Sensitive(_) => {}
        }
    }

    fn structure(&mut self, at: &str, ours: &[Member], theirs: &Shape, contract: &Contract) {
        for (name, reference) in &theirs.members {
            let place = format!("{at}.{name}");
            let Some(member) = ours.iter().find(|member| member.name == name) else {
                self.differ(&place, "missing", "is in AWS's model and not in ours");
                continue;
            };
            match (member.required, theirs.required.contains(name)) {
                (true, false) => self.differ(&place, "required", "is required here, not by AWS"),
                (false, true) => self.differ(&place, "required", "is required by AWS, not here"),
                _ => {}
            }
            self.below(&place, &member.model, Some(reference.name()), contract);
        }
        for member in ours.iter().filter(|member| !theirs.members.contains_key(member.name)) {
            let place = format!("{at}.{}", member.name);
            self.differ(&place, "unknown", "is in our input and not in AWS's model");
        }
    }

    fn below(&mut self, at: &str, ours: &Model, theirs: Option<&str>, contract: &Contract) {
        match theirs.and_then(|name| contract.shape(name)) {
            Some(shape) => self.shape(at, ours, shape, contract),
            None => self.differ(at, "type", "has a shape that the model does not describe"),
        }
    }

    fn constraints(&mut self, at: &str, ours: &[Constraint], theirs: &Shape) {
        let ours = Bounds::of(ours);
        for pattern in &ours.unsound {
            self.differ(
                at,
                "pattern",
                &format!("has a pattern that cannot be compiled: {pattern}"),
            );
        }
        let theirs = Bounds::of_model(theirs);
        let size = if theirs.is_number { "range" } else { "length" };
        self.compare(at, size, (&ours.min, &ours.max), (&theirs.min, &theirs.max));
        self.compare(at, "pattern", &ours.patterns, &theirs.patterns);
        self.compare(at, "enum", &ours.texts, &theirs.texts);
    }

    fn compare<T: PartialEq + std::fmt::Debug>(
        &mut self,
        at: &str,
        what: &str,
        ours: T,
        theirs: T,
    ) {
        if ours != theirs {
            self.differ(at, what, &format!("differs: AWS has {theirs:?}, we have {ours:?}"));
        }
    }

    fn differ(&mut self, at: &str, what: &str, text: &str) {
        if !self.exceptions.allow(at, what) {
            self.found.push(Complaint::new(at, format!("{what}: {text}")));
        }
    }
}

/// Whether everything in it is sensitive, so that it needs no cover of its own.
fn hides_its_members(model: &Model) -> bool {
    match model {
        Model::Sensitive(_) => true,
        Model::List(item, _) | Model::Map(item) => hides_its_members(item),
        Model::Structure(members) => {
            !members.is_empty() && members.iter().all(|member| hides_its_members(&member.model))
        }
        _ => false,
    }
}

/// What AWS's model may call it.
fn kinds(model: &Model) -> &'static [&'static str] {
    match model {
        Model::Text(_) => &["string"],
        Model::Number(_) => &["integer", "long"],
        Model::Decimal => &["double", "float"],
        Model::Bool => &["boolean"],
        Model::Blob(_) => &["blob"],
        Model::Timestamp => &["timestamp"],
        Model::List(..) => &["list"],
        Model::Map(_) => &["map"],
        Model::Structure(_) => &["structure"],
        Model::Sensitive(inner) => kinds(inner),
    }
}

/// The constraints of a shape, so that two can be compared. `None` is no bound.
#[derive(Default)]
struct Bounds {
    min: Option<i128>,
    max: Option<i128>,
    patterns: BTreeSet<String>,
    texts: BTreeSet<String>,
    is_number: bool,
    unsound: Vec<&'static str>,
}

impl Bounds {
    fn of(constraints: &[Constraint]) -> Self {
        let mut bounds = Self::default();
        for constraint in constraints {
            match *constraint {
                Constraint::Length { min, max } => {
                    bounds.min = bounds.min.max((min > 0).then_some(min.into()));
                    bounds.at_most((max != UNBOUNDED).then_some(max.into()));
                }
                Constraint::Range { min, max } => {
                    let is_bound = max < i64::from(i32::MAX);
                    bounds.min = bounds.min.max((min != i64::MIN).then_some(min.into()));
                    bounds.at_most(is_bound.then_some(max.into()));
                }
                Constraint::Pattern(pattern) => {
                    bounds.patterns.insert(pattern.text().to_owned());
                    if !pattern.is_sound() {
                        bounds.unsound.push(pattern.text());
                    }
                }
                Constraint::OneOf(texts) => {
                    bounds.texts.extend(texts.iter().map(|text| (*text).to_owned()));
                }
            }
        }
        bounds
    }

    fn at_most(&mut self, max: Option<i128>) {
        self.max = match (self.max, max) {
            (Some(had), Some(new)) => Some(had.min(new)),
            (had, new) => had.or(new),
        };
    }

    fn of_model(shape: &Shape) -> Self {
        let is_number = matches!(shape.kind.as_str(), "integer" | "long");
        let whole = |number: &serde_json::Number| number.as_i64().map(i128::from);
        let min = shape.min.as_ref().and_then(whole);
        Self {
            // No length is below zero, so that bound is none.
            min: min.filter(|min| is_number || *min > 0),
            max: shape.max.as_ref().and_then(whole).filter(|max| *max != i128::from(i32::MAX)),
            patterns: shape.pattern.iter().cloned().collect(),
            texts: shape.texts.iter().cloned().collect(),
            is_number,
            unsound: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const MODEL: &str = r#"{"botocore":"1","operations":{"Put":{"input":"PutRequest"},"Get":{}},"shapes":{
        "PutRequest":{"type":"structure","required":["Name"],"members":{
            "Name":"Name","Token":{"shape":"Token","idempotencyToken":true},"Tags":"Tags"}},
        "Name":{"type":"string","min":1,"max":8,"pattern":"[a-z]+"},
        "Token":{"type":"string","sensitive":true},
        "Tags":{"type":"list","member":"Name","max":3}}}"#;

    fn differences(members: Vec<Member>) -> Vec<String> {
        let contract: Contract = serde_json::from_str(MODEL).unwrap();
        let exceptions = Exceptions::default();
        let mut comparison = Comparison { exceptions, found: Vec::new(), compared: 0 };
        let ours = Offered {
            name: "Put",
            is_read_only: false,
            example: "",
            input: Model::Structure(members),
        };
        comparison.operation("x", &ours, &contract);
        comparison.found.iter().map(ToString::to_string).collect()
    }

    fn member(name: &'static str, required: bool, model: Model) -> Member {
        Member { name, required, model }
    }

    #[test]
    fn every_kind_of_difference_is_named_at_its_place() {
        let length = |min, max| Constraint::Length { min, max };
        let found = differences(vec![
            member("Name", false, Model::Text(vec![length(1, 9)])),
            member("Token", false, Model::Text(Vec::new())),
            member("Extra", false, Model::Bool),
        ]);
        let expected = [
            "x.Put.Name: required: is required by AWS, not here",
            "x.Put.Name: length: differs: AWS has (Some(1), Some(8)), we have (Some(1), Some(9))",
            "x.Put.Name: pattern: differs: AWS has {\"[a-z]+\"}, we have {}",
            "x.Put.Tags: missing: is in AWS's model and not in ours",
            "x.Put.Token: sensitive: is sensitive in AWS's model and not in ours",
            "x.Put.Extra: unknown: is in our input and not in AWS's model",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn another_type_is_told_and_nothing_below_it() {
        let found = differences(vec![
            member("Name", true, Model::Bool),
            member("Token", false, Model::Sensitive(Box::new(Model::Text(Vec::new())))),
            member("Tags", false, Model::Map(Box::new(Model::Bool))),
        ]);
        let expected = [
            "x.Put.Name: type: is a string in AWS's model, ours is a boolean",
            "x.Put.Tags: type: is a list in AWS's model, ours is a map",
        ];
        assert_eq!(found, expected);
    }
}
