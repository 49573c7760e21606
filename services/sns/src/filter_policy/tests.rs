//! Filter policies against messages.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;

fn by_attributes(policy: &Value, attributes: &[(&str, Attribute)]) -> bool {
    let policy = FilterPolicy::parse(&policy.to_string(), Scope::MessageAttributes).unwrap();
    let attributes: BTreeMap<_, _> = attributes.iter().cloned().collect();
    policy.takes(|name| attributes.get(name), "")
}

fn by_body(policy: &Value, body: &Value) -> bool {
    let policy = FilterPolicy::parse(&policy.to_string(), Scope::MessageBody).unwrap();
    policy.takes(|_| None, &body.to_string())
}

fn fault_of(policy: &Value, scope: Scope) -> String {
    FilterPolicy::parse(&policy.to_string(), scope).unwrap_err().0
}

fn text(value: &str) -> Attribute {
    Attribute::Text(value.to_owned())
}

/// The rules of one key against values that they take and values that they do not.
#[test]
fn every_rule_takes_what_aws_says_it_takes() {
    for (rules, taken, refused) in [
        (json!(["a", "b"]), vec![json!("a"), json!("b")], vec![json!("A"), json!("ab"), json!(1)]),
        (json!([301.5]), vec![json!(301.5), json!(3.015e2)], vec![json!("301.5"), json!(301)]),
        (json!([true, null]), vec![json!(true), json!(null)], vec![json!(false), json!("true")]),
        (json!([{"prefix": "bas"}]), vec![json!("baseball")], vec![json!("rugby"), json!("Bas")]),
        (json!([{"suffix": "ball"}]), vec![json!("baseball")], vec![json!("balls")]),
        (json!([{"equals-ignore-case": "TeNNis"}]), vec![json!("tennis")], vec![json!("tenni")]),
        (
            json!([{"wildcard": "*ball*s"}]),
            vec![json!("ballparks"), json!("baseballs")],
            vec![json!("ball"), json!("bals")],
        ),
        (
            json!([{"anything-but": ["rugby", 7]}]),
            vec![json!("tennis"), json!(8), json!(true)],
            vec![json!("rugby"), json!(7), json!(null)],
        ),
        (json!([{"anything-but": {"prefix": "order-"}}]), vec![json!("x")], vec![json!("order-1")]),
        (
            json!([{"numeric": [">", 0, "<=", 150]}]),
            vec![json!(150), json!(0.5)],
            vec![json!(0), json!(151), json!("5")],
        ),
        (json!([{"numeric": ["=", 5]}]), vec![json!(5.0)], vec![json!(6)]),
        (
            json!([{"cidr": "10.0.0.0/24"}]),
            vec![json!("10.0.0.255")],
            vec![json!("10.0.1.1"), json!("::1"), json!("ten")],
        ),
        (json!([{"cidr": "2001:db8::/32"}]), vec![json!("2001:db8:1::1")], vec![json!("10.0.0.1")]),
        (json!([{"exists": true}]), vec![json!(""), json!([1])], vec![json!({"a": 1})]),
    ] {
        let policy = json!({ "key": rules });
        for value in taken {
            assert!(by_body(&policy, &json!({"key": value})), "{policy} takes {value}");
        }
        for value in refused {
            assert!(!by_body(&policy, &json!({"key": value})), "{policy} refuses {value}");
        }
    }
}

#[test]
fn every_key_of_a_policy_counts_and_any_rule_of_a_key() {
    let policy = json!({"store": ["shop"], "event": [{"anything-but": "cancelled"}, "x"]});
    assert!(by_attributes(&policy, &[("store", text("shop")), ("event", text("placed"))]));
    assert!(!by_attributes(&policy, &[("store", text("shop")), ("event", text("cancelled"))]));
    assert!(!by_attributes(&policy, &[("store", text("shop"))]));
    assert!(!by_attributes(&policy, &[]));
    assert!(by_attributes(&json!({}), &[]));
}

#[test]
fn attributes_of_every_type_are_compared_by_their_type() {
    let policy = json!({"price": [{"numeric": [">=", 100]}]});
    assert!(by_attributes(&policy, &[("price", Attribute::Number(100.0))]));
    assert!(!by_attributes(&policy, &[("price", text("100"))]));
    let list = Attribute::List(vec![json!("rugby"), json!("tennis")]);
    assert!(by_attributes(&json!({"sport": ["tennis"]}), &[("sport", list.clone())]));
    assert!(!by_attributes(&json!({"sport": ["soccer"]}), &[("sport", list)]));
    let there = json!({"blob": [{"exists": true}]});
    assert!(by_attributes(&there, &[("blob", Attribute::Opaque)]));
    assert!(!by_attributes(&json!({"blob": ["x"]}), &[("blob", Attribute::Opaque)]));
}

