//! UpdateRole: changes what a role is for and how long its sessions may last.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{MaxSessionDuration, RoleDescription, RoleName};
use crate::{Call, Iam, attach};

/// The operation.
pub struct UpdateRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    description: Option<RoleDescription>,
    max_session_duration: Option<MaxSessionDuration>,
}

/// The reply, which says nothing.
#[derive(Reply)]
pub struct Output {}

impl Operation for UpdateRole {
    const NAME: &'static str = "UpdateRole";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "Description": "the app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<Output> {
        attach::refuse_protected(&**target)?;
        let mut edit = call.service.edit(&target.account).await?;
        let mut role = target.stored.value.clone();
        if let Some(description) = &input.description {
            role.description = Some(description.to_string());
        }
        if let Some(most) = input.max_session_duration {
            role.max_session_seconds = most.seconds();
        }
        edit.replace(&target.stored, &role)?;
        edit.commit().await?;
        Ok(Output {})
    }
}
