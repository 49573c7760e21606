//! ListFunctions: the functions of an account in a region.

use strongroom_api::{Account, Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};
use strongroom_store::Direction;

use crate::function::Function;
use crate::shapes::{FunctionVersion, MaxItems};
use crate::views::FunctionConfiguration;
use crate::{Call, Lambda, error, page, paths};

/// The operation.
pub struct ListFunctions;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    #[shape(length = 1..=50, pattern = r"ALL|(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}")]
    master_region: Option<String>,
    function_version: Option<FunctionVersion>,
    marker: Option<String>,
    max_items: Option<MaxItems>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    next_marker: Option<String>,
    functions: Vec<FunctionConfiguration>,
}

impl Operation for ListFunctions {
    const NAME: &'static str = "ListFunctions";
    const EVENT: &'static str = "ListFunctions20150331";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/2015-03-31/functions").request(&[
            ("MasterRegion", Place::Query("MasterRegion")),
            ("FunctionVersion", Place::Query("FunctionVersion")),
            ("Marker", Place::Query("Marker")),
            ("MaxItems", Place::Query("MaxItems")),
        ]));

    type Service = Lambda;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let range =
            page::rest(&paths::functions(&account.0, call.region), input.marker.as_deref())?;
        let size = page::size(input.max_items.as_ref().map(|one| one.0));
        let found = call.service.records.scan::<Function>(range, Direction::Forward, size).await;
        let found = found.map_err(error::storage)?;
        let mut functions = Vec::new();
        for function in &found.records {
            functions.push(FunctionConfiguration::of_latest(function).listed());
            if input.function_version.is_some() {
                for version in call.service.versions(function).await? {
                    functions.push(FunctionConfiguration::of_version(function, &version).listed());
                }
            }
        }
        let last = found.records.last().filter(|_| found.more);
        Ok(Output { next_marker: last.map(|last| page::marker(&last.name)), functions })
    }
}
