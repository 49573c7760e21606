//! DeleteUserPolicy: deletes an inline policy of a user.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{User};
use crate::found::{Found};
use crate::shape::{ExistingUserName, PolicyName};
use crate::{Call, Iam};

/// The operation.
pub struct DeleteUserPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: ExistingUserName,
    policy_name: PolicyName,
}

impl Operation for DeleteUserPolicy {
    const NAME: &'static str = "DeleteUserPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna", "PolicyName": "read"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<User>>) -> Result<()> {
        call.service.delete_inline(&target, &input.policy_name).await
    }
}
