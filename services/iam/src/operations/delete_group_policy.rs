//! DeleteGroupPolicy: deletes an inline policy of a group.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Group};
use crate::found::{Found};
use crate::shape::{GroupName, PolicyName};
use crate::{Call, Iam};

/// The operation.
pub struct DeleteGroupPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    group_name: GroupName,
    policy_name: PolicyName,
}

impl Operation for DeleteGroupPolicy {
    const NAME: &'static str = "DeleteGroupPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff", "PolicyName": "read"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Group>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Group>> {
        call.service.find(call, &input.group_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Group>>) -> Result<()> {
        call.service.delete_inline(&target, &input.policy_name).await
    }
}
