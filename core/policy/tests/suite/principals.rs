//! Principal and NotPrincipal, and how far an Allow for each reaches within an account.

use serde_json::{Value, json};

use crate::case::{allow, case, deny, preset, principal};

const USER: &str = "arn:aws:iam::111122223333:user/team/anna";
const ROLE: &str = "arn:aws:iam::111122223333:role/app/reader";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/reader/s1";
const GUEST: &str = "arn:aws:sts::111122223333:federated-user/guest";

/// What the resource's Allow for the principal gives: alone, under a silent boundary, under a
/// silent session policy, with an identity policy that allows.
fn reach(caller: &str, principal: Value) -> [bool; 4] {
    let policy = allow(json!({"Principal": principal}));
    let silent = allow(json!({"Action": "sqs:*"}));
    let ask = |more: Value| {
        let mut asked = json!({"principal": caller, "resource_policy": policy});
        // A federated user's session is scoped, or it has nothing.
        if caller == "federated" {
            asked["session"] = json!([allow(json!({}))]);
        }
        asked
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        case(asked).allowed()
    };
    [
        ask(json!({})),
        ask(json!({"boundary": silent})),
        ask(json!({"session": [silent]})),
        ask(json!({"identity": [allow(json!({}))]})),
    ]
}

const FINAL: [bool; 4] = [true; 4];
const LIMITED: [bool; 4] = [true, false, false, true];
const DELEGATED: [bool; 4] = [false, false, false, true];

#[test]
fn an_allow_reaches_as_far_as_it_names_the_caller() {
    for (caller, principal, expected) in [
        ("anna", json!({"AWS": USER}), FINAL),
        ("anna", json!({"AWS": "AIDAANNA000000000001"}), FINAL),
        ("anna", json!("*"), FINAL),
        ("anna", json!({"AWS": "*"}), FINAL),
        ("anna", json!({"AWS": "111122223333"}), DELEGATED),
        (
            "anna",
            json!({"AWS": "arn:aws:iam::111122223333:root"}),
            DELEGATED,
        ),
        ("reader", json!({"AWS": ROLE}), LIMITED),
        ("reader", json!({"AWS": "AROAREADER0000000001"}), LIMITED),
        ("reader", json!({"AWS": SESSION}), FINAL),
        ("reader", json!({"AWS": ["111122223333", SESSION]}), FINAL),
        ("reader", json!({"AWS": "*"}), FINAL),
        ("reader", json!({"AWS": "111122223333"}), DELEGATED),
        ("federated", json!({"AWS": GUEST}), FINAL),
        ("federated", json!({"AWS": USER}), LIMITED),
        ("federated", json!({"AWS": "AIDAANNA000000000001"}), LIMITED),
    ] {
        assert_eq!(
            reach(caller, principal.clone()),
            expected,
            "{caller} by {principal}"
        );
    }
}

#[test]
fn whoever_is_not_named_is_not_allowed() {
    for (caller, principal) in [
        (
            "anna",
            json!({"AWS": "arn:aws:iam::111122223333:user/anna"}),
        ),
        (
            "anna",
            json!({"AWS": "arn:aws:iam::111122223333:user/team/Anna"}),
        ),
        ("anna", json!({"AWS": ROLE})),
        ("anna", json!({"AWS": "AIDAANNA000000000002"})),
        ("anna", json!({"AWS": "444455556666"})),
        ("anna", json!({"Service": "lambda.amazonaws.com"})),
        (
            "reader",
            json!({"AWS": "arn:aws:iam::111122223333:role/reader"}),
        ),
        (
            "reader",
            json!({"AWS": "arn:aws:sts::111122223333:assumed-role/reader/s2"}),
        ),
        ("reader", json!({"AWS": "AROAREADER0000000002"})),
        ("lambda", json!({"Service": "secretsmanager.amazonaws.com"})),
        ("lambda", json!({"AWS": "111122223333"})),
        ("anonymous", json!({"AWS": "111122223333"})),
        ("anonymous", json!({"AWS": USER})),
        (
            "anna",
            json!({"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"}),
        ),
    ] {
        let policy = allow(json!({"Principal": principal}));
        assert!(
            !case(json!({"principal": caller, "resource_policy": policy})).allowed(),
            "{caller} by {principal}"
        );
    }
}

