//! Decisions between accounts.

use serde_json::{Value, json};

use crate::case::{allow, case};

fn answer(caller: &str, identity: &[Value], principal: Option<Value>) -> String {
    let policy = principal.map(|principal| allow(json!({"Principal": principal})));
    case(json!({"principal": caller, "identity": identity, "resource_policy": policy})).answer()
}

#[test]
fn both_accounts_must_allow() {
    let all = [allow(json!({}))];
    for principal in [
        json!("*"),
        json!({"AWS": "444455556666"}),
        json!({"AWS": "arn:aws:iam::444455556666:root"}),
        json!({"AWS": "arn:aws:iam::444455556666:role/visitor"}),
        json!({"AWS": "arn:aws:sts::444455556666:assumed-role/visitor/v1"}),
    ] {
        assert_eq!(answer("strange role", &all, Some(principal.clone())), "allow", "{principal}");
        let without = answer("strange role", &[], Some(principal.clone()));
        assert_eq!(without, "implicit identity-based policy", "{principal}");
    }
    assert_eq!(answer("strange role", &all, None), "implicit resource-based policy");
    assert_eq!(
        answer("strange role", &all, Some(json!({"AWS": "111122223333"}))),
        "implicit resource-based policy"
    );
    assert_eq!(answer("stranger", &[], None), "implicit resource-based policy");
}

#[test]
fn the_callers_boundary_and_session_limit_however_the_resource_names_it() {
    let session = json!({"AWS": "arn:aws:sts::444455556666:assumed-role/visitor/v1"});
    let policy = allow(json!({"Principal": session}));
    let ask = |more: Value| {
        let mut asked = json!({"principal": "strange role", "identity": [allow(json!({}))], "resource_policy": policy});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        case(asked).answer()
    };
    let other = allow(json!({"Action": "kms:*"}));
    assert_eq!(ask(json!({"boundary": other})), "implicit permissions boundary");
    assert_eq!(ask(json!({"session": [other]})), "implicit session policy");
    assert_eq!(ask(json!({"service_control": [[other]]})), "implicit service control policy");
}

#[test]
fn another_accounts_root_user_needs_only_the_resource() {
    assert_eq!(answer("strange root", &[], Some(json!({"AWS": "444455556666"}))), "allow");
    assert_eq!(answer("strange root", &[], None), "implicit resource-based policy");
}

#[test]
fn a_resource_without_policies_is_out_of_reach() {
    let asked =
        case(json!({"principal": "stranger", "identity": [allow(json!({}))], "rule": "none"}));
    assert_eq!(asked.answer(), "implicit resource-based policy");
}
