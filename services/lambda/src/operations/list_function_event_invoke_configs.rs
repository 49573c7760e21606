//! ListFunctionEventInvokeConfigs: what is asked of events, for each version and alias.

use strongroom_api::{Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};

use crate::event_invoke::FunctionEventInvokeConfig;
use crate::find::Found;
use crate::shapes::NamespacedFunctionName;
use crate::{Call, Lambda, error, page};

/// The operation.
pub struct ListFunctionEventInvokeConfigs;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    marker: Option<String>,
    #[shape(range = 1..=50)]
    max_items: Option<i32>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    function_event_invoke_configs: Vec<FunctionEventInvokeConfig>,
    next_marker: Option<String>,
}

impl Operation for ListFunctionEventInvokeConfigs {
    const NAME: &'static str = "ListFunctionEventInvokeConfigs";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list")
            .request(&[("Marker", Place::Query("Marker")), ("MaxItems", Place::Query("MaxItems"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let (name, missing) = (&input.function_name.0, error::no_function_of_events);
        call.service.find_of_events(call, name, None, missing).await
    }

    async fn run(_: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<Output> {
        let function = &found.function;
        let behind = page::behind(input.marker.as_deref())?.unwrap_or_default();
        let mut left = function.event_invokes.iter().filter(|(name, _)| **name > behind).peekable();
        let shown: Vec<_> = left.by_ref().take(page::size(input.max_items)).collect();
        let more = left.peek().is_some();
        let last = shown.last().filter(|_| more);
        let next_marker = last.map(|(name, _)| page::marker(name));
        let function_event_invoke_configs = shown
            .iter()
            .map(|(name, settings)| FunctionEventInvokeConfig::of(function, name, settings))
            .collect();
        Ok(Output { function_event_invoke_configs, next_marker })
    }
}
