//! DeleteServiceLinkedRole: deletes the role by which a service works in the account.

use strongroom_api::random_uuid;
use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::Role;
use crate::found::Found;
use crate::service_linked;
use crate::shape::RoleName;
use crate::{Call, Iam, error};

/// The operation.
pub struct DeleteServiceLinkedRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    deletion_task_id: String,
}

impl Operation for DeleteServiceLinkedRole {
    const NAME: &'static str = "DeleteServiceLinkedRole";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<Role>>) -> Result<Output> {
        if !target.is_service_linked() {
            return Err(error::not_service_linked(&target.name));
        }
        let mut edit = call.service.edit(&target.account).await?;
        call.service.drop_role(&mut edit, &target).await?;
        edit.commit().await?;
        let deletion_task_id =
            service_linked::task(&target, &random_uuid(call.entropy).to_string());
        Ok(Output { deletion_task_id })
    }
}
