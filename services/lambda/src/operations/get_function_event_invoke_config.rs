//! GetFunctionEventInvokeConfig: shows what is asked of events.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result};

use crate::event_invoke::{FunctionEventInvokeConfig, Whose};
use crate::find::Found;
use crate::{Call, Lambda};

/// The operation.
pub struct GetFunctionEventInvokeConfig;

impl Operation for GetFunctionEventInvokeConfig {
    const NAME: &'static str = "GetFunctionEventInvokeConfig";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config")
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Whose;
    type Target = Found;
    type Output = FunctionEventInvokeConfig;

    async fn target(call: &Call<'_>, input: &Whose) -> Result<Found> {
        input.find(call).await
    }

    async fn run(
        _: &Call<'_>,
        _: &Whose,
        found: Authorized<Found>,
    ) -> Result<FunctionEventInvokeConfig> {
        let settings = found.event_invoke()?;
        Ok(FunctionEventInvokeConfig::of(&found.function, found.qualifier_or_latest(), settings))
    }
}
