//! GetFunctionCodeSigningConfig: says that a function's code need not be signed.

use strongroom_api::{Audit, Authorized, Operation, Reply, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::NamespacedFunctionName;
use crate::{Call, Lambda};

/// The operation.
pub struct GetFunctionCodeSigningConfig;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    function_name: String,
}

impl Operation for GetFunctionCodeSigningConfig {
    const NAME: &'static str = "GetFunctionCodeSigningConfig";
    const EVENT: &'static str = "GetFunctionCodeSigningConfig";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/2020-06-30/functions/{FunctionName}/code-signing-config"));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<Output> {
        Ok(Output { function_name: found.named.name.clone() })
    }
}
