//! LeaveOrganization: takes the caller's account out of its organization.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::Joined;
use crate::{Call, Organizations, error};

/// LeaveOrganization.
pub struct LeaveOrganization;

/// Its request, which says nothing.
#[derive(Debug, Shape)]
pub struct Input;

impl Operation for LeaveOrganization {
    const NAME: &'static str = "LeaveOrganization";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Joined;
    type Output = ();

    async fn target(call: &Call<'_>, _: &Input) -> Result<Joined> {
        Joined::find(call).await
    }

    async fn run(call: &Call<'_>, _: &Input, member: Authorized<Joined>) -> Result<()> {
        let organization = &member.organization;
        let account = call.caller.account();
        if organization.management == account {
            return Err(error::management_cannot_leave());
        }
        let node = call.service.node(organization, account).await.map_err(error::of_record)?;
        let node = node.ok_or_else(|| error::no_such_account(organization, account))?;
        let mut edit = call.service.edit(organization);
        call.service.part(&mut edit, &node).await?;
        edit.commit().await
    }
}
