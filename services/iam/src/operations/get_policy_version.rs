//! GetPolicyVersion: shows a version of a managed policy with its document.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::found::{AnyPolicy};
use crate::shape::{Arn, VersionId};
use crate::{Call, Iam, attach, error, shown};

/// The operation.
pub struct GetPolicyVersion;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
    version_id: VersionId,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    policy_version: shown::PolicyVersion,
}

impl Operation for GetPolicyVersion {
    const NAME: &'static str = "GetPolicyVersion";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers", "VersionId": "v1"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = AnyPolicy;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<AnyPolicy> {
        call.service.find_policy(call, &input.policy_arn).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<AnyPolicy>) -> Result<Output> {
        let missing = || error::no_such_version(&input.policy_arn, &input.version_id);
        let policy_version = match &*target {
            AnyPolicy::Own(policy) => {
                let version = attach::version(policy, &input.version_id).ok_or_else(missing)?;
                shown::PolicyVersion::of(policy, version, true)
            }
            AnyPolicy::Aws(policy, _) if policy.version == &*input.version_id => {
                shown::PolicyVersion::of_aws(policy, true)
            }
            AnyPolicy::Aws(..) => return Err(missing()),
        };
        Ok(Output { policy_version })
    }
}
