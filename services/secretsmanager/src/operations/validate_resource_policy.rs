//! ValidateResourcePolicy: what would be wrong with a policy if it were attached.

use std::borrow::Cow;

use strongroom_api::{
    Account, Audit, Authorized, Demand, Demands, Operation, Reply, ResourceRule, Result, Shape,
    Target, Values,
};

use crate::id::SecretId;
use crate::policy::{self, Document};
use crate::secret::{Attached, Found};
use crate::{Call, SecretsManager};

/// The operation.
pub struct ValidateResourcePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: Option<SecretId>,
    resource_policy: Document,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    policy_validation_passed: bool,
    validation_errors: Vec<Finding>,
}

/// One thing that is wrong.
#[derive(Reply)]
pub struct Finding {
    check_name: &'static str,
    error_message: String,
}

/// The secret that the policy is meant for, if the request names one.
pub enum Subject {
    /// It does.
    Secret(Found),
    /// It does not.
    Account(Account),
}

impl Subject {
    fn secret(&self) -> Option<&Found> {
        match self {
            Self::Secret(found) => Some(found),
            Self::Account(_) => None,
        }
    }

    fn target(&self) -> &dyn Target {
        match self {
            Self::Secret(found) => found,
            Self::Account(account) => account,
        }
    }
}

impl Target for Subject {
    fn arn(&self) -> Cow<'_, str> {
        self.target().arn()
    }

    fn account(&self) -> &str {
        self.target().account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.target().tag(key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.target().rule()
    }
}

impl Operation for ValidateResourcePolicy {
    const NAME: &'static str = "ValidateResourcePolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{
        "ResourcePolicy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:root\"},\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"*\"}]}"
    }"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        match &input.secret_id {
            Some(id) => Ok(Subject::Secret(call.service.find(call, id).await?)),
            None => Ok(Subject::Account(Account(call.caller.account().to_owned()))),
        }
    }

    fn demands<'t>(_: &'t Input, subject: &'t Subject) -> Demands<'t> {
        Demands::from_iter([
            Demand::own::<Self>(subject),
            Demand::of("secretsmanager:PutResourcePolicy", subject),
        ])
    }

    fn condition<'v>(_: &'v Input, subject: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        subject?.secret()?.condition(key)
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        let mut findings = Vec::new();
        match policy::read(call, &input.resource_policy).await {
            Err(error) if error.is_internal() => return Err(error),
            Err(error) => findings.push(finding("SYNTAX", error.message())),
            Ok(checked) => {
                if policy::grants_broad_access(&checked.policy) {
                    findings.push(finding("PUBLIC_POLICY", BROAD));
                }
                if locks_out(call, checked.stored, &subject) {
                    findings.push(finding("LOCKOUT", crate::error::would_lock_out().message()));
                }
            }
        }
        Ok(Output { policy_validation_passed: findings.is_empty(), validation_errors: findings })
    }
}

/// AWS's sentence of earlier editions of its guide; the reply's text today is not published.
const BROAD: &str = "This resource policy grants broad access to your secret. Secrets Manager does \
                     not allow creating and applying such policies in the console.";

fn finding(check_name: &'static str, message: &str) -> Finding {
    Finding { check_name, error_message: message.to_owned() }
}

/// Whether the caller could not change the policy any more once it is attached.
fn locks_out(call: &Call<'_>, stored: String, subject: &Subject) -> bool {
    let Some(found) = subject.secret() else { return false };
    let mut changed = found.0.value.clone();
    changed.policy = Some(Attached::new(stored));
    !call.would_allow("secretsmanager:PutResourcePolicy", &Found::supposed(found, changed))
}

#[cfg(test)]
mod tests;
