//! AttachUserPolicy: attaches a managed policy to a user.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{User};
use crate::found::{Found};
use crate::shape::{Arn, UserName};
use crate::{Call, Iam, attach};

/// The operation.
pub struct AttachUserPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: UserName,
    policy_arn: Arn,
}

impl Operation for AttachUserPolicy {
    const NAME: &'static str = "AttachUserPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<User>>, key: &str) -> Option<Values<'v>> {
        attach::policy_condition(&input.policy_arn, key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<User>>) -> Result<()> {
        call.service.attach(&target, &input.policy_arn).await
    }
}
