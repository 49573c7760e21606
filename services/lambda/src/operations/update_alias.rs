//! UpdateAlias: lets an alias lead elsewhere.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::{self, Found};
use crate::shapes::{AliasName, AliasRouting, AliasVersion, Description, FunctionName};
use crate::views::AliasConfiguration;
use crate::{Call, Lambda, error};

/// The operation.
pub struct UpdateAlias;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    name: AliasName,
    function_version: Option<AliasVersion>,
    description: Option<Description>,
    routing_config: Option<AliasRouting>,
    revision_id: Option<String>,
}

impl Operation for UpdateAlias {
    const NAME: &'static str = "UpdateAlias";
    const EVENT: &'static str = "UpdateAlias20150331";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"FunctionName": "rotate", "Name": "live", "FunctionVersion": "1"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"));

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
        let mut function = found.function.value.clone();
        let arn = function.arn();
        let name = &input.name.0;
        let alias = function.aliases.get(name).cloned();
        let mut alias = alias.ok_or_else(|| error::no_such_alias(&arn, name))?;
        super::check_revision(input.revision_id.as_deref(), &alias.revision_id)?;
        if let Some(version) = &input.function_version {
            call.service.numbered(&function, &version.0).await?;
            alias.version.clone_from(&version.0);
        }
        if let Some(description) = &input.description {
            alias.description.clone_from(&description.0);
        }
        if let Some(routing) = &input.routing_config {
            let version = &alias.version;
            alias.additional = super::routing(call, &function, version, Some(routing)).await?;
        }
        alias.revision_id = find::revision_id(call.entropy);
        let shown = AliasConfiguration::of(&function, &alias);
        function.aliases.insert(name.clone(), alias);
        call.service.replace(&found.function, &function).await?;
        Ok(shown)
    }
}
