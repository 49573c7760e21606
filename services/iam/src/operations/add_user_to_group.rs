//! AddUserToGroup: puts a user into a group.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Group, User};
use crate::found::{Found};
use crate::holder::{Entity};
use crate::shape::{ExistingUserName, GroupName};
use crate::{Call, Iam, error, path};

/// The operation.
pub struct AddUserToGroup;

/// The request.
#[derive(Shape)]
pub struct Input {
    group_name: GroupName,
    user_name: ExistingUserName,
}

/// AWS's quota.
const MOST_GROUPS: usize = 10;

impl Operation for AddUserToGroup {
    const NAME: &'static str = "AddUserToGroup";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff", "UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Group>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Group>> {
        call.service.find(call, &input.group_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Group>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let user = call.service.get::<User>(&target.account, &input.user_name).await?;
        let user = user.ok_or_else(|| User::missing(&input.user_name))?;
        let (mut member, mut group) = (user.value.clone(), target.stored.value.clone());
        let index = path::members(&group.account, &group.id) + &user.name.to_ascii_lowercase();
        if member.groups.contains(&group.id) {
            return Ok(());
        }
        if member.groups.len() >= MOST_GROUPS {
            return Err(error::limit_exceeded("GroupsPerUser", MOST_GROUPS));
        }
        member.groups.push(group.id.clone());
        group.members += 1;
        edit.index(&index);
        edit.replace(&user, &member)?;
        edit.replace(&target.stored, &group)?;
        edit.commit().await
    }
}
