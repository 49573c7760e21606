//! KMS keys: the key policy as root of trust, and grants.

use serde_json::{Value, json};

use crate::case::{KEY, allow, case, deny};

fn ask(caller: &str, more: Value) -> String {
    let mut asked = json!({
        "principal": caller, "action": "kms:Decrypt", "resource": KEY, "rule": "key",
        "resource_policy": allow(json!({"Principal": {"AWS": "arn:aws:iam::111122223333:role/admin"}})),
    });
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    case(asked).answer()
}

fn delegating() -> Value {
    allow(json!({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}))
}

fn granted(grantee: &str) -> Value {
    json!([{"grantee": grantee, "operations": ["Decrypt", "DescribeKey"]}])
}

#[test]
fn an_identity_policy_counts_only_if_the_key_policy_delegates() {
    let all = [allow(json!({}))];
    assert_eq!(ask("anna", json!({"identity": all})), "implicit resource-based policy");
    assert_eq!(ask("anna", json!({"identity": all, "resource_policy": delegating()})), "allow");
    assert_eq!(
        ask("anna", json!({"resource_policy": delegating()})),
        "implicit identity-based policy"
    );
    let narrow = allow(json!({"Principal": {"AWS": "111122223333"}, "Action": "kms:Encrypt"}));
    assert_eq!(
        ask("anna", json!({"identity": all, "resource_policy": narrow})),
        "implicit resource-based policy"
    );
}

#[test]
fn a_principal_named_in_the_key_policy_needs_no_identity_policy() {
    let named = allow(json!({"Principal": {"AWS": "arn:aws:iam::111122223333:user/team/anna"}}));
    assert_eq!(ask("anna", json!({"resource_policy": named})), "allow");
}

#[test]
fn the_root_user_has_no_rights_without_the_key_policy() {
    assert_eq!(ask("root", json!({})), "implicit resource-based policy");
    assert_eq!(ask("root", json!({"resource_policy": delegating()})), "allow");
}

#[test]
fn the_managed_key_serves_its_own_account_through_its_own_service_only() {
    let policy = json!({"Version": "2012-10-17", "Id": "auto-secretsmanager-2", "Statement": [{
        "Sid": "Allow access through AWS Secrets Manager for all principals in the account",
        "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*",
        "Condition": {"StringEquals": {
            "kms:CallerAccount": "111122223333",
            "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
        }},
    }]});
    let via = |account: &str| json!({"kms:CallerAccount": account, "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"});
    let all = [allow(json!({}))];
    assert_eq!(
        ask("anna", json!({"resource_policy": policy, "context": via("111122223333")})),
        "allow"
    );
    let direct =
        json!({"resource_policy": policy, "context": {"kms:CallerAccount": "111122223333"}});
    assert_eq!(ask("anna", direct), "implicit resource-based policy");
    let foreign =
        json!({"resource_policy": policy, "context": via("444455556666"), "identity": all});
    assert_eq!(ask("stranger", foreign), "implicit resource-based policy");
}

#[test]
fn another_account_needs_the_key_policy_and_its_own() {
    let all = [allow(json!({}))];
    let policy = allow(json!({"Principal": {"AWS": "444455556666"}}));
    assert_eq!(ask("stranger", json!({"resource_policy": policy, "identity": all})), "allow");
    assert_eq!(
        ask("stranger", json!({"resource_policy": policy})),
        "implicit identity-based policy"
    );
    assert_eq!(
        ask("stranger", json!({"resource_policy": delegating(), "identity": all})),
        "implicit resource-based policy"
    );
}

#[test]
fn a_grant_allows_its_grantee_its_operations() {
    let user = "arn:aws:iam::111122223333:user/team/anna";
    assert_eq!(ask("anna", json!({"grants": granted(user)})), "allow");
    assert_eq!(
        ask("anna", json!({"grants": granted(user), "action": "kms:Encrypt"})),
        "implicit resource-based policy"
    );
    assert_eq!(ask("root", json!({"grants": granted(user)})), "implicit resource-based policy");
    let role = granted("arn:aws:iam::111122223333:role/app/reader");
    assert_eq!(ask("reader", json!({"grants": role})), "allow");
    let session = granted("arn:aws:sts::111122223333:assumed-role/reader/s1");
    assert_eq!(ask("reader", json!({"grants": session})), "allow");
    assert_eq!(ask("lambda", json!({"grants": granted("lambda.amazonaws.com")})), "allow");
}

#[test]
fn a_grant_to_an_account_leaves_the_rest_to_its_identity_policies() {
    let account = granted("arn:aws:iam::111122223333:root");
    assert_eq!(ask("anna", json!({"grants": account})), "implicit identity-based policy");
    assert_eq!(ask("anna", json!({"grants": account, "identity": [allow(json!({}))]})), "allow");
}

#[test]
fn a_grant_across_accounts_needs_the_grantees_own_policies_too() {
    let grants = granted("arn:aws:iam::444455556666:user/carl");
    assert_eq!(ask("stranger", json!({"grants": grants})), "implicit identity-based policy");
    assert_eq!(ask("stranger", json!({"grants": grants, "identity": [allow(json!({}))]})), "allow");
}

#[test]
fn a_grant_cannot_override_a_deny() {
    let grants = granted("arn:aws:iam::111122223333:user/team/anna");
    assert_eq!(
        ask("anna", json!({"grants": grants, "identity": [deny(json!({}))]})),
        "explicit identity-based policy"
    );
    let policy = deny(json!({"Principal": "*"}));
    assert_eq!(
        ask("anna", json!({"grants": grants, "resource_policy": policy})),
        "explicit resource-based policy"
    );
}

#[test]
fn constraints_hold_grants_to_their_encryption_context() {
    let with = |constraint: &str, action: &str, context: &[(&str, &str)]| {
        let names: Vec<_> = context.iter().map(|(name, _)| *name).collect();
        let mut keys = json!({"kms:EncryptionContextKeys": names});
        for (name, value) in context {
            keys[format!("kms:EncryptionContext:{name}")] = (*value).into();
        }
        let mut grant = granted("arn:aws:iam::111122223333:user/team/anna");
        grant[0][constraint] = json!({"SecretARN": "s", "Stage": "1"});
        ask("anna", json!({"grants": grant, "context": keys, "action": action})) == "allow"
    };
    let (exact, more) =
        ([("SecretARN", "s"), ("Stage", "1")], [("SecretARN", "s"), ("Stage", "1"), ("x", "y")]);
    assert!(with("equals", "kms:Decrypt", &exact));
    assert!(!with("equals", "kms:Decrypt", &more));
    assert!(!with("equals", "kms:Decrypt", &exact[..1]));
    assert!(with("subset", "kms:Decrypt", &exact));
    assert!(with("subset", "kms:Decrypt", &more));
    assert!(!with("subset", "kms:Decrypt", &[("SecretARN", "s"), ("Stage", "2")]));
    assert!(!with("subset", "kms:Decrypt", &[("secretarn", "s"), ("Stage", "1")]));
    assert!(!with("subset", "kms:Decrypt", &[]));
    assert!(with("equals", "kms:DescribeKey", &[]));
}

#[test]
fn a_grant_is_never_for_everyone() {
    use strongroom_policy::{Constraints, Grant};
    for grantee in ["*", "", "arn:aws:iam::111122223333:role/*", "anna"] {
        assert!(
            Grant::new("g", grantee, ["Decrypt"], Constraints::default()).is_err(),
            "{grantee}"
        );
    }
}
