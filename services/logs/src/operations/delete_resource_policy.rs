//! DeleteResourcePolicy: deletes a policy on the logs of the account.

use strongroom_api::{Account, Audit, Authorized, Operation, Result, Shape};

use crate::{Call, Logs, error};

/// DeleteResourcePolicy.
pub struct DeleteResourcePolicy;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// Its name.
    pub policy_name: Option<String>,
    /// A resource of its own; not supported.
    pub resource_arn: Option<String>,
    /// The revision that is deleted.
    #[shape(length = 1..)]
    pub expected_revision_id: Option<String>,
}

impl Operation for DeleteResourcePolicy {
    const NAME: &'static str = "DeleteResourcePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"policyName": "delivery"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Account;
    type Output = ();

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<()> {
        if input.resource_arn.is_some() {
            return Err(error::not_supported("A policy of a single resource"));
        }
        let name = input.policy_name.as_deref().ok_or_else(|| error::required("policyName"))?;
        let account = call.caller.account();
        let read = call.service.policies(account, call.region).await?;
        let mut policies = match &read {
            Some(read) => read.value.clone(),
            None => return Err(error::no_such_policy()),
        };
        policies.expect(name, input.expected_revision_id.as_deref())?;
        let before = policies.policies.len();
        policies.policies.retain(|policy| policy.name != name);
        if policies.policies.len() == before {
            return Err(error::no_such_policy());
        }
        call.service.save_policies(account, call.region, &read, &policies).await
    }
}
