//! PutUserPolicy: writes an inline policy of a user.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{User};
use crate::found::{Found};
use crate::shape::{Document, ExistingUserName, PolicyName};
use crate::{Call, Iam};

/// The operation.
pub struct PutUserPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: ExistingUserName,
    policy_name: PolicyName,
    policy_document: Document,
}

impl Operation for PutUserPolicy {
    const NAME: &'static str = "PutUserPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna", "PolicyName": "read", "PolicyDocument": "{}"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<User>>) -> Result<()> {
        call.service.put_inline(&target, &input.policy_name, &input.policy_document).await
    }
}
