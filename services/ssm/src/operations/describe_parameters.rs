//! DescribeParameters: what there is, without values.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::filter::{Filters, List, OldFilter, StringFilter};
use crate::listing::{self, Page, Query};
use crate::shapes::MaxResults;
use crate::views::MetadataView;
use crate::{Call, Ssm, error, page};

/// DescribeParameters.
pub struct DescribeParameters;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Which parameters, as older clients say it.
    pub filters: Option<Vec<OldFilter>>,
    /// Which parameters.
    pub parameter_filters: Option<Vec<StringFilter>>,
    /// How many; 50 if absent.
    pub max_results: Option<MaxResults>,
    /// Where to go on.
    pub next_token: Option<String>,
    /// Whether parameters that others share are meant, of which there are none.
    pub shared: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    parameters: Vec<MetadataView>,
    next_token: Option<String>,
}

const MOST: usize = 50;

impl Operation for DescribeParameters {
    const NAME: &'static str = "DescribeParameters";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"ParameterFilters": [{"Key": "Path", "Option": "Recursive", "Values": ["/prod"]}]}"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let old = input.filters.as_deref().unwrap_or_default();
        let new = input.parameter_filters.as_deref().unwrap_or_default();
        if !old.is_empty() && !new.is_empty() {
            return Err(error::invalid(
                "You can use either Filters or ParameterFilters in a single request.",
            ));
        }
        let filters = if old.is_empty() {
            Filters::check(new, List::Descriptions)?
        } else {
            Filters::old(old)
        };
        if input.shared == Some(true) {
            return Ok(Output { parameters: Vec::new(), next_token: None });
        }
        let found = match filters.names() {
            Some(names) => named(call, names, &filters).await?,
            None => list(call, input, &filters).await?,
        };
        let view = |parameter: &_| MetadataView::of_latest(parameter, &account.0, call.region);
        Ok(Output {
            parameters: found.parameters.iter().filter_map(|found| view(&found.value)).collect(),
            next_token: found.next_token,
        })
    }
}

async fn list(call: &Call<'_>, input: &Input, filters: &Filters) -> Result<Page> {
    let query = Query {
        path: filters.path(),
        recursive: true,
        limit: page::size(input.max_results.map(|most| most.0), MOST),
        token: input.next_token.as_ref(),
        fits: &|parameter| filters.fit(parameter),
    };
    listing::page(call, &query).await
}

/// Parameters that are named, at most 50, need no search.
async fn named(call: &Call<'_>, names: &[String], filters: &Filters) -> Result<Page> {
    let mut names: Vec<_> = names.iter().map(|name| crate::name::bare(name)).collect();
    names.sort_unstable();
    names.dedup();
    let mut found = Page { parameters: Vec::new(), next_token: None };
    for name in names {
        let parameter = call.service.under(call.caller.account(), call.region, name).await?;
        found.parameters.extend(parameter.filter(|parameter| filters.fit(parameter)));
    }
    Ok(found)
}
