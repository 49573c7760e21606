//! Action and NotAction.

use serde_json::json;

use crate::case::{Case, allow, case, deny};

fn allows(action: &str, request: &str) -> bool {
    case(json!({"action": request, "identity": [allow(json!({"Action": action}))]})).allowed()
}

#[test]
fn actions_compare_without_regard_to_case() {
    assert!(allows("SecretsManager:GETSECRETVALUE", "secretsmanager:GetSecretValue"));
    assert!(allows("secretsmanager:getsecretvalue", "secretsmanager:GetSecretValue"));
}

#[test]
fn wildcards_stand_anywhere_in_the_name() {
    for (pattern, request, expected) in [
        ("*", "kms:Decrypt", true),
        ("kms:*", "kms:Decrypt", true),
        ("kms:*crypt", "kms:Decrypt", true),
        ("kms:De?rypt", "kms:Decrypt", true),
        ("kms:De??rypt", "kms:Decrypt", false),
        ("kms:*", "kmsx:Decrypt", false),
        ("kms:Decrypt", "kms:DecryptAll", false),
        ("kms:Decrypt", "secretsmanager:Decrypt", false),
        ("*:Decrypt", "kms:Decrypt", true),
    ] {
        assert_eq!(allows(pattern, request), expected, "{pattern} and {request}");
    }
}

#[test]
fn an_allow_with_not_action_allows_everything_else() {
    let identity = [allow(json!({"NotAction": ["iam:*", "kms:Decrypt"]}))];
    let allowed = |action: &str| case(json!({"action": action, "identity": identity})).allowed();
    assert!(allowed("secretsmanager:GetSecretValue"));
    assert!(allowed("kms:Encrypt"));
    assert!(!allowed("iam:CreateUser"));
    assert!(!allowed("kms:Decrypt"));
}

#[test]
fn a_deny_with_not_action_denies_everything_else() {
    let identity = [allow(json!({})), deny(json!({"NotAction": "secretsmanager:Get*"}))];
    let allowed = |action: &str| case(json!({"action": action, "identity": identity})).allowed();
    assert!(allowed("secretsmanager:GetSecretValue"));
    assert!(!allowed("secretsmanager:DeleteSecret"));
    assert!(!allowed("iam:CreateUser"));
}

#[test]
fn a_request_without_an_action_is_denied() {
    for action in ["", "GetSecretValue", "*"] {
        assert!(
            !Case { action: action.into(), ..case(json!({"identity": [allow(json!({}))]})) }
                .allowed()
        );
    }
}
