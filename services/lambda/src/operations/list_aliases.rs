//! ListAliases: the aliases of a function.

use strongroom_api::{Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::{AliasVersion, FunctionName, MaxItems};
use crate::views::AliasConfiguration;
use crate::{Call, Lambda, page};

/// The operation.
pub struct ListAliases;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    function_version: Option<AliasVersion>,
    marker: Option<String>,
    max_items: Option<MaxItems>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    next_marker: Option<String>,
    aliases: Vec<AliasConfiguration>,
}

impl Operation for ListAliases {
    const NAME: &'static str = "ListAliases";
    const EVENT: &'static str = "ListAliases20150331";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/2015-03-31/functions/{FunctionName}/aliases").request(&[
            ("FunctionVersion", Place::Query("FunctionVersion")),
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

    async fn run(_: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<Output> {
        let function = &found.function;
        let behind = page::behind(input.marker.as_deref())?.unwrap_or_default();
        let version = input.function_version.as_ref();
        let mut left = function
            .aliases
            .values()
            .filter(|alias| version.is_none_or(|version| version.0 == alias.version))
            .filter(|alias| alias.name > behind)
            .peekable();
        let size = page::size(input.max_items.as_ref().map(|one| one.0));
        let shown: Vec<_> = left.by_ref().take(size).collect();
        let more = left.peek().is_some();
        let last = shown.last().filter(|_| more);
        let next_marker = last.map(|last| page::marker(&last.name));
        let aliases = shown.iter().map(|alias| AliasConfiguration::of(function, alias)).collect();
        Ok(Output { next_marker, aliases })
    }
}
