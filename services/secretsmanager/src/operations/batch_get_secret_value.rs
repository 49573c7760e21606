//! BatchGetSecretValue: the current values of several secrets.
//!
//! AWS requires GetSecretValue on each secret and logs one event for each; so the batch simply performs
//! GetSecretValue for each.

use strongroom_api::{
    Account, Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape,
};
use strongroom_store::Direction;
use strongroom_wire::Family;

use super::get_secret_value::{self, GetSecretValue};
use crate::filter::{Filter, Filters};
use crate::id::SecretId;
use crate::listing::{self, Order, Query};
use crate::page::{NextToken, Scope};
use crate::paths::Index;
use crate::{Call, SecretsManager, error};

/// The operation.
pub struct BatchGetSecretValue;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(length = 1..=20)]
    secret_id_list: Option<Vec<SecretId>>,
    #[shape(length = 0..=10)]
    filters: Option<Vec<Filter>>,
    #[shape(range = 1..=20)]
    max_results: Option<i32>,
    next_token: Option<NextToken>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    secret_values: Vec<get_secret_value::Output>,
    next_token: Option<String>,
    errors: Vec<Failure>,
}

/// A secret whose value could not be had.
#[derive(Reply)]
pub struct Failure {
    secret_id: String,
    error_code: String,
    message: String,
}

/// Values on a page that does not say.
const DEFAULT_PAGE: usize = 20;

impl Operation for BatchGetSecretValue {
    const NAME: &'static str = "BatchGetSecretValue";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"SecretIdList": ["prod/db", "prod/api"]}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    fn demands<'t>(input: &'t Input, account: &'t Account) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(account)]);
        if is_given(input.filters.as_deref()) {
            demands.push(Demand::of("secretsmanager:ListSecrets", account));
        }
        demands
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let ids = input.secret_id_list.as_deref().filter(|ids| is_given(Some(ids)));
        let filters = input.filters.as_deref().filter(|filters| is_given(Some(filters)));
        match (ids, filters) {
            (Some(ids), None) => {
                if input.max_results.is_some() {
                    return Err(error::page_without_filters());
                }
                read(call, ids.to_vec(), None).await
            }
            (None, Some(filters)) => by_filters(call, input, filters).await,
            _ => Err(error::ids_or_filters()),
        }
    }
}

fn is_given<T>(list: Option<&[T]>) -> bool {
    list.is_some_and(|list| !list.is_empty())
}

async fn by_filters(call: &Call<'_>, input: &Input, filters: &[Filter]) -> Result<Output> {
    let filters = Filters::check(filters)?;
    let query = filters.fingerprint();
    let scope = Scope {
        operation: BatchGetSecretValue::NAME,
        account: call.caller.account(),
        region: call.region,
        query: &query,
    };
    let records = call.service.records();
    let after = match &input.next_token {
        Some(token) => Some(scope.open(records, token)?),
        None => None,
    };
    let query = Query {
        filters: &filters,
        planned_deletions: false,
        order: Order::Time(Index::Created),
        direction: Direction::Forward,
        limit: input.max_results.and_then(|n| usize::try_from(n).ok()).unwrap_or(DEFAULT_PAGE),
        after,
    };
    let page = listing::page(call, &query).await?;
    let next_token = page.position.map(|at| scope.token(records, &at)).transpose()?;
    let ids = page.secrets.iter().map(|secret| SecretId(secret.arn().to_owned())).collect();
    read(call, ids, next_token).await
}

/// Reads each secret once, in the order asked for. A failing one does not fail the call.
async fn read(call: &Call<'_>, ids: Vec<SecretId>, next_token: Option<String>) -> Result<Output> {
    let mut output = Output { secret_values: Vec::new(), next_token, errors: Vec::new() };
    for (index, id) in ids.iter().enumerate() {
        if ids[..index].contains(id) {
            continue;
        }
        let input = get_secret_value::Input::current(id.clone());
        match call.perform::<GetSecretValue>(&input).await {
            // Name and ARN may have named the same secret.
            Ok(value) if output.secret_values.iter().any(|had| had.arn() == value.arn()) => {}
            Ok(value) => output.secret_values.push(value),
            Err(error) if error.is_internal() => return Err(error),
            Err(error) => output.errors.push(Failure {
                secret_id: id.0.clone(),
                error_code: error.code(Family::Json).to_owned(),
                message: error.message().to_owned(),
            }),
        }
    }
    Ok(output)
}

#[cfg(test)]
mod tests;
