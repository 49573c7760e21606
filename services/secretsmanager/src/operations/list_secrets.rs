//! ListSecrets: the secrets of an account and region, without their values.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::description::ListEntry;
use crate::filter::{Filter, Filters};
use crate::listing::{self, Order, Query};
use crate::page::{NextToken, Scope};
use crate::paths::Index;
use crate::{Call, SecretsManager};

/// The operation.
pub struct ListSecrets;

/// The request.
#[derive(Shape)]
pub struct Input {
    include_planned_deletion: Option<bool>,
    #[shape(range = 1..=100)]
    max_results: Option<i32>,
    next_token: Option<NextToken>,
    #[shape(length = 0..=10)]
    filters: Option<Vec<Filter>>,
    sort_order: Option<SortOrder>,
    sort_by: Option<SortBy>,
}

/// Up or down.
#[derive(Clone, Copy, Debug, Shape)]
pub enum SortOrder {
    /// Smallest, or earliest, first.
    #[shape(name = "asc")]
    Asc,
    /// Largest, or latest, first.
    #[shape(name = "desc")]
    Desc,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Shape)]
pub enum SortBy {
    /// Creation.
    #[shape(name = "created-date")]
    CreatedDate,
    /// Day of the last read.
    #[shape(name = "last-accessed-date")]
    LastAccessedDate,
    /// Last change.
    #[shape(name = "last-changed-date")]
    LastChangedDate,
    /// Name.
    #[shape(name = "name")]
    Name,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    secret_list: Vec<ListEntry>,
    next_token: Option<String>,
}

/// Secrets on a page that does not say.
const DEFAULT_PAGE: usize = 100;

impl Operation for ListSecrets {
    const NAME: &'static str = "ListSecrets";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"MaxResults": 20, "Filters": [{"Key": "name", "Values": ["prod/"]}], "SortBy": "name"}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let filters = Filters::check(input.filters.as_deref().unwrap_or_default())?;
        let planned_deletions = input.include_planned_deletion.unwrap_or(false);
        let (order, direction) = order(input);
        let query =
            format!("{}/{planned_deletions}/{order:?}/{direction:?}", filters.fingerprint());
        let scope = Scope {
            operation: Self::NAME,
            account: call.caller.account(),
            region: call.region,
            query: &query,
        };
        let records = call.service.records();
        let after = match &input.next_token {
            Some(token) => Some(scope.open(records, token)?),
            None => None,
        };
        let limit = input.max_results.and_then(|n| usize::try_from(n).ok()).unwrap_or(DEFAULT_PAGE);
        let query = Query { filters: &filters, planned_deletions, order, direction, limit, after };
        let page = listing::page(call, &query).await?;
        Ok(Output {
            secret_list: page.secrets.iter().map(ListEntry::of).collect(),
            next_token: page.position.map(|at| scope.token(records, &at)).transpose()?,
        })
    }
}

fn order(input: &Input) -> (Order, Direction) {
    let order = match input.sort_by {
        None | Some(SortBy::CreatedDate) => Order::Time(Index::Created),
        Some(SortBy::LastChangedDate) => Order::Time(Index::Changed),
        Some(SortBy::LastAccessedDate) => Order::Time(Index::Accessed),
        Some(SortBy::Name) => Order::Name,
    };
    let direction = match input.sort_order {
        None | Some(SortOrder::Asc) => Direction::Forward,
        Some(SortOrder::Desc) => Direction::Backward,
    };
    (order, direction)
}

#[cfg(test)]
mod tests;
