//! Authorization messages: explanations of denials, sealed so that only DecodeAuthorizationMessage
//! reads them, and only for the account whose call was denied.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use strongroom_policy::{Effect, Explanation, StatementExplanation};
use strongroom_seal::Keyring;

/// What messages are sealed for.
const PURPOSE: &str = "sts/authorization-message";
/// A longer message is not made: it travels in a header, and some clients take no more than 16 KiB of
/// headers.
const LONGEST: usize = 8_192;

/// The message for an explanation of a denied call of `account`; `None` if it would be too long.
pub fn encode(keyring: &Keyring, account: &str, explanation: &str) -> Option<String> {
    let sealed = keyring.seal(&purpose(account), explanation.as_bytes());
    let message = BASE64URL_NOPAD.encode(&sealed);
    (message.len() <= LONGEST).then_some(message)
}

/// What a message says, in the layout of AWS; `None` if it is none of this account's.
pub fn decode(keyring: &Keyring, account: &str, message: &str) -> Option<String> {
    let sealed = BASE64URL_NOPAD.decode(message.as_bytes()).ok()?;
    let opened = keyring.open(&purpose(account), &sealed).ok()?;
    let explanation: Explanation = serde_json::from_slice(&opened).ok()?;
    Some(told(&explanation).to_string())
}

fn purpose(account: &str) -> String {
    format!("{PURPOSE}/{account}")
}

/// AWS's members, and beside them the whole explanation: AWS says nothing of statements that failed to
/// allow.
fn told(explanation: &Explanation) -> Value {
    let denies = |one: &&StatementExplanation| one.took_effect && one.effect == Effect::Deny;
    let statements = explanation.policies.iter().flat_map(|policy| &policy.statements);
    let matched: Vec<Value> = statements
        .clone()
        .filter(denies)
        .map(|one| json!({ "statementId": one.sid.as_deref().unwrap_or_default(), "effect": "DENY" }))
        .collect();
    let mut conditions: Vec<Value> = Vec::new();
    for condition in statements.flat_map(|one| &one.conditions) {
        let values: Vec<_> =
            condition.found.iter().map(|value| json!({ "value": value })).collect();
        let known = json!({ "key": condition.key, "values": { "items": values } });
        if !conditions.contains(&known) {
            conditions.push(known);
        }
    }
    let name = explanation.principal.rsplit(['/', ':']).next().unwrap_or_default();
    json!({
        "allowed": explanation.allowed,
        "explicitDeny": !matched.is_empty(),
        "matchedStatements": { "items": matched },
        "failures": { "items": [] },
        "context": {
            "principal": { "name": name, "arn": explanation.principal },
            "action": explanation.action,
            "resource": explanation.resource,
            "conditions": { "items": conditions },
        },
        "explanation": explanation,
    })
}
