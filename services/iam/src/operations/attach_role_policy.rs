//! AttachRolePolicy: attaches a managed policy to a role.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{Arn, RoleName};
use crate::{Call, Iam, attach};

/// The operation.
pub struct AttachRolePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    policy_arn: Arn,
}

impl Operation for AttachRolePolicy {
    const NAME: &'static str = "AttachRolePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<Role>>, key: &str) -> Option<Values<'v>> {
        attach::policy_condition(&input.policy_arn, key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<()> {
        call.service.attach(&target, &input.policy_arn).await
    }
}
