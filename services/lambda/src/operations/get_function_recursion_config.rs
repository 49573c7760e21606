//! GetFunctionRecursionConfig: says what is done about functions that call themselves: nothing.

use strongroom_api::{Audit, Authorized, Operation, Reply, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::UnqualifiedFunctionName;
use crate::{Call, Lambda};

/// The operation.
pub struct GetFunctionRecursionConfig;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: UnqualifiedFunctionName,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    recursive_loop: String,
}

impl Operation for GetFunctionRecursionConfig {
    const NAME: &'static str = "GetFunctionRecursionConfig";
    const EVENT: &'static str = "GetFunctionRecursionConfig";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/2024-08-31/functions/{FunctionName}/recursion-config"));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, _: Authorized<Found>) -> Result<Output> {
        Ok(Output { recursive_loop: "Allow".to_owned() })
    }
}
