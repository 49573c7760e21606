//! Decisions within one account.

use serde_json::{Value, json};

use crate::case::{allow, case, deny};

#[test]
fn nothing_is_allowed_unless_a_policy_allows_it() {
    assert_eq!(case(json!({})).answer(), "implicit identity-based policy");
    assert_eq!(case(json!({"identity": [allow(json!({}))]})).answer(), "allow");
}

#[test]
fn an_allow_of_either_side_is_enough() {
    let named = json!({"Principal": {"AWS": "arn:aws:iam::111122223333:user/team/anna"}});
    assert!(case(json!({"resource_policy": allow(named)})).allowed());
    assert!(case(json!({"identity": [allow(json!({}))], "resource_policy": null})).allowed());
}

#[test]
fn a_deny_anywhere_wins_over_every_allow() {
    let everything = json!({
        "identity": [allow(json!({}))],
        "boundary": allow(json!({})),
        "session": [allow(json!({}))],
        "service_control": [[allow(json!({}))]],
        "resource_policy": allow(json!({"Principal": "*"})),
    });
    assert_eq!(case(everything.clone()).answer(), "allow");
    let denying = |field: &str, value: Value| {
        let mut asked = everything.clone();
        asked[field] = value;
        case(asked).answer()
    };
    let (all, none) = (allow(json!({})), deny(json!({"Action": "secretsmanager:*"})));
    assert_eq!(denying("identity", json!([all, none])), "explicit identity-based policy");
    assert_eq!(denying("boundary", none.clone()), "explicit permissions boundary");
    assert_eq!(denying("session", json!([all, none])), "explicit session policy");
    assert_eq!(
        denying("service_control", json!([[all], [all, none]])),
        "explicit service control policy"
    );
    let policy = deny(json!({"Principal": "*"}));
    assert_eq!(denying("resource_policy", policy), "explicit resource-based policy");
}

#[test]
fn a_deny_after_an_allow_in_one_policy_denies() {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:secretsmanager:*:*:secret:prod/*"},
    ]});
    assert!(!case(json!({"identity": [policy]})).allowed());
}

#[test]
fn the_root_user_needs_no_identity_policy_and_obeys_resource_policies() {
    assert!(case(json!({"principal": "root"})).allowed());
    assert!(case(json!({"principal": "root", "identity": [deny(json!({}))]})).allowed());
    let denied =
        case(json!({"principal": "root", "resource_policy": deny(json!({"Principal": "*"}))}));
    assert_eq!(denied.answer(), "explicit resource-based policy");
    let limited = case(
        json!({"principal": "root", "service_control": [[allow(json!({"Action": "kms:*"}))]]}),
    );
    assert_eq!(limited.answer(), "implicit service control policy");
}

#[test]
fn every_level_of_the_organization_must_allow() {
    let (all, other) = (allow(json!({})), allow(json!({"Action": "kms:*"})));
    let answer =
        |levels: Value| case(json!({"identity": [all], "service_control": levels})).answer();
    assert_eq!(answer(json!([[all], [other, all]])), "allow");
    assert_eq!(answer(json!([[all], [other]])), "implicit service control policy");
    assert_eq!(answer(json!([[all], []])), "implicit service control policy");
    assert_eq!(answer(json!([])), "allow");
}

#[test]
fn service_control_policies_limit_what_a_resource_policy_gives() {
    let policy = allow(json!({"Principal": "*"}));
    let asked = case(
        json!({"resource_policy": policy, "service_control": [[allow(json!({"Action": "kms:*"}))]]}),
    );
    assert_eq!(asked.answer(), "implicit service control policy");
}

#[test]
fn a_document_of_the_wrong_kind_takes_away_but_does_not_give() {
    use strongroom_policy::{Authority, Kind, Named, Policy, ResourceRule, decide};
    let parse = |document: &Value, kind| Policy::parse(&document.to_string(), kind).unwrap();
    case(json!({})).with_request(|request, _, _| {
        let stray = |document: Value| [Named::inline("p", parse(&document, Kind::Resource))];
        let ask = |identity: &[_]| {
            decide(
                request,
                &Authority { identity, ..Authority::default() },
                ResourceRule::Ordinary(None),
            )
            .allowed
        };
        assert!(!ask(&stray(allow(json!({"Principal": "*"})))));
        let all = Named::inline("all", parse(&allow(json!({})), Kind::Identity));
        assert!(ask(std::slice::from_ref(&all)));
        let [denying] = stray(deny(json!({"Principal": {"AWS": "444455556666"}})));
        assert!(!ask(&[all, denying]));
        let identity = parse(&allow(json!({})), Kind::Identity);
        let on_resource = ResourceRule::Ordinary(Some(&identity));
        assert!(!decide(request, &Authority::default(), on_resource).allowed);
    });
}
