//! DeleteFunctionConcurrency: lets a function have as many calls at once as there is room for.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::FunctionName;
use crate::{Call, Lambda};

/// The operation.
pub struct DeleteFunctionConcurrency;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
}

impl Operation for DeleteFunctionConcurrency {
    const NAME: &'static str = "DeleteFunctionConcurrency";
    const EVENT: &'static str = "DeleteFunctionConcurrency20171031";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("DELETE", "/2017-10-31/functions/{FunctionName}/concurrency").status(204));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(call: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<()> {
        let mut function = found.function.value.clone();
        function.reserved_concurrency = None;
        call.service.replace(&found.function, &function).await
    }
}
