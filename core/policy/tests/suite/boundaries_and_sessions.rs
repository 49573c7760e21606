//! Permissions boundaries and session policies.

use serde_json::{Value, json};

use crate::case::{allow, case};

fn secrets() -> Value {
    allow(json!({"Action": "secretsmanager:*"}))
}

fn other() -> Value {
    allow(json!({"Action": "kms:*"}))
}

#[test]
fn a_boundary_allows_nothing_by_itself() {
    assert_eq!(case(json!({"boundary": secrets()})).answer(), "implicit identity-based policy");
}

#[test]
fn a_boundary_limits_identity_policies() {
    let answer =
        |boundary: Value| case(json!({"identity": [secrets()], "boundary": boundary})).answer();
    assert_eq!(answer(secrets()), "allow");
    assert_eq!(answer(other()), "implicit permissions boundary");
}

#[test]
fn a_session_has_what_its_role_and_its_session_policies_both_allow() {
    let answer = |session: Value| {
        case(json!({"principal": "reader", "identity": [secrets()], "session": session})).answer()
    };
    assert_eq!(answer(Value::Null), "allow");
    assert_eq!(answer(json!([other(), secrets()])), "allow");
    assert_eq!(answer(json!([other()])), "implicit session policy");
    assert_eq!(answer(json!([])), "implicit session policy");
    let session_alone = case(json!({"principal": "reader", "session": [secrets()]}));
    assert_eq!(session_alone.answer(), "implicit identity-based policy");
}

#[test]
fn a_federated_user_without_session_policies_has_nothing() {
    let all = allow(json!({}));
    let guest = |session: Value| {
        case(json!({"principal": "federated", "identity": [all], "session": session})).answer()
    };
    assert_eq!(guest(Value::Null), "implicit session policy");
    assert_eq!(guest(json!([secrets()])), "allow");
    let named =
        allow(json!({"Principal": {"AWS": "arn:aws:sts::111122223333:federated-user/guest"}}));
    assert_eq!(case(json!({"principal": "federated", "resource_policy": named})).answer(), "allow");
}
