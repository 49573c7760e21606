//! PutFunctionConcurrency: says how many calls a function may have at once.

use strongroom_api::{Audit, Authorized, Operation, Reply, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::FunctionName;
use crate::{Call, Lambda, error};

/// The operation.
pub struct PutFunctionConcurrency;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    #[shape(range = 0..)]
    reserved_concurrent_executions: i32,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    reserved_concurrent_executions: u32,
}

impl Operation for PutFunctionConcurrency {
    const NAME: &'static str = "PutFunctionConcurrency";
    const EVENT: &'static str = "PutFunctionConcurrency20171031";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"FunctionName": "rotate", "ReservedConcurrentExecutions": 1}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("PUT", "/2017-10-31/functions/{FunctionName}/concurrency"));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<Output> {
        let reserved = input.reserved_concurrent_executions.unsigned_abs();
        if reserved > call.service.ports.runner.capacity() {
            return Err(error::too_much_concurrency());
        }
        let mut function = found.function.value.clone();
        function.reserved_concurrency = Some(reserved);
        call.service.replace(&found.function, &function).await?;
        Ok(Output { reserved_concurrent_executions: reserved })
    }
}
