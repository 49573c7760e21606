//! CloseAccount: closes an account; from then on nobody gets anything from it.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::{Found, FoundNode};
use crate::node::{Kind, Node};
use crate::organization::Membership;
use crate::shapes::AccountId;
use crate::{Call, Organizations, error, paths};

/// CloseAccount.
pub struct CloseAccount;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The account.
    pub account_id: AccountId,
}

impl Operation for CloseAccount {
    const NAME: &'static str = "CloseAccount";
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
        let organization = &account.organization;
        if !organization.has_policies() {
            return Err(error::not_in_all_features_mode());
        }
        if account.of.id == organization.management {
            return Err(error::management_cannot_be_closed());
        }
        let mut closed = Node::clone(&account.of);
        let Kind::Account(member) = &mut closed.kind else {
            return Err(error::no_such_account(organization, &account.of.id));
        };
        if member.closed.replace(call.now).is_some() {
            return Err(error::already_closed());
        }
        let had = call.service.membership(&closed.id).await.map_err(error::of_record)?;
        let management = Some(organization.management.clone());
        let membership = Membership { management, closed: Some(call.now) };
        let mut edit = call.service.edit(organization);
        edit.replace(&account.of, &closed)?;
        edit.write(&paths::membership(&closed.id), had.as_deref(), &membership)?;
        edit.commit().await
    }
}
