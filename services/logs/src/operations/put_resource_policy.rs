//! PutResourcePolicy: makes a policy on the logs of the account, or changes it.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::resource_policy::{ResourcePolicies, ResourcePolicy, ResourcePolicyView};
use crate::{Call, Logs, error};

/// PutResourcePolicy.
pub struct PutResourcePolicy;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// Its name.
    pub policy_name: Option<String>,
    /// The document.
    #[shape(length = 1..=51_200)]
    pub policy_document: Option<String>,
    /// A resource of its own; not supported.
    pub resource_arn: Option<String>,
    /// The revision that is changed.
    #[shape(length = 1..)]
    pub expected_revision_id: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The policy.
    pub resource_policy: ResourcePolicyView,
    /// Its revision.
    pub revision_id: String,
}

impl Operation for PutResourcePolicy {
    const NAME: &'static str = "PutResourcePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"policyName": "delivery", "policyDocument": "{\"Version\":\"2012-10-17\",\"Statement\":[]}"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        if input.resource_arn.is_some() {
            return Err(error::not_supported("A policy of a single resource"));
        }
        let name = input.policy_name.clone().ok_or_else(|| error::required("policyName"))?;
        let document = input.policy_document.clone();
        let document = document.ok_or_else(|| error::required("policyDocument"))?;
        let account = call.caller.account();
        let read = call.service.policies(account, call.region).await?;
        let mut policies: ResourcePolicies =
            read.as_ref().map(|read| read.value.clone()).unwrap_or_default();
        policies.expect(&name, input.expected_revision_id.as_deref())?;
        let revision = call.ids.next().to_string();
        let policy = ResourcePolicy { name, document, updated: call.now.millis(), revision };
        let view = ResourcePolicyView::from(&policy);
        let revision_id = policy.revision.clone();
        policies.put(policy)?;
        call.service.save_policies(account, call.region, &read, &policies).await?;
        Ok(Output { resource_policy: view, revision_id })
    }
}
