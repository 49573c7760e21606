//! AddPermission and RemovePermission: statements of a topic's policy, by their labels.

use serde_json::{Map, Value, json};
use strongroom_wire::Result;

use crate::arn;
use crate::error;

/// What a permission can be for.
const ACTIONS: [&str; 9] = [
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
    "Receive",
];

/// The policy `text` with one more statement.
///
/// # Errors
/// AWS's for a label that stands already, an action that no topic knows, or what is no account.
pub fn add(
    text: &str,
    topic_arn: &str,
    label: &str,
    accounts: &[String],
    actions: &[String],
) -> Result<String> {
    let mut policy = read(text)?;
    if label.is_empty() || label.chars().count() > 80 {
        return Err(error::invalid_parameter("Label"));
    }
    if actions.is_empty() {
        return Err(error::invalid_parameter("ActionName"));
    }
    if accounts.is_empty() {
        return Err(error::invalid_parameter("AWSAccountId"));
    }
    if actions.iter().any(|action| !ACTIONS.contains(&action.as_str())) {
        return Err(error::invalid_parameter("Policy statement action out of service scope!"));
    }
    if accounts.iter().any(|account| !arn::is_account(account)) {
        return Err(error::invalid_parameter("AWSAccountId"));
    }
    let mut statements = statements(&mut policy);
    if statements.iter().any(|statement| statement["Sid"] == label) {
        return Err(error::invalid_parameter("Statement already exists"));
    }
    let principals = accounts.iter().map(|account| format!("arn:aws:iam::{account}:root"));
    let actions = actions.iter().map(|action| format!("SNS:{action}"));
    statements.push(json!({
        "Sid": label,
        "Effect": "Allow",
        "Principal": {"AWS": one_or_many(principals.collect())},
        "Action": one_or_many(actions.collect()),
        "Resource": topic_arn,
    }));
    Ok(written(policy, statements))
}

/// The policy `text` without the statement of this label. One that is not there does not matter.
///
/// # Errors
/// Internal only: a policy that cannot be read.
pub fn remove(text: &str, label: &str) -> Result<String> {
    let mut policy = read(text)?;
    let mut statements = statements(&mut policy);
    statements.retain(|statement| statement["Sid"] != label);
    Ok(written(policy, statements))
}

fn read(text: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(text).map_err(error::internal)
}

/// The statements, which a policy may write as a single one.
fn statements(policy: &mut Map<String, Value>) -> Vec<Value> {
    match policy.remove("Statement") {
        Some(Value::Array(statements)) => statements,
        Some(statement) => vec![statement],
        None => Vec::new(),
    }
}

fn written(mut policy: Map<String, Value>, statements: Vec<Value>) -> String {
    policy.insert("Statement".to_owned(), Value::Array(statements));
    Value::Object(policy).to_string()
}

fn one_or_many(mut texts: Vec<String>) -> Value {
    match texts.len() {
        1 => Value::String(texts.remove(0)),
        _ => json!(texts),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const ARN: &str = "arn:aws:sns:us-east-1:123456789012:t";

    #[test]
    fn a_permission_is_a_statement_that_goes_by_its_label() {
        let text = r#"{"Version": "2008-10-17", "Statement": {"Sid": "a", "Effect": "Deny"}}"#;
        let accounts = ["210987654321".to_owned()];
        let actions = ["Publish".to_owned()];
        let added = add(text, ARN, "b", &accounts, &actions).unwrap();
        let policy: Value = serde_json::from_str(&added).unwrap();
        assert_eq!(policy["Statement"][1]["Action"], "SNS:Publish");
        assert_eq!(policy["Statement"][1]["Principal"]["AWS"], "arn:aws:iam::210987654321:root");
        let again = add(&added, ARN, "b", &accounts, &actions).unwrap_err();
        assert_eq!(again.message(), "Invalid parameter: Statement already exists");
        let removed: Value = serde_json::from_str(&remove(&added, "b").unwrap()).unwrap();
        assert_eq!(removed["Statement"].as_array().unwrap().len(), 1);
        let foreign = add(text, ARN, "c", &accounts, &["Fly".to_owned()]).unwrap_err();
        assert!(foreign.message().ends_with("action out of service scope!"));
    }
}
