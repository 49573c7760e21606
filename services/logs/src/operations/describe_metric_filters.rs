//! DescribeMetricFilters: describes metric filters, of a group or of all.

use std::borrow::Cow;

use strongroom_api::{Audit, Authorized, Operation, Reply, ResourceRule, Result, Shape, Target};
use strongroom_store::{Direction, Range};

use crate::metric_filter::MetricFilter;
use crate::name::GroupName;
use crate::page::Scope;
use crate::shapes::{DescribeLimit, FilterName, NextToken};
use crate::target::{Found, FoundGroup};
use crate::transformation::MetricFilterView;
use crate::{Call, Logs, error, paths};

/// What is described.
pub enum Described {
    /// The filters of one group.
    Group(FoundGroup),
    /// All filters.
    All(Found<()>),
}

impl Described {
    fn target(&self) -> &dyn Target {
        match self {
            Self::Group(group) => group,
            Self::All(all) => all,
        }
    }
}

impl Target for Described {
    fn arn(&self) -> Cow<'_, str> {
        self.target().arn()
    }

    fn account(&self) -> &str {
        self.target().account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.target().tag(key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.target().rule()
    }
}

/// DescribeMetricFilters.
pub struct DescribeMetricFilters;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group; all if absent.
    pub log_group_name: Option<GroupName>,
    /// How the names begin.
    pub filter_name_prefix: Option<FilterName>,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many filters a page has; 50 if absent.
    pub limit: Option<DescribeLimit>,
    /// Filters that make this metric …
    #[shape(length = 0..=255, pattern = "[^:*$]*")]
    pub metric_name: Option<String>,
    /// … in this namespace.
    #[shape(length = 0..=255, pattern = "[^:*$]*")]
    pub metric_namespace: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The filters.
    pub metric_filters: Vec<MetricFilterView>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for DescribeMetricFilters {
    const NAME: &'static str = "DescribeMetricFilters";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "filterNamePrefix": "err"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Described;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Described> {
        match &input.log_group_name {
            Some(name) => Ok(Described::Group(call.service.find_named(call, name).await?)),
            None => Ok(Described::All(call.service.place(call, "").await?)),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Described>) -> Result<Output> {
        if input.metric_name.is_some() != input.metric_namespace.is_some() {
            return Err(error::metric_without_namespace());
        }
        let (account, group) = (call.caller.account(), input.log_group_name.as_ref());
        let prefix = input.filter_name_prefix.as_ref().map_or("", |prefix| &prefix.0);
        let (name, namespace) = (input.metric_name.as_deref(), input.metric_namespace.as_deref());
        let is_wanted = |filter: &MetricFilter| {
            filter.name.starts_with(prefix)
                && name.is_none_or(|name| name == filter.transformation.name)
                && namespace.is_none_or(|one| one == filter.transformation.namespace)
        };
        let query = format!("{group:?}|{prefix}|{name:?}|{namespace:?}");
        let scope = Scope { operation: Self::NAME, query: &query };
        let mut range = Range::prefix(match group {
            Some(group) => paths::metric_filters(account, call.region, &group.0) + prefix,
            None => paths::all_metric_filters(account, call.region),
        });
        if let Some(token) = &input.next_token {
            range = range.after(&scope.open(call, token)?);
        }
        let size = DescribeLimit::size(input.limit);
        let mut metric_filters = Vec::new();
        loop {
            let page =
                call.service.records.scan::<MetricFilter>(range.clone(), Direction::Forward, size);
            let page = page.await.map_err(error::storage)?;
            let Some(last) = page.records.last().map(|filter| filter.key.clone()) else {
                return Ok(Output { metric_filters, next_token: None });
            };
            let room = size - metric_filters.len();
            let mut wanted = page.records.iter().filter(|filter| is_wanted(filter));
            let mut behind = None;
            for filter in wanted.by_ref().take(room) {
                behind = Some(&filter.key);
                metric_filters.push(MetricFilterView::of(filter));
            }
            if let (Some(_), Some(behind)) = (wanted.next(), behind) {
                return Ok(Output { metric_filters, next_token: Some(scope.token(call, behind)) });
            }
            if !page.more {
                return Ok(Output { metric_filters, next_token: None });
            }
            if metric_filters.len() == size {
                return Ok(Output { metric_filters, next_token: Some(scope.token(call, &last)) });
            }
            range = range.after(&last);
        }
    }
}
