//! DeleteUserPermissionsBoundary: removes the permissions boundary of a user.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{User};
use crate::found::{Found};
use crate::shape::{UserName};
use crate::{Call, Iam, error};

/// The operation.
pub struct DeleteUserPermissionsBoundary;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: UserName,
}

impl Operation for DeleteUserPermissionsBoundary {
    const NAME: &'static str = "DeleteUserPermissionsBoundary";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<User>>) -> Result<()> {
        if target.boundary.is_none() {
            return Err(error::no_boundary("user", &target.name));
        }
        call.service.set_boundary(&target, None, |changed| &mut changed.boundary).await
    }
}
