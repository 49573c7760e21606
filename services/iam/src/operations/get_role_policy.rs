//! GetRolePolicy: shows an inline policy of a role.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{PolicyName, RoleName};
use crate::{Call, Iam, attach, shown};

/// The operation.
pub struct GetRolePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    policy_name: PolicyName,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetRolePolicy {
    const NAME: &'static str = "GetRolePolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "PolicyName": "read"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<Output> {
        let document = attach::inline(&target, &input.policy_name)?;
        Ok(Output {
            role_name: target.name.clone(),
            policy_name: input.policy_name.to_string(),
            policy_document: shown::encoded(document),
        })
    }
}
