//! GetAlias: shows an alias.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::{AliasName, FunctionName};
use crate::views::AliasConfiguration;
use crate::{Call, Lambda, error};

/// The operation.
pub struct GetAlias;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    name: AliasName,
}

impl Operation for GetAlias {
    const NAME: &'static str = "GetAlias";
    const EVENT: &'static str = "GetAlias20150331";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "Name": "live"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = AliasConfiguration;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(
        _: &Call<'_>,
        input: &Input,
        found: Authorized<Found>,
    ) -> Result<AliasConfiguration> {
        let function = &found.function;
        match function.aliases.get(&input.name.0) {
            Some(alias) => Ok(AliasConfiguration::of(function, alias)),
            None => Err(error::no_such_alias(&function.arn(), &input.name.0)),
        }
    }
}