#[test]
fn what_must_not_exist_is_asked_of_absent_keys_only() {
    let policy = json!({"gone": [{"exists": false}]});
    assert!(by_attributes(&policy, &[]));
    assert!(!by_attributes(&policy, &[("gone", text(""))]));
    let nested = json!({"a": {"b": [{"exists": false}]}});
    assert!(by_body(&nested, &json!({})));
    assert!(by_body(&nested, &json!({"a": {"c": 1}})));
    assert!(!by_body(&nested, &json!({"a": {"b": 1}})));
}

#[test]
fn a_body_is_searched_through_objects_and_lists() {
    let policy = json!({"detail": {"items": {"id": ["x"], "n": [1]}}});
    let body = |items: Value| json!({"detail": {"items": items}});
    assert!(by_body(&policy, &body(json!({"id": "x", "n": 1}))));
    assert!(by_body(&policy, &body(json!([{"id": "y", "n": 2}, {"id": "x", "n": 1}]))));
    // Both have to be of one and the same object.
    assert!(!by_body(&policy, &body(json!([{"id": "x", "n": 2}, {"id": "y", "n": 1}]))));
    let policy = FilterPolicy::parse(r#"{"a": ["x"]}"#, Scope::MessageBody).unwrap();
    for body in ["no JSON", "[]", "\"a\"", ""] {
        assert!(!policy.takes(|_| None, body), "{body}");
    }
}

#[test]
fn either_of_several_groups_is_enough() {
    let policy = json!({
        "source": ["aws"],
        "$or": [{"metric": ["CPU"]}, {"namespace": ["EC2", "ES"]}],
    });
    assert!(by_body(&policy, &json!({"source": "aws", "namespace": "ES"})));
    assert!(by_body(&policy, &json!({"source": "aws", "metric": "CPU"})));
    assert!(!by_body(&policy, &json!({"source": "aws", "metric": "x"})));
    assert!(!by_body(&policy, &json!({"metric": "CPU"})));
    // One alternative is none; the key is then an ordinary one.
    let plain = json!({"$or": ["x"]});
    assert!(by_body(&plain, &json!({"$or": "x"})));
}

#[test]
fn a_policy_that_cannot_be_is_refused_in_the_words_of_aws() {
    let at = Scope::MessageAttributes;
    for (policy, expected) in [
        (json!([]), "Filter policy must be an object"),
        (json!({"a": "b"}), "\"a\" must be an object or an array"),
        (json!({"a": [[1]]}), "Match value must be String, number, true, false, or null"),
        (json!({"a": [{"like": "b"}]}), "Unrecognized match type like"),
        (json!({"a": [{"prefix": 1}]}), "prefix match pattern must be a string"),
        (json!({"a": [{"exists": "x"}]}), "exists match pattern must be either true or false."),
        (json!({"a": [{"numeric": ["<", "1"]}]}), "Value of < must be numeric"),
        (json!({"a": [{"numeric": [">", 2, "<", 1]}]}), "Bottom must be less than top"),
        (json!({"a": [{"numeric": 1}]}), "Value of numeric must be an array"),
        (
            json!({"a": {"b": ["c"]}}),
            "Filter policy scope MessageAttributes does not support nested filter policy",
        ),
        (
            json!({"a": ["1"], "b": ["1"], "c": ["1"], "d": ["1"], "e": ["1"], "f": ["1"]}),
            "Filter policy can not have more than 5 keys",
        ),
    ] {
        assert_eq!(fault_of(&policy, at), expected, "{policy}");
    }
    assert!(FilterPolicy::parse("{", at).unwrap_err().0.starts_with("failed to parse JSON"));
}

#[test]
fn a_policy_beyond_the_limits_is_refused_and_costs_nothing() {
    let many: Vec<_> = (0..151).map(|n| n.to_string()).collect();
    assert_eq!(fault_of(&json!({"a": many}), Scope::MessageBody), "Filter policy is too complex");
    let mut deep = json!(["x"]);
    for _ in 0..40 {
        deep = json!({ "a": deep });
    }
    assert_eq!(fault_of(&deep, Scope::MessageBody), "Filter policy is too complex");
    let brackets = "[".repeat(100_000);
    assert!(FilterPolicy::parse(&brackets, Scope::MessageBody).is_err());
    let long = format!("\"{}\"", "x".repeat(MOST_BYTES));
    assert_eq!(
        FilterPolicy::parse(&long, Scope::MessageBody).unwrap_err().0,
        "Filter policy is too large"
    );
}
