//! DeleteGroup: deletes a group that is empty.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Group};
use crate::found::{Found};
use crate::shape::{GroupName};
use crate::{Call, Iam, attach, error};

/// The operation.
pub struct DeleteGroup;

/// The request.
#[derive(Shape)]
pub struct Input {
    group_name: GroupName,
}

impl Operation for DeleteGroup {
    const NAME: &'static str = "DeleteGroup";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Group>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Group>> {
        call.service.find(call, &input.group_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<Group>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        if target.members > 0 {
            return Err(error::still_in_group("users"));
        }
        attach::must_have_no_policies(&**target)?;
        edit.remove(&target.stored);
        edit.free_id(&target.id);
        edit.ledger.groups = edit.ledger.groups.saturating_sub(1);
        edit.commit().await
    }
}
