//! Policy variables.

use serde_json::{Value, json};

use crate::case::{SECRET, allow, case, deny};

fn allows(resource: &str, context: Value) -> bool {
    case(json!({"context": context, "identity": [allow(json!({"Resource": resource}))]})).allowed()
}

const OWN: &str = "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/*";

#[test]
fn a_variable_in_a_resource_stands_for_its_value() {
    assert!(allows(OWN, json!({"aws:PrincipalTag/team": "prod"})));
    assert!(!allows(OWN, json!({"aws:PrincipalTag/team": "test"})));
}

#[test]
fn a_value_is_never_a_wildcard() {
    assert!(!allows(OWN, json!({"aws:PrincipalTag/team": "*"})));
    assert!(!allows(OWN, json!({"aws:PrincipalTag/team": "pro?"})));
}

#[test]
fn without_a_value_the_resource_matches_nothing() {
    assert!(!allows(OWN, json!({})));
    assert!(!allows(OWN, json!({"aws:PrincipalTag/team": ["prod", "test"]})));
    let denied = [allow(json!({})), deny(json!({"Resource": OWN}))];
    assert!(case(json!({"identity": denied})).allowed());
}

#[test]
fn without_a_value_not_resource_neither_allows_nor_spares() {
    let allowing = [allow(json!({"NotResource": OWN}))];
    assert!(!case(json!({"identity": allowing})).allowed());
    let denying = [allow(json!({})), deny(json!({"NotResource": OWN}))];
    assert!(!case(json!({"identity": denying})).allowed());
    // Another entry that certainly matches settles it.
    let settled = [allow(json!({})), deny(json!({"NotResource": [OWN, SECRET]}))];
    assert!(case(json!({"identity": settled})).allowed());
}

#[test]
fn a_default_stands_in_for_a_missing_value() {
    let resource = "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team, 'prod'}/*";
    assert!(allows(resource, json!({})));
    assert!(!allows(resource, json!({"aws:PrincipalTag/team": "test"})));
}

#[test]
fn a_variable_in_a_condition_is_compared_with_its_value() {
    let policy = |operator: &str, value: &str| {
        allow(json!({"Condition": {operator: {"secretsmanager:ResourceTag/owner": value}}}))
    };
    let allowed = |operator: &str, value: &str| {
        let context = json!({"secretsmanager:ResourceTag/owner": "anna*", "aws:username": "anna*"});
        case(json!({"context": context, "identity": [policy(operator, value)]})).allowed()
    };
    assert!(allowed("StringEquals", "${aws:username}"));
    assert!(allowed("StringLike", "${aws:username}"));
    assert!(allowed("StringEquals", "anna${*}"));
    assert!(allowed("StringEquals", "anna*"));
    assert!(!allowed("StringLike", "ann${*}"));
    assert!(!allowed("StringEquals", "${aws:PrincipalTag/owner}"));
    assert!(allowed("StringNotEquals", "${aws:PrincipalTag/owner}"));
}

#[test]
fn a_deny_with_a_negated_comparison_to_a_missing_value_applies() {
    let condition = json!({"StringNotEquals": {"secretsmanager:ResourceTag/owner": "${aws:PrincipalTag/owner}"}});
    let identity = [allow(json!({})), deny(json!({"Condition": condition}))];
    let denied = case(
        json!({"identity": identity, "context": {"secretsmanager:ResourceTag/owner": "anna"}}),
    );
    assert!(!denied.allowed());
}

#[test]
fn before_2012_a_variable_is_plain_text() {
    let mut policy =
        allow(json!({"Condition": {"StringEquals": {"aws:username": "${aws:username}"}}}));
    let allowed = |policy: &Value, name: &str| {
        case(json!({"identity": [policy], "context": {"aws:username": name}})).allowed()
    };
    assert!(allowed(&policy, "anna"));
    policy["Version"] = "2008-10-17".into();
    assert!(!allowed(&policy, "anna"));
    assert!(allowed(&policy, "${aws:username}"));
    policy.as_object_mut().unwrap().remove("Version");
    assert!(!allowed(&policy, "anna"));
}
