//! GetRuntimeManagementConfig: says when a function gets another interpreter.

use strongroom_api::{Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, Lambda};

/// The operation.
pub struct GetRuntimeManagementConfig;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    update_runtime_on: String,
    function_arn: String,
}

impl Operation for GetRuntimeManagementConfig {
    const NAME: &'static str = "GetRuntimeManagementConfig";
    const EVENT: &'static str = "GetRuntimeManagementConfig";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config")
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        call.service.find(call, &input.function_name.0, qualifier).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<Output> {
        let function_arn = found.named.qualified_arn();
        Ok(Output { update_runtime_on: "Auto".to_owned(), function_arn })
    }
}
