//! DescribeResourcePolicies: describes the policies on the logs of the account.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::page::Scope;
use crate::resource_policy::ResourcePolicyView;
use crate::shapes::{DescribeLimit, NextToken};
use crate::{Call, Logs, error};

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum PolicyScope {
    /// The account.
    #[shape(name = "ACCOUNT")]
    Account,
    /// A single resource.
    #[shape(name = "RESOURCE")]
    Resource,
}

/// DescribeResourcePolicies.
pub struct DescribeResourcePolicies;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many policies a page has; 50 if absent.
    pub limit: Option<DescribeLimit>,
    /// Those of one resource, of which there are none.
    pub resource_arn: Option<String>,
    /// Those of the account or of single resources.
    pub policy_scope: Option<PolicyScope>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The policies.
    pub resource_policies: Vec<ResourcePolicyView>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for DescribeResourcePolicies {
    const NAME: &'static str = "DescribeResourcePolicies";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"limit": 10}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let of_resource =
            input.resource_arn.is_some() || input.policy_scope == Some(PolicyScope::Resource);
        let scope = Scope { operation: Self::NAME, query: "" };
        let skip = match &input.next_token {
            Some(token) => {
                let skip = scope.open(call, token)?.parse();
                skip.map_err(|_| error::invalid_next_token())?
            }
            None => 0,
        };
        let read = call.service.policies(call.caller.account(), call.region).await?;
        let all = read.iter().filter(|_| !of_resource).flat_map(|read| &read.policies);
        let size = DescribeLimit::size(input.limit);
        let mut rest = all.skip(skip);
        let resource_policies = rest.by_ref().take(size).map(ResourcePolicyView::from).collect();
        let next_token = rest.next().map(|_| scope.token(call, &(skip + size).to_string()));
        Ok(Output { resource_policies, next_token })
    }
}
