//! ListAccounts: lists the accounts of the organization.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Everything, Found};
use crate::shapes::{MaxResults, NextToken};
use crate::views::AccountView;
use crate::{Call, Organizations, page, paths};

/// ListAccounts.
pub struct ListAccounts;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many entries a page may have; 20 if absent.
    pub max_results: Option<MaxResults>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The accounts.
    pub accounts: Vec<AccountView>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for ListAccounts {
    const NAME: &'static str = "ListAccounts";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"MaxResults": 10}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Everything>;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Found<Everything>> {
        call.service.find_everything(call).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<Found<Everything>>,
    ) -> Result<Output> {
        let organization = &target.organization;
        let range = paths::accounts(organization);
        let size = page::size(input.max_results);
        let page = call.service.nodes(&range, size, input.next_token.as_ref()).await?;
        let accounts = call.service.show_accounts(organization, &page.items).await?;
        Ok(Output { accounts, next_token: page.next })
    }
}
