//! UpdateRoleDescription: changes what a role is for.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::Role;
use crate::found::Found;
use crate::shape::{RoleDescription, RoleName};
use crate::{Call, Iam, shown};

/// The operation.
pub struct UpdateRoleDescription;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    description: RoleDescription,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    role: shown::Role,
}

impl Operation for UpdateRoleDescription {
    const NAME: &'static str = "UpdateRoleDescription";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "Description": "the app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<Found<Role>>,
    ) -> Result<Output> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut role = target.stored.value.clone();
        role.description = Some(input.description.to_string());
        edit.replace(&target.stored, &role)?;
        edit.commit().await?;
        let trust = call.service.trust_to_show(&role.trust).await?;
        let used = call.service.last_use(&role.id).await?;
        Ok(Output { role: shown::Role::whole(&role, &trust, used) })
    }
}
