//! GetRole: shows a role.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::Role;
use crate::found::Found;
use crate::shape::RoleName;
use crate::{Call, Iam, shown};

/// The operation.
pub struct GetRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    role: shown::Role,
}

impl Operation for GetRole {
    const NAME: &'static str = "GetRole";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"RoleName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<Role>>) -> Result<Output> {
        let trust = call.service.trust_to_show(&target.trust).await?;
        let used = call.service.last_use(&target.id).await?;
        Ok(Output { role: shown::Role::whole(&target, &trust, used) })
    }
}
