//! DeleteFunctionEventInvokeConfig: asks nothing of events any more.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, Lambda, error};

/// The operation.
pub struct DeleteFunctionEventInvokeConfig;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
}

impl Operation for DeleteFunctionEventInvokeConfig {
    const NAME: &'static str = "DeleteFunctionEventInvokeConfig";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config")
            .status(204)
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        let (name, missing) = (&input.function_name.0, error::no_event_invoke);
        call.service.find_of_events(call, name, qualifier, missing).await
    }

    async fn run(call: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<()> {
        let qualifier = found.qualifier_or_latest();
        let mut function = found.function.value.clone();
        if function.event_invokes.remove(qualifier).is_none() {
            return Err(error::no_event_invoke(&format!("{}:{qualifier}", function.arn())));
        }
        call.service.replace(&found.function, &function).await
    }
}
