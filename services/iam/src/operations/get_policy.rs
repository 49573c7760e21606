//! GetPolicy: shows a managed policy.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::found::{AnyPolicy};
use crate::shape::{Arn};
use crate::{Call, Iam, shown};

/// The operation.
pub struct GetPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    policy: shown::Policy,
}

impl Operation for GetPolicy {
    const NAME: &'static str = "GetPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = AnyPolicy;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<AnyPolicy> {
        call.service.find_policy(call, &input.policy_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<AnyPolicy>) -> Result<Output> {
        let usage = call.service.usage(call.caller.account(), &input.policy_arn).await?;
        let policy = match &*target {
            AnyPolicy::Own(policy) => shown::Policy::whole(policy, usage),
            AnyPolicy::Aws(policy, _) => shown::Policy::of_aws(policy, usage, true),
        };
        Ok(Output { policy })
    }
}
