//! DescribePolicy: tells about a policy, with its document.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Found;
use crate::policy::Held;
use crate::shapes::PolicyId;
use crate::views::PolicyView;
use crate::{Call, Organizations};

/// DescribePolicy.
pub struct DescribePolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The policy.
    pub policy_id: PolicyId,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// What it says.
    pub policy: PolicyView,
}

impl Operation for DescribePolicy {
    const NAME: &'static str = "DescribePolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicyId": "p-FullAWSAccess"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Held>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Held>> {
        call.service.find_policy(call, &input.policy_id.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found<Held>>) -> Result<Output> {
        Ok(Output { policy: PolicyView::of(&found.organization, &found.of) })
    }
}
