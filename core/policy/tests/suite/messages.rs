//! AWS's AccessDenied texts.

use serde_json::{Value, json};

use crate::case::{SECRET, allow, case, deny};

fn message(json: Value) -> String {
    case(json).message()
}

#[test]
fn what_is_missing_is_named() {
    let all = allow(json!({}));
    let other = allow(json!({"Action": "kms:*"}));
    let start = "User: arn:aws:iam::111122223333:user/team/anna is not authorized to perform: \
                 secretsmanager:GetSecretValue on resource: ";
    for (asked, tail) in [
        (json!({}), "no identity-based policy"),
        (json!({"identity": [all], "boundary": other}), "no permissions boundary"),
        (json!({"identity": [all], "session": [other]}), "no session policy"),
    ] {
        let expected = format!(
            "{start}{SECRET} because {tail} allows the secretsmanager:GetSecretValue action"
        );
        assert_eq!(message(asked), expected);
    }
}

#[test]
fn a_role_is_named_by_its_session() {
    assert_eq!(
        message(json!({"principal": "reader"})),
        format!(
            "User: arn:aws:sts::111122223333:assumed-role/reader/s1 is not authorized to perform: \
             secretsmanager:GetSecretValue on resource: {SECRET} because no identity-based policy allows the \
             secretsmanager:GetSecretValue action"
        )
    );
}

#[test]
fn without_a_resource_none_is_named() {
    assert_eq!(
        message(json!({"action": "secretsmanager:ListSecrets", "resource": "*"})),
        "User: arn:aws:iam::111122223333:user/team/anna is not authorized to perform: secretsmanager:ListSecrets \
         because no identity-based policy allows the secretsmanager:ListSecrets action"
    );
}

#[test]
fn the_denying_policy_is_named_by_its_type() {
    let (all, none) = (allow(json!({})), deny(json!({})));
    for (asked, tail) in [
        (json!({"identity": [none]}), "an identity-based policy"),
        (json!({"identity": [all], "boundary": none}), "a permissions boundary"),
        (json!({"identity": [all], "session": [none]}), "a session policy"),
        (
            json!({"identity": [all], "resource_policy": deny(json!({"Principal": "*"}))}),
            "a resource-based policy",
        ),
        (json!({"identity": [all], "service_control": [[none]]}), "a service control policy"),
        // What no service control policy allows is worded as denied by one.
        (json!({"identity": [all], "service_control": [[]]}), "a service control policy"),
    ] {
        assert!(
            message(asked.clone()).ends_with(&format!("{SECRET} with an explicit deny in {tail}")),
            "{asked}"
        );
    }
}

#[test]
fn trust_policies_are_named_as_such() {
    let mut policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"},
    ]});
    let ask = |policy: &Value| {
        message(
            json!({"action": "sts:AssumeRole", "resource": "arn:aws:iam::111122223333:role/r", "rule": "trust",
                       "resource_policy": policy}),
        )
    };
    assert!(
        ask(&policy).ends_with("because no role trust policy allows the sts:AssumeRole action")
    );
    policy["Statement"][0]["Effect"] = "Deny".into();
    policy["Statement"][0]["Principal"] = "*".into();
    assert!(ask(&policy).ends_with("with an explicit deny in the role trust policy"));
}

#[test]
fn strangers_are_told_that_the_resource_does_not_allow() {
    assert_eq!(
        message(json!({"principal": "anonymous"})),
        format!(
            "User: anonymous is not authorized to perform: secretsmanager:GetSecretValue on resource: {SECRET} \
             because no resource-based policy allows the secretsmanager:GetSecretValue action"
        )
    );
    let tail = "because no resource-based policy allows the secretsmanager:GetSecretValue action";
    assert!(message(json!({"principal": "stranger"})).ends_with(tail));
}
