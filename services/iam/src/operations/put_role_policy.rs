//! PutRolePolicy: writes an inline policy of a role.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{Document, PolicyName, RoleName};
use crate::{Call, Iam};

/// The operation.
pub struct PutRolePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    policy_name: PolicyName,
    policy_document: Document,
}

impl Operation for PutRolePolicy {
    const NAME: &'static str = "PutRolePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "PolicyName": "read", "PolicyDocument": "{}"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<()> {
        call.service.put_inline(&target, &input.policy_name, &input.policy_document).await
    }
}
