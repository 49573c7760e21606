//! DeleteRolePolicy: deletes an inline policy of a role.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{PolicyName, RoleName};
use crate::{Call, Iam};

/// The operation.
pub struct DeleteRolePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    policy_name: PolicyName,
}

impl Operation for DeleteRolePolicy {
    const NAME: &'static str = "DeleteRolePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "PolicyName": "read"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<()> {
        call.service.delete_inline(&target, &input.policy_name).await
    }
}
