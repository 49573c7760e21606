//! ListVersionsByFunction: what is being worked on, and every published version.

use strongroom_api::{Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};
use strongroom_store::Direction;

use crate::find::Found;
use crate::function::Configuration;
use crate::shapes::{MaxItems, NamespacedFunctionName};
use crate::views::FunctionConfiguration;
use crate::{Call, Lambda, error, page, paths};

/// The operation.
pub struct ListVersionsByFunction;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    marker: Option<String>,
    max_items: Option<MaxItems>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    next_marker: Option<String>,
    versions: Vec<FunctionConfiguration>,
}

impl Operation for ListVersionsByFunction {
    const NAME: &'static str = "ListVersionsByFunction";
    const EVENT: &'static str = "ListVersionsByFunction20150331";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/2015-03-31/functions/{FunctionName}/versions").request(&[
            ("Marker", Place::Query("Marker")),
            ("MaxItems", Place::Query("MaxItems")),
        ]));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<Output> {
        let function = &found.function;
        let marker = input.marker.as_deref().filter(|marker| !marker.is_empty());
        let prefix = paths::versions(&function.account, &function.region, &function.name);
        let range = page::rest(&prefix, marker)?;
        let size = page::size(input.max_items.as_ref().map(|one| one.0));
        let mut versions = Vec::new();
        if marker.is_none() {
            let latest = &function.latest;
            versions.push(FunctionConfiguration::of_version(function, latest).listed());
        }
        // What is being worked on counts, but a page always gets on.
        let room = (size - versions.len()).max(1);
        let page =
            call.service.records.scan::<Configuration>(range, Direction::Forward, room).await;
        let page = page.map_err(error::storage)?;
        let published = page.records.iter();
        versions
            .extend(published.map(|one| FunctionConfiguration::of_version(function, one).listed()));
        let last = page.records.last().filter(|_| page.more);
        let next_marker = last.map(|last| page::marker(last.key.rsplit('/').next().unwrap_or("")));
        Ok(Output { next_marker, versions })
    }
}
