//! DeleteAlias: takes a name away from a version.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::{AliasName, FunctionName};
use crate::{Call, Lambda};

/// The operation.
pub struct DeleteAlias;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    name: AliasName,
}

impl Operation for DeleteAlias {
    const NAME: &'static str = "DeleteAlias";
    const EVENT: &'static str = "DeleteAlias20150331";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "Name": "live"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}").status(204),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<()> {
        let mut function = found.function.value.clone();
        // AWS says nothing of an alias that is not there.
        if function.aliases.remove(&input.name.0).is_none() {
            return Ok(());
        }
        function.policies.remove(&input.name.0);
        function.event_invokes.remove(&input.name.0);
        call.service.replace(&found.function, &function).await
    }
}
