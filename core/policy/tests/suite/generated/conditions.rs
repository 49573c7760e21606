//! Generated conditions, and the context that they ask about.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::one_of;

pub fn conditions() -> impl Strategy<Value = Value> {
    vec(condition(), 1..3).prop_map(|all| {
        let mut block = Map::new();
        for (operator, key, values) in all {
            block.entry(operator).or_insert_with(|| json!({}))[key] = values;
        }
        Value::Object(block)
    })
}

fn condition() -> impl Strategy<Value = (String, &'static str, Value)> {
    let families: [(&[&str], &[&str]); 7] = [
        (
            &[
                "StringEquals",
                "StringNotEquals",
                "StringEqualsIgnoreCase",
                "StringNotEqualsIgnoreCase",
                "StringLike",
                "StringNotLike",
            ],
            &[
                "anna",
                "ANNA",
                "a*",
                "?nn?",
                "*",
                "${aws:username}",
                "${aws:PrincipalTag/Team}",
                "x${aws:TagKeys,'y'}",
                "${*}",
                "red",
                "",
                "10",
            ],
        ),
        (
            &[
                "NumericEquals",
                "NumericNotEquals",
                "NumericLessThan",
                "NumericLessThanEquals",
                "NumericGreaterThan",
                "NumericGreaterThanEquals",
            ],
            &["10", "10.0", "-1.5", "007", "11"],
        ),
        (
            &[
                "DateEquals",
                "DateNotEquals",
                "DateLessThan",
                "DateLessThanEquals",
                "DateGreaterThan",
                "DateGreaterThanEquals",
            ],
            &[
                "2013-06-30T00:00:00Z",
                "2013-06-30",
                "1372550400",
                "2013-06-30T01:00:00+01:00",
                "2030-01-01T00:00:00.5Z",
            ],
        ),
        (&["Bool", "Null"], &["true", "false", "TRUE"]),
        (&["BinaryEquals"], &["QmluYXJ5", "cmVk"]),
        (
            &["IpAddress", "NotIpAddress"],
            &[
                "10.0.0.0/8",
                "10.1.2.3",
                "203.0.113.0/24",
                "2001:db8::/32",
                "::/0",
            ],
        ),
        (
            &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
            &[
                "arn:aws:iam::111122223333:role/app/reader",
                "arn:aws:iam::*:role/*",
                "arn:aws:*:*:*:*",
                "arn:aws:iam::*",
                "${aws:SourceArn}",
                "arn:aws:iam::111122223333:user/${aws:username}",
                "*",
            ],
        ),
    ];
    let keys = [
        "aws:username",
        "AWS:UserName",
        "aws:PrincipalTag/Team",
        "aws:TagKeys",
        "aws:SourceIp",
        "aws:SourceArn",
        "aws:MultiFactorAuthPresent",
        "aws:CurrentTime",
        "secretsmanager:RecoveryWindowInDays",
        "aws:Missing",
    ];
    let set = select(&["", "", "", "ForAllValues:", "ForAnyValue:"][..]);
    select(families.to_vec()).prop_flat_map(move |(operators, values)| {
        let values = (0..4_usize)
            .prop_flat_map(move |count| subsequence(values.to_vec(), count.min(values.len())));
        let parts = (
            set.clone(),
            select(operators),
            prop::bool::weighted(0.2),
            select(keys.to_vec()),
            values,
        );
        parts.prop_map(|(set, operator, if_exists, key, values)| {
            let suffix = if if_exists { "IfExists" } else { "" };
            let name = if operator == "Null" {
                operator.to_owned()
            } else {
                format!("{set}{operator}{suffix}")
            };
            (
                name,
                key,
                if values.len() == 1 {
                    json!(values[0])
                } else {
                    json!(values)
                },
            )
        })
    })
}

pub fn context() -> impl Strategy<Value = Map<String, Value>> {
    let several = |values: &'static [&'static str]| {
        (0..3_usize)
            .prop_flat_map(move |count| subsequence(values.to_vec(), count))
            .prop_map(|found| json!(found))
    };
    let keys: Vec<(&str, BoxedStrategy<Value>)> = vec![
        (
            "aws:username",
            one_of(&["anna", "ANNA", "prod", "a*", "*", ""]).boxed(),
        ),
        (
            "aws:PrincipalTag/Team",
            one_of(&["red", "prod", "*", "10"]).boxed(),
        ),
        (
            "aws:TagKeys",
            several(&["red", "anna", "ANNA", "10"]).boxed(),
        ),
        (
            "aws:SourceIp",
            one_of(&["10.1.2.3", "203.0.113.9", "2001:db8::1", "nonsense"]).boxed(),
        ),
        (
            "aws:SourceArn",
            one_of(&[
                "arn:aws:iam::111122223333:role/app/reader",
                "arn:aws:sns:eu-west-1:111122223333:t:x",
                "red",
            ])
            .boxed(),
        ),
        (
            "aws:MultiFactorAuthPresent",
            one_of(&["true", "false", "True", "10"]).boxed(),
        ),
        (
            "aws:CurrentTime",
            one_of(&[
                "2013-06-30T00:00:00Z",
                "2030-01-01T00:00:00.5Z",
                "1372550400",
            ])
            .boxed(),
        ),
        (
            "secretsmanager:RecoveryWindowInDays",
            one_of(&["10", "7", "-2", "11.5", "red"]).boxed(),
        ),
        ("kms:EncryptionContext:Stage", one_of(&["1", "2"]).boxed()),
        (
            "kms:EncryptionContextKeys",
            several(&["Stage", "Other"]).boxed(),
        ),
    ];
    let optional: Vec<_> = keys
        .into_iter()
        .map(|(key, values)| option::weighted(0.7, values).prop_map(move |value| (key, value)))
        .collect();
    optional.prop_map(|pairs| {
        pairs
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect()
    })
}
