//! What holds for every policy and every request.

use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};
use strongroom_policy::{Kind, Policy, is_public};

use crate::case::{Case, Rule, Who, parse};
use crate::generated::{Side, any_case, document, statement};

const KINDS: [Kind; 7] = [
    Kind::Identity,
    Kind::Session,
    Kind::Boundary,
    Kind::ServiceControl,
    Kind::Resource,
    Kind::Trust,
    Kind::KeyPolicy,
];

fn with_effect(mut statement: Value, effect: &str) -> Value {
    statement["Effect"] = effect.into();
    statement
}

/// The case with a statement added to one of its documents, whichever `place` hits.
fn with_statement(case: &Case, statement: &Value, place: usize) -> Case {
    let mut changed = case.clone();
    let mut documents: Vec<&mut Value> = changed.identity.iter_mut().collect();
    documents.extend(&mut changed.boundary);
    documents.extend(changed.session.iter_mut().flatten());
    if !documents.is_empty() {
        let place = place % documents.len();
        documents[place]["Statement"]
            .as_array_mut()
            .unwrap()
            .push(statement.clone());
    }
    changed
}

fn with_resource_statement(case: &Case, statement: &Value) -> Case {
    let mut changed = case.clone();
    if let (Some(document), Rule::Ordinary | Rule::Key) = (&mut changed.resource_policy, case.rule)
    {
        document["Statement"]
            .as_array_mut()
            .unwrap()
            .push(statement.clone());
    }
    changed
}

fn with_statements_reversed(case: &Case) -> Case {
    let mut changed = case.clone();
    let reverse = |document: &mut Value| document["Statement"].as_array_mut().unwrap().reverse();
    changed.identity.iter_mut().for_each(reverse);
    changed.identity.reverse();
    changed.boundary.iter_mut().for_each(reverse);
    changed.session.iter_mut().flatten().for_each(reverse);
    changed
        .service_control
        .iter_mut()
        .flatten()
        .for_each(reverse);
    changed.resource_policy.iter_mut().for_each(reverse);
    changed.grants.reverse();
    changed
}

proptest! {
    #![proptest_config(Config { cases: Config::default().cases.max(1_500), failure_persistence: None, ..Config::default() })]

    #[test]
    fn an_added_deny_never_allows(
        case in any_case(), own in statement(Side::Caller), theirs in statement(Side::Resource), place in 0..9_usize
    ) {
        let changed = with_statement(&case, &with_effect(own, "Deny"), place);
        let changed = with_resource_statement(&changed, &with_effect(theirs, "Deny"));
        prop_assert!(case.allowed() || !changed.allowed());
    }

    #[test]
    fn an_added_allow_never_denies(
        case in any_case(), own in statement(Side::Caller), theirs in statement(Side::Resource), place in 0..9_usize
    ) {
        let changed = with_statement(&case, &with_effect(own, "Allow"), place);
        let changed = with_resource_statement(&changed, &with_effect(theirs, "Allow"));
        prop_assert!(!case.allowed() || changed.allowed());
    }

    #[test]
    fn the_order_of_statements_and_policies_does_not_matter(case in any_case()) {
        prop_assert_eq!(case.answer(), with_statements_reversed(&case).answer());
    }

    #[test]
    fn one_policy_of_many_statements_is_as_many_policies_of_one(case in any_case()) {
        let mut split = case.clone();
        split.identity = case
            .identity
            .iter()
            .flat_map(|document| {
                document["Statement"].as_array().unwrap().iter().map(|statement| {
                    let mut alone = document.clone();
                    alone["Statement"] = json!([statement]);
                    alone
                })
            })
            .collect();
        prop_assert_eq!(case.answer(), split.answer());
    }

    #[test]
    fn boundaries_sessions_and_organizations_only_narrow(case in any_case(), limit in document(Side::Organization)) {
        let without = Case { boundary: None, service_control: Vec::new(), ..case.clone() };
        prop_assert!(without.allowed() || !case.allowed());
        let more = Case { service_control: [case.service_control.clone(), vec![vec![limit]]].concat(), ..case.clone() };
        prop_assert!(case.allowed() || !more.allowed());
        if case.session.is_none() {
            let scoped = Case { session: Some(Vec::new()), ..case.clone() };
            prop_assert!(case.allowed() || !scoped.allowed());
        }
    }

    #[test]
    fn an_explanation_tells_what_was_decided(case in any_case()) {
        let explanation = case.explanation();
        prop_assert_eq!(explanation.allowed, case.allowed());
        let denies = explanation.policies.iter().any(|policy| policy.outcome == strongroom_policy::Outcome::Denies);
        prop_assert_eq!(denies, case.answer().starts_with("explicit"));
        prop_assert_eq!(!denies && explanation.missing.is_empty(), explanation.allowed);
        if let Some(missing) = explanation.missing.first() {
            prop_assert_eq!(case.answer(), format!("implicit {}", missing.name()));
        }
    }

    #[test]
    fn strangers_get_nothing_from_a_policy_that_is_not_public(document in document(Side::Resource)) {
        let policy = parse(&document, Kind::Resource);
        for who in ["anonymous", "stranger"] {
            let case = Case {
                principal: Who::Preset(who.into()),
                identity: vec![json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})],
                resource_policy: Some(document.clone()),
                ..Case::default()
            };
            let named = policy.principals().any(|one| one.account() == Some("444455556666"));
            prop_assert!(is_public(&policy).is_some() || named || !case.allowed(), "{}", who);
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "(?s).{0,200}", place in 0..400_usize, document in document(Side::Resource)) {
        let mut mangled = document.to_string();
        let place = (0..=place.min(mangled.len())).rev().find(|at| mangled.is_char_boundary(*at)).unwrap_or_default();
        mangled.insert_str(place, &text);
        let cut = &document.to_string()[..place];
        for kind in KINDS {
            for text in [&*text, &*mangled, cut] {
                if let Err(malformed) = Policy::parse(text, kind) {
                    prop_assert!(malformed.position().line > 0 && !malformed.to_string().is_empty());
                }
            }
        }
    }

    #[test]
    fn replacing_no_principal_changes_nothing(document in document(Side::Resource)) {
        let policy = parse(&document, Kind::Resource);
        prop_assert_eq!(policy.with_principals_replaced(|one| Some(one.text().to_owned())), policy.text());
    }
}
