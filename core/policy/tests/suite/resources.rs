//! Resource and NotResource.

use serde_json::json;
use strongroom_policy::{Kind, Policy};

use crate::case::{SECRET, allow, case, deny};

fn allows(resource: &str, request: &str) -> bool {
    case(json!({"resource": request, "identity": [allow(json!({"Resource": resource}))]})).allowed()
}

#[test]
fn patterns_match_part_by_part() {
    for (pattern, request, expected) in [
        ("*", SECRET, true),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/*", SECRET, true),
        ("arn:aws:secretsmanager:*:111122223333:secret:prod/db-??????", SECRET, true),
        ("arn:aws:secretsmanager:*:111122223333:secret:prod/db-?????", SECRET, false),
        ("arn:*:secretsmanager:*:*:*", SECRET, true),
        ("arn:aws:secretsmanager:*:*:secret:*", SECRET, true),
        ("arn:aws:secretsmanager:*:secret:prod/*", SECRET, false),
        ("arn:aws:secretsmanager:*-AbCdEf", SECRET, false),
        ("arn:aws:secretsmanager:eu-west-1:444455556666:secret:*", SECRET, false),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:PROD/*", SECRET, false),
        ("arn:aws:lambda:*:*:function:f*", "arn:aws:lambda:eu-west-1:1:function:f:7", true),
        ("arn:aws:lambda:*:*:function:f", "arn:aws:lambda:eu-west-1:1:function:f:7", false),
        (
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/*",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/database/postgres-AbCdEf",
            true,
        ),
    ] {
        assert_eq!(allows(pattern, request), expected, "{pattern} and {request}");
    }
}

#[test]
fn only_a_star_means_an_action_without_a_resource() {
    assert!(allows("*", "*"));
    assert!(!allows("arn:aws:secretsmanager:*:*:*", "*"));
    assert!(!allows("arn:aws:secretsmanager:*", "*"));
}

#[test]
fn missing_parts_stand_for_anything_in_the_callers_policies() {
    assert!(allows("arn:aws:secretsmanager:eu-west-1", SECRET));
    assert!(allows("arn:aws:secretsmanager:*:111122223333", SECRET));
    assert!(!allows("arn:aws:secretsmanager:us-east-1", SECRET));
    assert!(!allows("arn:aws:kms:eu-west-1", SECRET));
}

#[test]
fn missing_parts_stand_for_anything_in_a_resource_policy_only_after_a_wildcard() {
    let allows = |resource: &str| {
        case(json!({"resource_policy": allow(json!({"Principal": "*", "Resource": resource}))}))
            .allowed()
    };
    assert!(allows("arn:aws:secretsmanager:*"));
    assert!(allows("arn:aws:secretsmanager:eu-west-1:1111*"));
    assert!(!allows("arn:aws:secretsmanager:eu-west-1"));
    // A wildcard elsewhere leaves doubt, which an Allow does not survive and a Deny does.
    assert!(!allows("arn:aws:secretsmanager:*:111122223333"));
    let policy =
        deny(json!({"Principal": "*", "Resource": "arn:aws:secretsmanager:*:111122223333"}));
    assert!(!case(json!({"identity": [allow(json!({}))], "resource_policy": policy})).allowed());
}

#[test]
fn service_control_policies_take_whole_arns_only() {
    let document = allow(json!({"Resource": "arn:aws:secretsmanager:*"})).to_string();
    assert!(Policy::parse(&document, Kind::ServiceControl).is_err());
}

#[test]
fn not_resource_means_every_other_resource() {
    let identity = [allow(json!({"NotResource": "arn:aws:secretsmanager:*:*:secret:prod/*"}))];
    let allowed =
        |resource: &str| case(json!({"resource": resource, "identity": identity})).allowed();
    assert!(!allowed(SECRET));
    assert!(allowed("arn:aws:secretsmanager:eu-west-1:111122223333:secret:test/db-AbCdEf"));
    assert!(allowed("*"));
}

#[test]
fn a_deny_with_not_resource_denies_every_other_resource() {
    let identity = [
        allow(json!({})),
        deny(json!({"NotResource": "arn:aws:secretsmanager:*:*:secret:prod/*"})),
    ];
    let allowed =
        |resource: &str| case(json!({"resource": resource, "identity": identity})).allowed();
    assert!(allowed(SECRET));
    assert!(!allowed("arn:aws:secretsmanager:eu-west-1:111122223333:secret:test/db-AbCdEf"));
}
