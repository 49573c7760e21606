//! PutGroupPolicy: writes an inline policy of a group.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Group};
use crate::found::{Found};
use crate::shape::{Document, GroupName, PolicyName};
use crate::{Call, Iam};

/// The operation.
pub struct PutGroupPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    group_name: GroupName,
    policy_name: PolicyName,
    policy_document: Document,
}

impl Operation for PutGroupPolicy {
    const NAME: &'static str = "PutGroupPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff", "PolicyName": "read", "PolicyDocument": "{}"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Group>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Group>> {
        call.service.find(call, &input.group_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Group>>) -> Result<()> {
        call.service.put_inline(&target, &input.policy_name, &input.policy_document).await
    }
}
