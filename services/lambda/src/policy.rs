//! Who may call a function: statements that are added and removed one by one.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use strongroom_policy::{Kind, Policy};
use strongroom_wire::Result;

use crate::error;

/// The policy of a function, of one of its versions, or of an alias.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ResourcePolicy {
    /// Its statements, each a JSON object, in the order they were added.
    pub statements: Vec<Statement>,
    /// Changes with every change.
    pub revision_id: String,
    #[serde(skip)]
    compiled: OnceLock<Option<Policy>>,
}

/// One statement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Statement {
    /// Its id.
    pub id: String,
    /// It, as JSON.
    pub json: String,
}

/// What a new statement allows.
#[derive(Debug, Clone, Copy)]
pub struct Permission<'a> {
    /// Its id.
    pub id: &'a str,
    /// `lambda:InvokeFunction`.
    pub action: &'a str,
    /// A service, an account, an ARN, or everybody.
    pub principal: &'a str,
    /// What is allowed on.
    pub resource: &'a str,
    /// On behalf of which resource.
    pub source_arn: Option<&'a str>,
    /// On behalf of which account's resources.
    pub source_account: Option<&'a str>,
    /// Of which organization.
    pub organization: Option<&'a str>,
    /// With which token of an event source.
    pub event_source_token: Option<&'a str>,
    /// Through a function URL of which kind.
    pub url_auth_type: Option<&'a str>,
    /// Whether through a function URL.
    pub via_url: Option<bool>,
}

/// AWS's limit, in characters.
const LONGEST: usize = 20_480;

impl Clone for ResourcePolicy {
    fn clone(&self) -> Self {
        let statements = self.statements.clone();
        Self { statements, revision_id: self.revision_id.clone(), compiled: OnceLock::new() }
    }
}

impl ResourcePolicy {
    /// The whole document, as GetPolicy shows it.
    #[must_use]
    pub fn document(&self) -> String {
        let statements: Vec<_> = self.statements.iter().map(|one| one.json.as_str()).collect();
        let statements = statements.join(",");
        format!(r#"{{"Version":"2012-10-17","Id":"default","Statement":[{statements}]}}"#)
    }

    /// The document as it decides; `None` if it allows nothing.
    #[must_use]
    pub fn compiled(&self) -> Option<&Policy> {
        let compile = || Policy::parse(&self.document(), Kind::Resource).ok();
        self.compiled.get_or_init(compile).as_ref()
    }

    /// Adds a statement.
    ///
    /// # Errors
    /// AWS's errors for an id that is taken, a principal that is none, and too long a policy.
    pub fn add(&mut self, permission: Permission<'_>, revision_id: String) -> Result<String> {
        if self.statements.iter().any(|one| one.id == permission.id) {
            return Err(error::statement_exists(permission.id));
        }
        let json = permission.json()?;
        self.statements.push(Statement { id: permission.id.to_owned(), json: json.clone() });
        self.revision_id = revision_id;
        self.compiled = OnceLock::new();
        let document = self.document();
        if document.len() > LONGEST {
            return Err(error::policy_too_long());
        }
        // Whatever the policy engine does not understand would allow nobody, without a word.
        Policy::parse(&document, Kind::Resource).map_err(|_| error::bad_principal())?;
        Ok(json)
    }

    /// Removes a statement.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn remove(&mut self, id: &str, revision_id: String) -> Result<()> {
        let before = self.statements.len();
        self.statements.retain(|one| one.id != id);
        if self.statements.len() == before {
            return Err(error::no_such_statement(id));
        }
        self.revision_id = revision_id;
        self.compiled = OnceLock::new();
        Ok(())
    }
}

