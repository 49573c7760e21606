//! ListMetrics: lists the metrics that had samples in the last two weeks.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::alarm_view::MetricView;
use crate::find::home;
use crate::metric::{Kept, Metric};
use crate::shapes::{DimensionName, MetricName, Namespace};
use crate::{Call, Cloudwatch, error, page};

/// ListMetrics.
pub struct ListMetrics;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Only of this namespace.
    pub namespace: Option<Namespace>,
    /// Only of this name.
    pub metric_name: Option<MetricName>,
    /// Only with these dimensions.
    #[shape(length = 0..=10)]
    pub dimensions: Option<Vec<DimensionFilter>>,
    /// Where to go on.
    pub next_token: Option<String>,
    /// Only with samples in the last three hours.
    pub recently_active: Option<RecentlyActive>,
    /// Whether metrics of linked accounts are wanted; there are none.
    pub include_linked_accounts: Option<bool>,
    /// Only of this account.
    #[shape(length = 1..=255)]
    pub owning_account: Option<String>,
}

/// A dimension that metrics must have.
#[derive(Debug, Shape)]
pub struct DimensionFilter {
    /// Its name.
    pub name: DimensionName,
    /// Its value; any if absent.
    #[shape(length = 1..=1024)]
    pub value: Option<String>,
}

/// How recent samples must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum RecentlyActive {
    /// Three hours.
    #[shape(name = "PT3H")]
    ThreeHours,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The metrics.
    pub metrics: Vec<MetricView>,
    /// Where to go on.
    pub next_token: Option<String>,
    /// The account of each metric, when other accounts were asked for as well.
    pub owning_accounts: Option<Vec<String>>,
}

/// AWS's page.
const PAGE: usize = 500;
/// The most metrics that one page looks through.
const MOST_SEARCHED: usize = 10_000;
const TWO_WEEKS: i64 = 14 * 86_400;
const THREE_HOURS: i64 = 3 * 3_600;

impl Operation for ListMetrics {
    const NAME: &'static str = "ListMetrics";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Namespace": "AWS/SecretsManager", "MetricName": "CallCount", "Dimensions": [{"Name": "Operation"}]}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let account = call.caller.account();
        let range = home(call).metrics(
            input.namespace.as_ref().map(|namespace| namespace.0.as_str()),
            input.metric_name.as_ref().map(|name| name.0.as_str()),
        );
        let rest = match page::key(&range, input.next_token.as_ref())? {
            Some(key) => range.after(&key),
            None => range.clone(),
        };
        let kept_for = input.recently_active.map_or(TWO_WEEKS, |_| THREE_HOURS);
        let since = call.now.seconds() - kept_for;
        let mut output = Output { metrics: Vec::new(), next_token: None, owning_accounts: None };
        let mut searched = 0;
        let is_own = input.owning_account.as_ref().is_none_or(|owner| owner == account);
        let mut ahead = is_own.then_some(rest);
        while let Some(rest) = ahead.take() {
            let found = call.service.records.scan::<Kept>(rest, Direction::Forward, PAGE);
            let found = found.await.map_err(error::of_record)?;
            for kept in &found.records {
                searched += 1;
                if kept.latest >= since && wanted(input, &kept.metric) {
                    output.metrics.push(MetricView::of(&kept.metric));
                }
                if output.metrics.len() == PAGE || searched == MOST_SEARCHED {
                    output.next_token = Some(page::token(&range, &kept.key));
                    break;
                }
            }
            if found.more && output.next_token.is_none() {
                ahead = found.records.last().map(|last| range.after(&last.key));
            }
        }
        if input.include_linked_accounts == Some(true) {
            output.owning_accounts = Some(vec![account.to_owned(); output.metrics.len()]);
        }
        Ok(output)
    }
}

fn wanted(input: &Input, metric: &Metric) -> bool {
    let named = input.metric_name.as_ref().is_none_or(|name| name.0 == metric.name);
    let has = |filter: &DimensionFilter| {
        metric.dimensions.iter().any(|(name, value)| {
            *name == filter.name.0 && filter.value.as_ref().is_none_or(|wanted| wanted == value)
        })
    };
    named && input.dimensions.iter().flatten().all(has)
}
