//! ListPolicies: lists managed policies: the account's and AWS's.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{ManagedPolicy, Usage};
use crate::holder::{Entity};
use crate::page::{Wanted};
use crate::shape::{Marker, MaxItems, PolicyPath, PolicyUsage};
use crate::{Call, Iam, aws_managed, shown};

/// The operation.
pub struct ListPolicies;

/// The request.
#[derive(Shape)]
pub struct Input {
    scope: Option<Scope>,
    only_attached: Option<bool>,
    path_prefix: Option<PolicyPath>,
    policy_usage_filter: Option<PolicyUsage>,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    policies: Vec<shown::Policy>,
    is_truncated: bool,
    marker: Option<String>,
}

/// Whose policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum Scope {
    /// Everybody's.
    All,
    /// Those that AWS manages.
    AWS,
    /// The account's own.
    Local,
}

/// What markers begin with where the list has come to AWS's policies. No policy has such a name.
const AWS: &str = "aws:";

impl Input {
    fn matches(&self, path: &str, usage: Usage) -> bool {
        let attached = match self.policy_usage_filter {
            Some(PolicyUsage::PermissionsBoundary) => usage.boundaries > 0,
            Some(PolicyUsage::PermissionsPolicy) => usage.attachments > 0,
            None => usage.attachments > 0 || usage.boundaries > 0,
        };
        let wanted = self.only_attached != Some(true) && self.policy_usage_filter.is_none();
        path.starts_with(self.path_prefix.as_deref().unwrap_or("/")) && (wanted || attached)
    }
}

impl Operation for ListPolicies {
    const NAME: &'static str = "ListPolicies";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Account>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let used = call.service.all_usage(&target.0).await?;
        let usage = |arn: &str| used.get(arn).copied().unwrap_or_default();
        let matches = |arn: &str, path: &str| input.matches(path, usage(arn));
        let mut policies = Vec::new();
        let from_aws = wanted.position(AWS)?;
        if from_aws.is_none() && input.scope != Some(Scope::AWS) {
            let matches = |policy: &ManagedPolicy| matches(&policy.arn(), &policy.path);
            let page = call.service.list::<ManagedPolicy>(&target.0, &wanted, matches).await?;
            let show = |policy: &ManagedPolicy| shown::Policy::brief(policy, usage(&policy.arn()));
            policies.extend(page.items.iter().map(|policy| show(policy)));
            if page.is_truncated() {
                return Ok(Output { policies, is_truncated: true, marker: page.marker });
            }
        }
        if input.scope != Some(Scope::Local) {
            let offered = aws_managed::POLICIES.iter().enumerate().skip(from_aws.unwrap_or(0));
            for (position, policy) in offered {
                let arn = policy.arn();
                if !matches(&arn, policy.path) {
                    continue;
                }
                if policies.len() == wanted.items {
                    let marker = Some(Wanted::marker(AWS, position));
                    return Ok(Output { policies, is_truncated: true, marker });
                }
                policies.push(shown::Policy::of_aws(policy, usage(&arn), false));
            }
        }
        Ok(Output { policies, is_truncated: false, marker: None })
    }
}
