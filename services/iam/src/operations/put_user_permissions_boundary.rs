//! PutUserPermissionsBoundary: sets the permissions boundary of a user.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{User};
use crate::found::{Found};
use crate::shape::{Arn, UserName};
use crate::{Call, Iam, attach};

/// The operation.
pub struct PutUserPermissionsBoundary;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: UserName,
    permissions_boundary: Arn,
}

impl Operation for PutUserPermissionsBoundary {
    const NAME: &'static str = "PutUserPermissionsBoundary";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna", "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<User>>, key: &str) -> Option<Values<'v>> {
        attach::boundary_condition(Some(&input.permissions_boundary), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<User>>) -> Result<()> {
        let boundary = Some(&*input.permissions_boundary);
        call.service.set_boundary(&target, boundary, |changed| &mut changed.boundary).await
    }
}
