//! AttachGroupPolicy: attaches a managed policy to a group.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{Group};
use crate::found::{Found};
use crate::shape::{Arn, GroupName};
use crate::{Call, Iam, attach};

/// The operation.
pub struct AttachGroupPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    group_name: GroupName,
    policy_arn: Arn,
}

impl Operation for AttachGroupPolicy {
    const NAME: &'static str = "AttachGroupPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Group>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Group>> {
        call.service.find(call, &input.group_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<Group>>, key: &str) -> Option<Values<'v>> {
        attach::policy_condition(&input.policy_arn, key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Group>>) -> Result<()> {
        call.service.attach(&target, &input.policy_arn).await
    }
}
