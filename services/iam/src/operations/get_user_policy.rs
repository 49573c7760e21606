//! GetUserPolicy: shows an inline policy of a user.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{User};
use crate::found::{Found};
use crate::shape::{ExistingUserName, PolicyName};
use crate::{Call, Iam, attach, shown};

/// The operation.
pub struct GetUserPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: ExistingUserName,
    policy_name: PolicyName,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetUserPolicy {
    const NAME: &'static str = "GetUserPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"UserName": "anna", "PolicyName": "read"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<Found<User>>) -> Result<Output> {
        let document = attach::inline(&target, &input.policy_name)?;
        Ok(Output {
            user_name: target.name.clone(),
            policy_name: input.policy_name.to_string(),
            policy_document: shown::encoded(document),
        })
    }
}
