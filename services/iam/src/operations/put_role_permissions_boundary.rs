//! PutRolePermissionsBoundary: sets the permissions boundary of a role.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{Arn, RoleName};
use crate::{Call, Iam, attach};

/// The operation.
pub struct PutRolePermissionsBoundary;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    permissions_boundary: Arn,
}

impl Operation for PutRolePermissionsBoundary {
    const NAME: &'static str = "PutRolePermissionsBoundary";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<Role>>, key: &str) -> Option<Values<'v>> {
        attach::boundary_condition(Some(&input.permissions_boundary), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<()> {
        let boundary = Some(&*input.permissions_boundary);
        call.service.set_boundary(&target, boundary, |changed| &mut changed.boundary).await
    }
}
