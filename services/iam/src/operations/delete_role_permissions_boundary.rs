//! DeleteRolePermissionsBoundary: removes the permissions boundary of a role.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{RoleName};
use crate::{Call, Iam, error};

/// The operation.
pub struct DeleteRolePermissionsBoundary;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
}

impl Operation for DeleteRolePermissionsBoundary {
    const NAME: &'static str = "DeleteRolePermissionsBoundary";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<Role>>) -> Result<()> {
        if target.boundary.is_none() {
            return Err(error::no_boundary("role", &target.name));
        }
        call.service.set_boundary(&target, None, |changed| &mut changed.boundary).await
    }
}
