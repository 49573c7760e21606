//! UpdateFunctionEventInvokeConfig: changes what is asked of events; what it leaves out stays.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result, Shape};

use crate::event_invoke::{
    DestinationConfig, FunctionEventInvokeConfig, MaximumEventAgeInSeconds, MaximumRetryAttempts,
    Wanted,
};
use crate::find::Found;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, Lambda, error};

/// The operation.
pub struct UpdateFunctionEventInvokeConfig;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
    maximum_retry_attempts: Option<MaximumRetryAttempts>,
    maximum_event_age_in_seconds: Option<MaximumEventAgeInSeconds>,
    destination_config: Option<DestinationConfig>,
}

impl Operation for UpdateFunctionEventInvokeConfig {
    const NAME: &'static str = "UpdateFunctionEventInvokeConfig";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "MaximumRetryAttempts": 1}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config")
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = FunctionEventInvokeConfig;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        let (name, missing) = (&input.function_name.0, error::no_function_of_events);
        call.service.find_of_events(call, name, qualifier, missing).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found>,
    ) -> Result<FunctionEventInvokeConfig> {
        super::check_qualifier(call, &found).await?;
        let mut function = found.function.value.clone();
        let qualifier = found.qualifier_or_latest();
        let settings = function.event_invokes.get(qualifier).cloned();
        let missing = || error::no_event_invoke(&format!("{}:{qualifier}", function.arn()));
        let mut settings = settings.ok_or_else(missing)?;
        let wanted = Wanted {
            retries: input.maximum_retry_attempts,
            age: input.maximum_event_age_in_seconds,
            destinations: input.destination_config.as_ref(),
        };
        settings.apply(call, &found, wanted).await?;
        let shown = FunctionEventInvokeConfig::of(&function, qualifier, &settings);
        function.event_invokes.insert(qualifier.to_owned(), settings);
        call.service.replace(&found.function, &function).await?;
        Ok(shown)
    }
}
