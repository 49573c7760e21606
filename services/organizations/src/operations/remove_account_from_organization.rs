//! RemoveAccountFromOrganization: makes a member account stand alone.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::{Found, FoundNode};
use crate::shapes::AccountId;
use crate::{Call, Organizations, error};

/// RemoveAccountFromOrganization.
pub struct RemoveAccountFromOrganization;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The account.
    pub account_id: AccountId,
}

impl Operation for RemoveAccountFromOrganization {
    const NAME: &'static str = "RemoveAccountFromOrganization";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"AccountId": "210987654321"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_account(call, &input.account_id.0).await
    }

    async fn run(call: &Call<'_>, _: &Input, account: Authorized<Found<FoundNode>>) -> Result<()> {
        if account.of.id == account.organization.management {
            return Err(error::management_cannot_leave());
        }
        let mut edit = call.service.edit(&account.organization);
        call.service.part(&mut edit, &account.of).await?;
        edit.commit().await
    }
}
