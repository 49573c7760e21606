//! DescribeAccount: tells about an account of the organization.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Found, FoundNode};
use crate::shapes::AccountId;
use crate::views::AccountView;
use crate::{Call, Organizations, error};

/// DescribeAccount.
pub struct DescribeAccount;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The account.
    pub account_id: AccountId,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// What is known of it.
    pub account: AccountView,
}

impl Operation for DescribeAccount {
    const NAME: &'static str = "DescribeAccount";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"AccountId": "210987654321"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_account(call, &input.account_id.0).await
    }

    async fn run(
        call: &Call<'_>,
        _: &Input,
        found: Authorized<Found<FoundNode>>,
    ) -> Result<Output> {
        let organization = &found.organization;
        let account = call.service.show_account(organization, &found.of).await?;
        let account = account.ok_or_else(|| error::no_such_account(organization, &found.of.id))?;
        Ok(Output { account })
    }
}