impl Permission<'_> {
    /// The statement as AWS writes it: single texts, and `AWS:` in capitals, which clients rely on.
    fn json(&self) -> Result<String> {
        let mut statement = Map::new();
        statement.insert("Sid".to_owned(), json!(self.id));
        statement.insert("Effect".to_owned(), json!("Allow"));
        statement.insert("Principal".to_owned(), self.principal()?);
        statement.insert("Action".to_owned(), json!(self.action));
        statement.insert("Resource".to_owned(), json!(self.resource));
        let mut equal = Map::new();
        for (key, value) in [
            ("AWS:SourceAccount", self.source_account),
            ("aws:PrincipalOrgID", self.organization),
            ("lambda:EventSourceToken", self.event_source_token),
            ("lambda:FunctionUrlAuthType", self.url_auth_type),
        ] {
            if let Some(value) = value {
                equal.insert(key.to_owned(), json!(value));
            }
        }
        let mut condition = Map::new();
        if !equal.is_empty() {
            condition.insert("StringEquals".to_owned(), Value::Object(equal));
        }
        if let Some(arn) = self.source_arn {
            condition.insert("ArnLike".to_owned(), json!({ "AWS:SourceArn": arn }));
        }
        if let Some(via_url) = self.via_url {
            let told = json!({ "lambda:InvokedViaFunctionUrl": via_url.to_string() });
            condition.insert("Bool".to_owned(), told);
        }
        if !condition.is_empty() {
            statement.insert("Condition".to_owned(), Value::Object(condition));
        }
        Ok(Value::Object(statement).to_string())
    }

    fn principal(&self) -> Result<Value> {
        let text = self.principal;
        let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_service = text.contains('.')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        match text {
            "*" => Ok(json!("*")),
            account if is_account => Ok(json!({ "AWS": format!("arn:aws:iam::{account}:root") })),
            arn if arn.starts_with("arn:") => Ok(json!({ "AWS": arn })),
            service if is_service => Ok(json!({ "Service": service })),
            _ => Err(error::bad_principal()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    fn permission<'a>(id: &'a str, principal: &'a str) -> Permission<'a> {
        Permission {
            id,
            action: "lambda:InvokeFunction",
            principal,
            resource: "arn:aws:lambda:us-east-1:123456789012:function:f",
            source_arn: None,
            source_account: None,
            organization: None,
            event_source_token: None,
            url_auth_type: None,
            via_url: None,
        }
    }

    #[test]
    fn a_statement_is_written_as_aws_writes_it() {
        let mut policy = ResourcePolicy::default();
        let permission = Permission {
            source_arn: Some("arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"),
            source_account: Some("123456789012"),
            ..permission("sm", "secretsmanager.amazonaws.com")
        };
        let json: Value =
            serde_json::from_str(&policy.add(permission, "r".into()).unwrap()).unwrap();
        assert_eq!(
            json,
            json!({
                "Sid": "sm", "Effect": "Allow",
                "Principal": { "Service": "secretsmanager.amazonaws.com" },
                "Action": "lambda:InvokeFunction",
                "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
                "Condition": {
                    "StringEquals": { "AWS:SourceAccount": "123456789012" },
                    "ArnLike": { "AWS:SourceArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf" },
                },
            })
        );
        assert!(policy.compiled().is_some());
    }

    #[test]
    fn a_statement_id_is_taken_once_and_removed_once() {
        let mut policy = ResourcePolicy::default();
        policy.add(permission("a", "123456789012"), "1".into()).unwrap();
        assert!(policy.add(permission("a", "*"), "2".into()).is_err());
        policy.remove("a", "3".into()).unwrap();
        assert!(policy.remove("a", "4".into()).is_err());
        assert_eq!(policy.revision_id, "3");
    }

    #[test]
    fn a_principal_that_is_none_is_refused() {
        let mut policy = ResourcePolicy::default();
        for principal in ["nobody", "12345", "arn:aws:nonsense", "a\"b.c"] {
            assert!(policy.add(permission("x", principal), "1".into()).is_err(), "{principal}");
            policy.statements.clear();
        }
    }
}
