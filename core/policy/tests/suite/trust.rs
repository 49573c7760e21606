//! Role trust policies.

use serde_json::{Value, json};

use crate::case::{ROLE, allow, case, deny};

fn trust(effect: fn(Value) -> Value, elements: Value) -> Value {
    let mut policy = effect(elements);
    let statement = policy["Statement"][0].as_object_mut().unwrap();
    statement.remove("Resource");
    if statement["Action"] == "*" {
        statement.insert("Action".into(), "sts:AssumeRole".into());
    }
    policy
}

fn ask(caller: &str, action: &str, policy: Value, more: Value) -> String {
    let mut asked = json!({"principal": caller, "action": action, "resource": ROLE, "rule": "trust", "resource_policy": policy});
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    case(asked).answer()
}

fn assume(caller: &str, principal: Value, identity: &[Value]) -> String {
    ask(
        caller,
        "sts:AssumeRole",
        trust(allow, json!({"Principal": principal})),
        json!({"identity": identity}),
    )
}

#[test]
fn an_identity_policy_alone_never_lets_a_role_be_assumed() {
    let all = [allow(json!({}))];
    assert_eq!(assume("anna", json!({"AWS": "444455556666"}), &all), "implicit role trust policy");
    assert_eq!(
        assume("anna", json!({"Service": "lambda.amazonaws.com"}), &all),
        "implicit role trust policy"
    );
}

#[test]
fn a_user_named_in_the_trust_policy_needs_no_identity_policy() {
    assert_eq!(
        assume("anna", json!({"AWS": "arn:aws:iam::111122223333:user/team/anna"}), &[]),
        "allow"
    );
    assert_eq!(
        assume("reader", json!({"AWS": "arn:aws:iam::111122223333:role/app/reader"}), &[]),
        "allow"
    );
}

#[test]
fn trusting_the_account_leaves_the_rest_to_identity_policies() {
    let account = || json!({"AWS": "arn:aws:iam::111122223333:root"});
    assert_eq!(assume("anna", account(), &[]), "implicit identity-based policy");
    assert_eq!(assume("anna", account(), &[allow(json!({"Action": "sts:AssumeRole"}))]), "allow");
}

#[test]
fn between_accounts_both_must_allow() {
    let all = [allow(json!({}))];
    let carl = || json!({"AWS": "arn:aws:iam::444455556666:user/carl"});
    assert_eq!(assume("stranger", carl(), &[]), "implicit identity-based policy");
    assert_eq!(assume("stranger", carl(), &all), "allow");
    assert_eq!(
        assume("stranger", json!({"AWS": "111122223333"}), &all),
        "implicit role trust policy"
    );
}

#[test]
fn a_service_is_trusted_by_name() {
    assert_eq!(assume("lambda", json!({"Service": "lambda.amazonaws.com"}), &[]), "allow");
    assert_eq!(
        assume("lambda", json!({"Service": "ec2.amazonaws.com"}), &[]),
        "implicit role trust policy"
    );
}

#[test]
fn a_providers_user_is_trusted_by_the_providers_name_only() {
    let policy = |principal: Value| {
        trust(
            allow,
            json!({
                "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"accounts.google.com:aud": "client"}},
            }),
        )
    };
    let answer = |principal: Value, audience: &str| {
        let context = json!({"context": {"accounts.google.com:aud": audience}});
        ask("provider", "sts:AssumeRoleWithWebIdentity", policy(principal), context)
    };
    assert_eq!(answer(json!({"Federated": "accounts.google.com"}), "client"), "allow");
    assert_eq!(
        answer(json!({"Federated": "accounts.google.com"}), "other"),
        "implicit role trust policy"
    );
    assert_eq!(
        answer(json!({"Federated": "www.amazon.com"}), "client"),
        "implicit role trust policy"
    );
    assert_eq!(answer(json!("*"), "client"), "implicit role trust policy");
}

#[test]
fn a_deny_for_everyone_includes_a_providers_users() {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity"},
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"},
    ]});
    let answer = ask("provider", "sts:AssumeRoleWithWebIdentity", policy, json!({}));
    assert_eq!(answer, "explicit role trust policy");
}

#[test]
fn a_deny_of_the_trust_policy_is_named_as_such() {
    let policy = trust(deny, json!({"Principal": "*"}));
    assert_eq!(ask("anna", "sts:AssumeRole", policy, json!({})), "explicit role trust policy");
}

#[test]
fn an_external_id_is_a_condition_like_any_other() {
    let policy = || {
        trust(
            allow,
            json!({
                "Principal": {"AWS": "444455556666"}, "Condition": {"StringEquals": {"sts:ExternalId": "e-1"}},
            }),
        )
    };
    let all = || vec![allow(json!({}))];
    let with = json!({"identity": all(), "context": {"sts:ExternalId": "e-1"}});
    assert_eq!(ask("stranger", "sts:AssumeRole", policy(), with), "allow");
    let without = json!({"identity": all()});
    assert_eq!(ask("stranger", "sts:AssumeRole", policy(), without), "implicit role trust policy");
}
