//! DescribeSubscriptionFilters: describes the subscription filters of a group.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::name::GroupName;
use crate::page::Scope;
use crate::shapes::{DescribeLimit, FilterName, NextToken};
use crate::subscription::SubscriptionFilterView;
use crate::target::FoundGroup;
use crate::{Call, Logs};

/// DescribeSubscriptionFilters.
pub struct DescribeSubscriptionFilters;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// How the names begin.
    pub filter_name_prefix: Option<FilterName>,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many filters a page has; 50 if absent.
    pub limit: Option<DescribeLimit>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The filters.
    pub subscription_filters: Vec<SubscriptionFilterView>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for DescribeSubscriptionFilters {
    const NAME: &'static str = "DescribeSubscriptionFilters";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<Output> {
        let prefix = input.filter_name_prefix.as_ref().map_or("", |prefix| &prefix.0);
        let query = format!("{}|{prefix}", found.name);
        let scope = Scope { operation: Self::NAME, query: &query };
        let after = match &input.next_token {
            Some(token) => Some(scope.open(call, token)?),
            None => None,
        };
        let filters = call.service.subscription_filters(&found).await?;
        let is_wanted = |name: &String| {
            name.starts_with(prefix) && after.as_ref().is_none_or(|after| name > after)
        };
        let mut wanted = filters.iter().filter(|filter| is_wanted(&filter.name));
        let page: Vec<_> = wanted.by_ref().take(DescribeLimit::size(input.limit)).collect();
        let more = wanted.next().is_some();
        let last = page.last().filter(|_| more).map(|last| scope.token(call, &last.name));
        let views = page.into_iter().map(|filter| SubscriptionFilterView::of(filter));
        Ok(Output { subscription_filters: views.collect(), next_token: last })
    }
}
