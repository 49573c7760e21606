//! GetGroupPolicy: shows an inline policy of a group.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Group};
use crate::found::{Found};
use crate::shape::{GroupName, PolicyName};
use crate::{Call, Iam, attach, shown};

/// The operation.
pub struct GetGroupPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    group_name: GroupName,
    policy_name: PolicyName,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    group_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetGroupPolicy {
    const NAME: &'static str = "GetGroupPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff", "PolicyName": "read"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Group>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Group>> {
        call.service.find(call, &input.group_name).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<Found<Group>>) -> Result<Output> {
        let document = attach::inline(&target, &input.policy_name)?;
        Ok(Output {
            group_name: target.name.clone(),
            policy_name: input.policy_name.to_string(),
            policy_document: shown::encoded(document),
        })
    }
}
