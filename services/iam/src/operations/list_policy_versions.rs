//! ListPolicyVersions: lists the versions of a managed policy, the latest first.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{PolicyVersion};
use crate::found::{AnyPolicy};
use crate::page::{Wanted};
use crate::shape::{Arn, Marker, MaxItems};
use crate::{Call, Iam, shown};

/// The operation.
pub struct ListPolicyVersions;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    versions: Vec<shown::PolicyVersion>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListPolicyVersions {
    const NAME: &'static str = "ListPolicyVersions";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = AnyPolicy;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<AnyPolicy> {
        call.service.find_policy(call, &input.policy_arn).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<AnyPolicy>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let policy = match &*target {
            AnyPolicy::Own(policy) => policy,
            AnyPolicy::Aws(policy, _) => {
                let versions = vec![shown::PolicyVersion::of_aws(policy, false)];
                return Ok(Output { versions, is_truncated: false, marker: None });
            }
        };
        let latest_first: Vec<_> = policy.versions.iter().rev().collect();
        let page = wanted.of(&latest_first)?;
        let show = |version: &&PolicyVersion| shown::PolicyVersion::of(policy, version, false);
        Ok(Output {
            versions: page.items.iter().map(show).collect(),
            is_truncated: page.is_truncated(),
            marker: page.marker,
        })
    }
}
