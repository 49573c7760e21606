//! Explanations for people and tools.

use serde_json::{Value, json};

use crate::case::{allow, case, deny};

fn explained() -> (String, Value) {
    let explanation = case(json!({
        "context": {"aws:SourceIp": "10.0.0.1"},
        "identity": [
            allow(json!({"Sid": "Office", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}})),
            allow(json!({"Action": "kms:*"})),
        ],
        "resource_policy": allow(json!({"Principal": {"AWS": "444455556666"}})),
    }))
    .explanation();
    (explanation.to_string(), serde_json::to_value(&explanation).unwrap())
}

#[test]
fn every_statement_tells_why_it_does_not_apply() {
    let (text, _) = explained();
    assert_eq!(
        text,
        "denied: arn:aws:iam::111122223333:user/team/anna to secretsmanager:GetSecretValue on \
         arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf\n  \
         the caller is told: User: arn:aws:iam::111122223333:user/team/anna is not authorized to perform: \
         secretsmanager:GetSecretValue on resource: \
         arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf because no identity-based policy \
         allows the secretsmanager:GetSecretValue action\n  \
         missing: an Allow in an identity-based policy\n  \
         resource-based policy: says nothing\n    \
         statement 1 at line 1, column 15: does not apply: another principal\n  \
         identity-based policy p: says nothing\n    \
         statement 1 \"Office\" at line 1, column 15: does not apply: IpAddress aws:SourceIp [\"203.0.113.0/24\"] \
         against [\"10.0.0.1\"]\n  \
         identity-based policy p: says nothing\n    \
         statement 1 at line 1, column 15: does not apply: another action\n"
    );
}

#[test]
fn tools_get_the_same_as_data() {
    let (_, data) = explained();
    assert_eq!(data["allowed"], false);
    assert_eq!(data["missing"], json!(["IdentityBased"]));
    let office = &data["policies"][1]["statements"][0];
    assert_eq!(office["sid"], "Office");
    assert_eq!(office["took_effect"], false);
    assert_eq!(office["action"], "Yes");
    assert_eq!(office["conditions"][0]["met"], "No");
    assert_eq!(office["conditions"][0]["found"], json!(["10.0.0.1"]));
}

#[test]
fn a_denying_statement_is_found_among_allowing_ones() {
    let identity =
        [allow(json!({})), deny(json!({"Sid": "NoSecrets", "Action": "secretsmanager:*"}))];
    let explanation = case(json!({"identity": identity})).explanation();
    assert!(explanation.missing.is_empty());
    assert!(
        explanation.to_string().contains("statement 1 \"NoSecrets\" at line 1, column 15: denies")
    );
}

#[test]
fn allowing_grants_are_named() {
    let explanation = case(json!({
        "action": "kms:Decrypt", "rule": "key", "resource": crate::case::KEY,
        "resource_policy": deny(json!({"Principal": {"AWS": "444455556666"}})),
        "grants": [{"grantee": "arn:aws:iam::111122223333:user/team/anna", "operations": ["Decrypt"]}],
    }))
    .explanation();
    assert!(explanation.allowed);
    assert_eq!(explanation.grants, ["g-1"]);
}

#[test]
fn several_missing_allows_are_all_named() {
    let asked = json!({"principal": "stranger", "boundary": allow(json!({"Action": "kms:*"}))});
    let missing = serde_json::to_value(case(asked).explanation().missing).unwrap();
    assert_eq!(missing, json!(["ResourceBased", "IdentityBased", "PermissionsBoundary"]));
}
