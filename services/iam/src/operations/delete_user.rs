//! DeleteUser: deletes a user who has nothing left.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{User};
use crate::found::{Found};
use crate::shape::{ExistingUserName};
use crate::{Call, Iam, attach, error};

/// The operation.
pub struct DeleteUser;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: ExistingUserName,
}

impl Operation for DeleteUser {
    const NAME: &'static str = "DeleteUser";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<User>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        if !target.access_keys.is_empty() {
            return Err(error::still_has_access_keys());
        }
        attach::must_have_no_policies(&**target)?;
        if !target.groups.is_empty() {
            return Err(error::still_in_group("users"));
        }
        edit.remove(&target.stored);
        edit.free_id(&target.id);
        edit.move_boundary(&target.stored.value, target.boundary.as_deref(), None).await?;
        edit.ledger.users = edit.ledger.users.saturating_sub(1);
        edit.commit().await
    }
}