#[test]
fn services_and_strangers_need_the_resource_alone() {
    let allowed = |caller: &str, principal: Value| {
        let policy = allow(json!({"Principal": principal}));
        case(json!({"principal": caller, "resource_policy": policy})).allowed()
    };
    assert!(allowed(
        "lambda",
        json!({"Service": ["sns.amazonaws.com", "lambda.amazonaws.com"]})
    ));
    assert!(allowed("lambda", json!("*")));
    assert!(allowed("anonymous", json!("*")));
    assert!(!case(json!({"principal": "lambda", "identity": [allow(json!({}))]})).allowed());
    assert!(!case(json!({"principal": "anonymous", "identity": [allow(json!({}))]})).allowed());
}

#[test]
fn a_deny_with_not_principal_spares_only_who_is_listed_under_every_name() {
    let spares = |caller: &str, listed: Value| {
        let policy = deny(json!({"NotPrincipal": listed}));
        let session = (caller == "federated").then(|| json!([allow(json!({}))]));
        let identity = [allow(json!({}))];
        case(json!({"principal": caller, "identity": identity, "session": session, "resource_policy": policy}))
            .allowed()
    };
    assert!(spares("anna", json!({"AWS": [USER, "111122223333"]})));
    assert!(!spares("anna", json!({"AWS": USER})));
    assert!(!spares("anna", json!({"AWS": "111122223333"})));
    assert!(spares(
        "reader",
        json!({"AWS": [ROLE, SESSION, "arn:aws:iam::111122223333:root"]})
    ));
    assert!(!spares("reader", json!({"AWS": [ROLE, "111122223333"]})));
    assert!(!spares("reader", json!({"AWS": [SESSION, "111122223333"]})));
    assert!(!spares("reader", json!({"AWS": [ROLE, SESSION]})));
    assert!(spares("federated", json!({"AWS": [GUEST, "111122223333"]})));
    assert!(spares("root", json!({"AWS": "111122223333"})));
    assert!(spares("anna", json!("*")));
    assert!(!spares("root", json!({"AWS": USER})));
}

#[test]
fn an_allow_with_not_principal_leaves_out_who_is_listed_under_any_name() {
    let allowed = |caller: &str, listed: Value| {
        let policy = allow(json!({"NotPrincipal": listed}));
        case(json!({"principal": caller, "resource_policy": policy})).allowed()
    };
    assert!(allowed("reader", json!({"AWS": USER})));
    assert!(!allowed("anna", json!({"AWS": USER})));
    assert!(!allowed("anna", json!({"AWS": "111122223333"})));
    assert!(!allowed("anna", json!("*")));
    assert!(!allowed("federated", json!({"AWS": USER})));
}

#[test]
fn a_denied_user_is_denied_in_federated_sessions_too() {
    let policy = deny(json!({"Principal": {"AWS": USER}}));
    let all = allow(json!({}));
    let guest = case(json!({
        "principal": "federated", "identity": [all], "session": [all], "resource_policy": policy
    }));
    assert_eq!(guest.answer(), "explicit resource-based policy");
}

#[test]
fn a_principal_knows_its_own_condition_values() {
    let keys = [
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
    ];
    for (caller, expected) in [
        (
            "anna",
            [
                Some(USER),
                Some("111122223333"),
                Some("User"),
                Some("AIDAANNA000000000001"),
                Some("anna"),
            ],
        ),
        (
            "root",
            [
                Some("arn:aws:iam::111122223333:root"),
                Some("111122223333"),
                Some("Account"),
                Some("111122223333"),
                None,
            ],
        ),
        (
            "reader",
            [
                Some(ROLE),
                Some("111122223333"),
                Some("AssumedRole"),
                Some("AROAREADER0000000001:s1"),
                None,
            ],
        ),
        (
            "federated",
            [
                Some(GUEST),
                Some("111122223333"),
                Some("FederatedUser"),
                Some("111122223333:guest"),
                None,
            ],
        ),
        (
            "anonymous",
            [
                None,
                Some("anonymous"),
                Some("Anonymous"),
                Some("anonymous"),
                None,
            ],
        ),
        ("lambda", [None; 5]),
    ] {
        let caller = preset(caller);
        let found = keys.map(|key| principal(&caller).condition_value(key));
        assert_eq!(found.each_ref().map(|value| value.as_deref()), expected);
    }
    let lambda = preset("lambda");
    let service = principal(&lambda);
    assert_eq!(
        service
            .condition_value("aws:principalisawsservice")
            .as_deref(),
        Some("true")
    );
    assert_eq!(
        service
            .condition_value("aws:principalservicename")
            .as_deref(),
        Some("lambda.amazonaws.com")
    );
}
