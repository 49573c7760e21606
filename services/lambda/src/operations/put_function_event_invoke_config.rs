//! PutFunctionEventInvokeConfig: says what is asked of events, in place of what was said before.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result};

use crate::event_invoke::{EventInvoke, FunctionEventInvokeConfig, Wanted};
use crate::find::Found;
use crate::{Call, Lambda};

/// The operation.
pub struct PutFunctionEventInvokeConfig;

impl Operation for PutFunctionEventInvokeConfig {
    const NAME: &'static str = "PutFunctionEventInvokeConfig";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "MaximumRetryAttempts": 1}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config")
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
        EventInvoke::default().settle(call, &found, input).await
    }
}
