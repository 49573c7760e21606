//! Condition operators: every family, set, suffix, and absent keys.

use serde_json::{Value, json};

use crate::case::{allow, case, deny};

/// The answers of an Allow under the condition, and whether a Deny under it applies.
fn met(operator: &str, policy: Value, request: Value) -> (bool, bool) {
    let context = if request.is_null() {
        json!({})
    } else {
        json!({"aws:x": request})
    };
    let elements = json!({"Condition": {operator: {"aws:X": policy}}});
    let allows = case(json!({"context": context, "identity": [allow(elements.clone())]})).allowed();
    let spares =
        case(json!({"context": context, "identity": [allow(json!({})), deny(elements)]})).allowed();
    (allows, !spares)
}

const YES: (bool, bool) = (true, true);
const NO: (bool, bool) = (false, false);
/// Undefined: an Allow does not apply, a Deny does.
const DOUBT: (bool, bool) = (false, true);

fn check(table: &[(&str, Value, Value, (bool, bool))]) {
    for (operator, policy, request, expected) in table {
        let found = met(operator, policy.clone(), request.clone());
        assert_eq!(found, *expected, "{operator} {policy} against {request}");
    }
}

#[test]
fn strings_compare_exactly_or_by_pattern() {
    check(&[
        ("StringEquals", json!("a"), json!("a"), YES),
        ("StringEquals", json!("a"), json!("A"), NO),
        ("StringEquals", json!("a*"), json!("ab"), NO),
        ("StringEquals", json!("a*"), json!("a*"), YES),
        ("StringEquals", json!(["a", "b"]), json!("b"), YES),
        ("StringNotEquals", json!(["a", "b"]), json!("b"), NO),
        ("StringNotEquals", json!(["a", "b"]), json!("c"), YES),
        ("StringEqualsIgnoreCase", json!("Äb"), json!("äB"), YES),
        ("StringNotEqualsIgnoreCase", json!("ab"), json!("AB"), NO),
        ("StringLike", json!("a?c*"), json!("abc"), YES),
        ("StringLike", json!("a?c*"), json!("ABC"), NO),
        ("StringLike", json!("*"), json!("anything"), YES),
        ("StringNotLike", json!("a*"), json!("abc"), NO),
        ("StringNotLike", json!("a*"), json!("bc"), YES),
        ("StringEquals", json!(7), json!("7"), YES),
        ("StringEquals", json!(true), json!("true"), YES),
        ("StringEquals", json!([]), json!("a"), NO),
        ("StringNotEquals", json!([]), json!("a"), YES),
    ]);
}

#[test]
fn numbers_compare_by_value() {
    check(&[
        ("NumericEquals", json!("10"), json!("10.0"), YES),
        ("NumericEquals", json!(10), json!("11"), NO),
        ("NumericNotEquals", json!("10"), json!("11"), YES),
        ("NumericLessThan", json!("10"), json!("9"), YES),
        ("NumericLessThan", json!("10"), json!("10"), NO),
        ("NumericLessThanEquals", json!("10"), json!("10"), YES),
        ("NumericGreaterThan", json!("-2"), json!("-1.5"), YES),
        ("NumericGreaterThanEquals", json!("100"), json!("99"), NO),
        ("NumericLessThan", json!(["1", "10"]), json!("9"), YES),
        ("NumericEquals", json!("10"), json!("ten"), DOUBT),
        ("NumericNotEquals", json!("10"), json!("ten"), DOUBT),
    ]);
}

#[test]
fn dates_compare_in_every_notation() {
    check(&[
        (
            "DateEquals",
            json!("2013-06-30T00:00:00Z"),
            json!("1372550400"),
            YES,
        ),
        (
            "DateNotEquals",
            json!("2013-06-30"),
            json!("2013-06-30T00:00:01Z"),
            YES,
        ),
        (
            "DateLessThan",
            json!("2013-06-30T00:00:00Z"),
            json!("2013-06-29T23:59:59Z"),
            YES,
        ),
        (
            "DateLessThan",
            json!("2013-06-30T00:00:00Z"),
            json!("2013-06-30T00:30:00+01:00"),
            YES,
        ),
        (
            "DateLessThanEquals",
            json!(1_372_550_400),
            json!("2013-06-30T00:00:00Z"),
            YES,
        ),
        (
            "DateGreaterThan",
            json!("2013-06-30"),
            json!("2013-06-30"),
            NO,
        ),
        (
            "DateGreaterThanEquals",
            json!("2013-06-30"),
            json!("2013-07-01"),
            YES,
        ),
        (
            "DateLessThan",
            json!("2013-06-30"),
            json!("yesterday"),
            DOUBT,
        ),
    ]);
}

