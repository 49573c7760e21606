//! GetServiceLinkedRoleDeletionStatus: tells how the deletion of a service-linked role goes; it is done at once.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::service_linked;
use crate::{Call, Iam, error};

/// The operation.
pub struct GetServiceLinkedRoleDeletionStatus;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(length = 1..=1000)]
    deletion_task_id: String,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    status: &'static str,
}

impl Operation for GetServiceLinkedRoleDeletionStatus {
    const NAME: &'static str = "GetServiceLinkedRoleDeletionStatus";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"DeletionTaskId": "task/aws-service-role/x"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(_: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        match service_linked::is_task(&input.deletion_task_id) {
            true => Ok(Output { status: "SUCCEEDED" }),
            false => Err(error::no_such_task(&input.deletion_task_id)),
        }
    }
}
