//! Absent keys, suffixes, sets of values, and conditions together.

use serde_json::{Value, json};

use crate::case::{allow, case};
use crate::conditions::{DOUBT, NO, YES, check, met};

#[test]
fn an_absent_key_fails_every_operator_but_the_negated() {
    for operator in [
        "StringEquals",
        "StringLike",
        "Bool",
        "NumericEquals",
        "DateEquals",
        "IpAddress",
        "ArnLike",
    ] {
        let value = match operator {
            "Bool" => "true",
            "NumericEquals" => "1",
            "DateEquals" => "2020-01-01",
            "IpAddress" => "10.0.0.0/8",
            _ => "arn:aws:s3:::b",
        };
        assert_eq!(met(operator, json!(value), Value::Null), NO, "{operator}");
        assert_eq!(
            met(&format!("{operator}IfExists"), json!(value), Value::Null),
            YES,
            "{operator}"
        );
    }
    for operator in [
        "StringNotEquals",
        "StringNotLike",
        "NumericNotEquals",
        "NotIpAddress",
        "ArnNotLike",
    ] {
        let value = if operator.contains("Ip") {
            "10.0.0.0/8"
        } else {
            "1"
        };
        assert_eq!(met(operator, json!(value), Value::Null), YES, "{operator}");
    }
}

#[test]
fn if_exists_still_compares_a_key_that_is_there() {
    check(&[
        ("StringEqualsIfExists", json!("a"), json!("b"), NO),
        ("StringEqualsIfExists", json!("a"), json!("a"), YES),
        ("StringNotEqualsIfExists", json!("a"), json!("a"), NO),
    ]);
}

#[test]
fn set_operators_ask_over_all_or_any_values() {
    check(&[
        (
            "ForAllValues:StringEquals",
            json!(["a", "b"]),
            json!(["a", "b"]),
            YES,
        ),
        (
            "ForAllValues:StringEquals",
            json!(["a", "b"]),
            json!(["a", "c"]),
            NO,
        ),
        (
            "ForAllValues:StringEquals",
            json!(["a", "b"]),
            Value::Null,
            YES,
        ),
        (
            "ForAllValues:StringEquals",
            json!(["a", "b"]),
            json!([]),
            YES,
        ),
        (
            "ForAnyValue:StringEquals",
            json!(["a", "b"]),
            json!(["c", "a"]),
            YES,
        ),
        (
            "ForAnyValue:StringEquals",
            json!(["a", "b"]),
            json!(["c"]),
            NO,
        ),
        (
            "ForAnyValue:StringEquals",
            json!(["a", "b"]),
            Value::Null,
            NO,
        ),
        (
            "ForAnyValue:StringEqualsIfExists",
            json!(["a"]),
            Value::Null,
            YES,
        ),
        (
            "ForAllValues:StringNotEquals",
            json!(["a", "b"]),
            json!(["c", "a"]),
            NO,
        ),
        (
            "ForAllValues:StringNotEquals",
            json!(["a", "b"]),
            json!(["c", "d"]),
            YES,
        ),
        (
            "ForAnyValue:StringNotEquals",
            json!(["a", "b"]),
            json!(["c", "a"]),
            YES,
        ),
        (
            "ForAnyValue:StringNotEquals",
            json!(["a", "b"]),
            json!(["a", "b"]),
            NO,
        ),
        ("ForAnyValue:StringNotEquals", json!(["a"]), Value::Null, NO),
        (
            "ForAnyValue:StringLike",
            json!(["a*"]),
            json!(["xa", "ab"]),
            YES,
        ),
        ("ForAllValues:StringEquals", json!("a"), json!("a"), YES),
    ]);
}

#[test]
fn what_a_plain_operator_says_about_several_values_is_in_doubt() {
    check(&[
        ("StringEquals", json!("a"), json!(["a", "a"]), DOUBT),
        ("StringNotEquals", json!("a"), json!(["b", "c"]), DOUBT),
        ("StringEquals", json!("a"), json!(["a"]), YES),
        ("StringNotEquals", json!("a"), json!([]), YES),
    ]);
}

#[test]
fn all_operators_and_all_keys_must_hold() {
    let identity = [allow(json!({"Condition": {
        "StringEquals": {"aws:a": "1", "aws:b": ["2", "3"]},
        "StringLike": {"aws:c": "4*"},
    }}))];
    let allowed =
        |context: Value| case(json!({"identity": identity, "context": context})).allowed();
    assert!(allowed(json!({"aws:a": "1", "aws:b": "3", "aws:c": "44"})));
    assert!(!allowed(json!({"aws:a": "1", "aws:b": "4", "aws:c": "44"})));
    assert!(!allowed(json!({"aws:a": "1", "aws:b": "3"})));
}

#[test]
fn an_empty_condition_block_is_met() {
    assert!(case(json!({"identity": [allow(json!({"Condition": {}}))]})).allowed());
    assert!(
        case(json!({"identity": [allow(json!({"Condition": {"StringEquals": {}}}))]})).allowed()
    );
}

#[test]
fn tag_values_compare_with_case_and_tag_names_without() {
    let identity = [allow(
        json!({"Condition": {"StringEquals": {"AWS:ResourceTag/TEAM": "Red"}}}),
    )];
    let allowed =
        |context: Value| case(json!({"identity": identity, "context": context})).allowed();
    assert!(allowed(json!({"aws:resourcetag/team": "Red"})));
    assert!(!allowed(json!({"aws:resourcetag/team": "red"})));
}
