//! DeleteRole: deletes a role that has nothing left.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{RoleName};
use crate::{Call, Iam, attach, error};

/// The operation.
pub struct DeleteRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
}

impl Operation for DeleteRole {
    const NAME: &'static str = "DeleteRole";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<Role>>) -> Result<()> {
        attach::refuse_protected(&**target)?;
        let mut edit = call.service.edit(&target.account).await?;
        if target.profiles > 0 {
            return Err(error::still_in_profile());
        }
        attach::must_have_no_policies(&**target)?;
        call.service.drop_role(&mut edit, &target).await?;
        edit.commit().await
    }
}
