//! CreateAlias: gives a version a name.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::{self, Found};
use crate::function::Alias;
use crate::id::is_number;
use crate::shapes::{AliasName, AliasRouting, AliasVersion, Description, FunctionName};
use crate::views::AliasConfiguration;
use crate::{Call, Lambda, error};

/// The operation.
pub struct CreateAlias;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    name: AliasName,
    function_version: AliasVersion,
    description: Option<Description>,
    routing_config: Option<AliasRouting>,
}

impl Operation for CreateAlias {
    const NAME: &'static str = "CreateAlias";
    const EVENT: &'static str = "CreateAlias20150331";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"FunctionName": "rotate", "Name": "live", "FunctionVersion": "$LATEST"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("POST", "/2015-03-31/functions/{FunctionName}/aliases").status(201));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = AliasConfiguration;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found>,
    ) -> Result<AliasConfiguration> {
        let name = &input.name.0;
        let is_plain =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if is_number(name) || !is_plain {
            return Err(error::bad_alias_name(name));
        }
        let mut function = found.function.value.clone();
        if function.aliases.contains_key(name) {
            return Err(error::alias_exists(&format!("{}:{name}", function.arn())));
        }
        let version = input.function_version.0.clone();
        call.service.numbered(&function, &version).await?;
        let routing = input.routing_config.as_ref();
        let alias = Alias {
            name: name.clone(),
            additional: super::routing(call, &function, &version, routing).await?,
            version,
            description: input.description.as_ref().map(|one| one.0.clone()).unwrap_or_default(),
            revision_id: find::revision_id(call.entropy),
        };
        let shown = AliasConfiguration::of(&function, &alias);
        function.aliases.insert(name.clone(), alias);
        call.service.replace(&found.function, &function).await?;
        Ok(shown)
    }
}