#[test]
fn booleans_compare_whatever_their_case() {
    check(&[
        ("Bool", json!("true"), json!("TRUE"), YES),
        ("Bool", json!(true), json!("true"), YES),
        ("Bool", json!("false"), json!("true"), NO),
        ("Bool", json!("false"), Value::Null, NO),
        ("BoolIfExists", json!("true"), Value::Null, YES),
        ("Bool", json!("true"), json!("1"), DOUBT),
    ]);
}

#[test]
fn binaries_compare_by_their_bytes() {
    check(&[
        ("BinaryEquals", json!("QmluYXJ5"), json!("QmluYXJ5"), YES),
        ("BinaryEquals", json!("QmluYXJ5"), json!("qmluYXJ5"), NO),
        (
            "BinaryEquals",
            json!("QmluYXJ5"),
            json!("not base64"),
            DOUBT,
        ),
    ]);
}

#[test]
fn addresses_compare_by_range() {
    check(&[
        (
            "IpAddress",
            json!("203.0.113.0/24"),
            json!("203.0.113.9"),
            YES,
        ),
        (
            "IpAddress",
            json!(["10.0.0.0/8", "203.0.113.9"]),
            json!("203.0.113.9"),
            YES,
        ),
        (
            "IpAddress",
            json!("203.0.113.0/24"),
            json!("::ffff:203.0.113.9"),
            YES,
        ),
        (
            "IpAddress",
            json!("2001:db8::/32"),
            json!("2001:db8::1"),
            YES,
        ),
        (
            "NotIpAddress",
            json!(["203.0.113.0/24", "10.0.0.0/8"]),
            json!("10.1.1.1"),
            NO,
        ),
        (
            "NotIpAddress",
            json!("203.0.113.0/24"),
            json!("2001:db8::1"),
            YES,
        ),
        ("NotIpAddress", json!("203.0.113.0/24"), Value::Null, YES),
        (
            "IpAddress",
            json!("203.0.113.0/24"),
            json!("secretsmanager.amazonaws.com"),
            DOUBT,
        ),
    ]);
}

#[test]
fn arns_compare_part_by_part() {
    let arn = || json!("arn:aws:iam::111122223333:role/app/reader");
    check(&[
        ("ArnEquals", json!("arn:aws:iam::*:role/app/*"), arn(), YES),
        (
            "ArnLike",
            json!("arn:aws:iam::111122223333:role/*"),
            arn(),
            YES,
        ),
        (
            "ArnLike",
            json!("arn:aws:iam:*:role/app/reader"),
            arn(),
            DOUBT,
        ),
        ("ArnLike", json!("arn:aws:iam:*:*:*"), arn(), YES),
        ("ArnLike", json!("arn:aws:iam::*"), arn(), DOUBT),
        (
            "ArnLike",
            json!("arn:aws:iam::111122223333:role/reader"),
            arn(),
            NO,
        ),
        (
            "ArnNotEquals",
            json!("arn:aws:iam::*:role/app/*"),
            arn(),
            NO,
        ),
        (
            "ArnNotLike",
            json!("arn:aws:iam::444455556666:*"),
            arn(),
            YES,
        ),
        (
            "ArnLike",
            json!("arn:aws:iam::*:*"),
            json!("not an arn"),
            DOUBT,
        ),
        ("ArnNotLike", json!("arn:aws:iam::*:*"), Value::Null, YES),
    ]);
}

#[test]
fn null_asks_whether_the_key_is_absent() {
    check(&[
        ("Null", json!("true"), Value::Null, YES),
        ("Null", json!("true"), json!("x"), NO),
        ("Null", json!(false), json!("x"), YES),
        ("Null", json!("false"), Value::Null, NO),
        ("Null", json!("true"), json!([]), YES),
    ]);
}

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
