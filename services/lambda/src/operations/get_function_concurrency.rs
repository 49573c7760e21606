//! GetFunctionConcurrency: shows how many calls a function may have at once.

use strongroom_api::{Audit, Authorized, Operation, Reply, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::FunctionName;
use crate::{Call, Lambda};

/// The operation.
pub struct GetFunctionConcurrency;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    reserved_concurrent_executions: Option<u32>,
}

impl Operation for GetFunctionConcurrency {
    const NAME: &'static str = "GetFunctionConcurrency";
    const EVENT: &'static str = "GetFunctionConcurrency20190930";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/2019-09-30/functions/{FunctionName}/concurrency"));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<Output> {
        Ok(Output { reserved_concurrent_executions: found.function.reserved_concurrency })
    }
}
