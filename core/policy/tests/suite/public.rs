//! Which resource policies let in the public.

use serde_json::{Value, json};
use strongroom_policy::{Kind, is_public};

use crate::case::{allow, deny, parse};

fn public(elements: Value) -> bool {
    is_public(&parse(&allow(elements), Kind::Resource)).is_some()
}

fn public_if(operator: &str, key: &str, value: Value) -> bool {
    public(json!({"Principal": "*", "Condition": {operator: {key: value}}}))
}

#[test]
fn everyone_without_a_condition_is_the_public() {
    assert!(public(json!({"Principal": "*"})));
    assert!(public(json!({"Principal": {"AWS": "*"}})));
    assert!(public(
        json!({"Principal": {"AWS": ["111122223333", "*"]}, "Action": "secretsmanager:GetSecretValue"})
    ));
    assert!(public(json!({"NotPrincipal": {"AWS": "111122223333"}})));
}

#[test]
fn named_principals_are_not_the_public() {
    assert!(!public(json!({"Principal": {"AWS": "444455556666"}})));
    assert!(!public(json!({"Principal": {"AWS": "arn:aws:iam::444455556666:role/r"}})));
    assert!(!public(json!({"Principal": {"Service": "lambda.amazonaws.com"}})));
    // A star elsewhere is not a principal.
    assert!(!public(json!({"Principal": {"AWS": "444455556666"}, "Action": "*", "Resource": "*"})));
}

#[test]
fn a_condition_on_fixed_values_confines() {
    for (operator, key, value) in [
        ("StringEquals", "aws:SourceAccount", json!("111122223333")),
        ("StringEquals", "AWS:sourceaccount", json!(["111122223333", "444455556666"])),
        ("StringLike", "aws:PrincipalAccount", json!("111122223333")),
        ("StringEquals", "kms:CallerAccount", json!("111122223333")),
        ("StringEquals", "aws:PrincipalOrgID", json!("o-a1b2c3d4e5")),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", json!("o-a1b2c3d4e5/r-ab12/*")),
        ("StringEquals", "aws:SourceVpc", json!("vpc-111bbb22")),
        ("StringEquals", "aws:SourceVpce", json!(["vpce-1a2b3c4d"])),
        ("StringEquals", "aws:userid", json!("AIDAANNA000000000001")),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:sns:*:111122223333:*")),
        ("ArnEquals", "aws:SourceArn", json!("arn:aws:s3:::bucket")),
        ("ArnEquals", "aws:PrincipalArn", json!("arn:aws:iam::111122223333:role/*")),
        ("StringLike", "aws:PrincipalArn", json!("arn:aws:iam::111122223333:role/*")),
        ("StringEquals", "aws:PrincipalArn", json!("arn:aws:iam::111122223333:role/r")),
    ] {
        assert!(!public_if(operator, key, value.clone()), "{operator} {key} {value}");
    }
}

#[test]
fn a_condition_that_anyone_can_meet_does_not_confine() {
    for (operator, key, value) in [
        ("StringLike", "aws:SourceAccount", json!("*")),
        ("StringLike", "aws:SourceAccount", json!("11112222????")),
        ("StringEquals", "aws:SourceAccount", json!(["111122223333", "${aws:PrincipalAccount}"])),
        ("StringEquals", "aws:PrincipalAccount", json!("anonymous")),
        ("StringEquals", "aws:userid", json!("anonymous")),
        ("StringEquals", "aws:PrincipalAccount", json!("${aws:PrincipalAccount}")),
        ("StringEqualsIfExists", "aws:SourceAccount", json!("111122223333")),
        ("StringNotEquals", "aws:SourceAccount", json!("111122223333")),
        ("ForAllValues:StringEquals", "aws:PrincipalAccount", json!("111122223333")),
        ("StringLike", "aws:PrincipalOrgID", json!("o-*")),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", json!("o-*/r-ab12/*")),
        ("StringLike", "aws:SourceVpc", json!("vpc-*")),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:sns:*:*:topic")),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:s3:::*")),
        ("ArnLike", "aws:SourceArn", json!(["arn:aws:sns:*:111122223333:*", "arn:aws:s3:::*"])),
        ("ArnNotLike", "aws:PrincipalArn", json!("arn:aws:iam::111122223333:*")),
        ("StringLike", "aws:PrincipalArn", json!("arn:aws:*:111122223333:role/r")),
        ("StringLike", "aws:PrincipalArn", json!("arn:aws:iam:*:111122223333:role/r")),
        ("IpAddress", "aws:SourceIp", json!("203.0.113.0/24")),
        ("Bool", "aws:SecureTransport", json!("true")),
        ("Null", "aws:PrincipalOrgID", json!("false")),
        ("StringEquals", "aws:PrincipalTag/team", json!("red")),
        ("StringEquals", "kms:ViaService", json!("secretsmanager.eu-west-1.amazonaws.com")),
        ("StringEquals", "aws:ResourceAccount", json!("111122223333")),
    ] {
        assert!(public_if(operator, key, value.clone()), "{operator} {key} {value}");
    }
}

#[test]
fn one_confining_condition_among_others_is_enough() {
    assert!(!public(json!({"Principal": "*", "Condition": {
        "Bool": {"aws:SecureTransport": "true"},
        "StringEquals": {"aws:SourceAccount": "111122223333"},
    }})));
}

#[test]
fn a_deny_neither_makes_public_nor_takes_it_back() {
    assert!(is_public(&parse(&deny(json!({"Principal": "*"})), Kind::Resource)).is_none());
    let both = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "mine", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"},
        {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"},
    ]});
    let finding = is_public(&parse(&both, Kind::Resource)).expect("a finding");
    assert_eq!((finding.statement, finding.sid.as_deref()), (1, Some("open")));
}
