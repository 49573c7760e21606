//! Condition operators: every family over one value.

use serde_json::{Value, json};

use crate::case::{allow, case, deny};

/// The answers of an Allow under the condition, and whether a Deny under it applies.
pub fn met(operator: &str, policy: Value, request: Value) -> (bool, bool) {
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

pub const YES: (bool, bool) = (true, true);
pub const NO: (bool, bool) = (false, false);
/// Undefined: an Allow does not apply, a Deny does.
pub const DOUBT: (bool, bool) = (false, true);

pub fn check(table: &[(&str, Value, Value, (bool, bool))]) {
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
        ("ArnLike", json!("${aws:X}"), arn(), YES),
        ("ArnLike", json!("${aws:Missing}"), arn(), NO),
        ("ArnLike", json!("${aws:Missing, 'no arn'}"), arn(), DOUBT),
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
