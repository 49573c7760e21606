//! DeleteFunctionEventInvokeConfig: asks nothing of events any more.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result};

use crate::event_invoke::Whose;
use crate::find::Found;
use crate::{Call, Lambda};

/// The operation.
pub struct DeleteFunctionEventInvokeConfig;

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
    type Input = Whose;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Whose) -> Result<Found> {
        input.find(call).await
    }

    async fn run(call: &Call<'_>, _: &Whose, found: Authorized<Found>) -> Result<()> {
        found.event_invoke()?;
        let mut function = found.function.value.clone();
        function.event_invokes.remove(found.qualifier_or_latest());
        call.service.replace(&found.function, &function).await
    }
}
