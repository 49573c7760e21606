//! GetFunctionEventInvokeConfig: shows what is asked of events.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result, Shape};

use crate::event_invoke::FunctionEventInvokeConfig;
use crate::find::Found;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, Lambda, error};

/// The operation.
pub struct GetFunctionEventInvokeConfig;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
}

impl Operation for GetFunctionEventInvokeConfig {
    const NAME: &'static str = "GetFunctionEventInvokeConfig";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config")
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = FunctionEventInvokeConfig;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        let (name, missing) = (&input.function_name.0, error::no_event_invoke);
        call.service.find_of_events(call, name, qualifier, missing).await
    }

    async fn run(
        _: &Call<'_>,
        _: &Input,
        found: Authorized<Found>,
    ) -> Result<FunctionEventInvokeConfig> {
        let (function, qualifier) = (&found.function, found.qualifier_or_latest());
        match function.event_invokes.get(qualifier) {
            Some(settings) => Ok(FunctionEventInvokeConfig::of(function, qualifier, settings)),
            None => Err(error::no_event_invoke(&format!("{}:{qualifier}", function.arn()))),
        }
    }
}
