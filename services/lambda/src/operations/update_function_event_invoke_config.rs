//! UpdateFunctionEventInvokeConfig: changes what is asked of events; what it leaves out stays.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result};

use crate::event_invoke::{FunctionEventInvokeConfig, Wanted};
use crate::find::Found;
use crate::{Call, Lambda};

/// The operation.
pub struct UpdateFunctionEventInvokeConfig;

impl Operation for UpdateFunctionEventInvokeConfig {
    const NAME: &'static str = "UpdateFunctionEventInvokeConfig";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "MaximumRetryAttempts": 1}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config")
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Wanted;
    type Target = Found;
    type Output = FunctionEventInvokeConfig;

    async fn target(call: &Call<'_>, input: &Wanted) -> Result<Found> {
        input.find(call).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Wanted,
        found: Authorized<Found>,
    ) -> Result<FunctionEventInvokeConfig> {
        super::check_qualifier(call, &found).await?;
        found.event_invoke()?.clone().settle(call, &found, input).await
    }
}
