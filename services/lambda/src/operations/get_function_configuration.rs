//! GetFunctionConfiguration: shows how a function is run.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::views::{self, FunctionConfiguration};
use crate::{Call, Lambda};

/// The operation.
pub struct GetFunctionConfiguration;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
}

impl Operation for GetFunctionConfiguration {
    const NAME: &'static str = "GetFunctionConfiguration";
    const EVENT: &'static str = "GetFunctionConfiguration20150331v2";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("GET", "/2015-03-31/functions/{FunctionName}/configuration")
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = FunctionConfiguration;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        call.service.find(call, &input.function_name.0, qualifier).await
    }

    async fn run(
        call: &Call<'_>,
        _: &Input,
        found: Authorized<Found>,
    ) -> Result<FunctionConfiguration> {
        let configuration = call.service.version(&found, call.entropy).await?;
        let arn = views::shown_arn(&found.named);
        Ok(FunctionConfiguration::of(&found.function, &configuration, arn))
    }
}
