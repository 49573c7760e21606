//! Every operation of Lambda that is offered.

use strongroom_records::Changes;
use strongroom_store::{Direction, Range};
use strongroom_wire::Result;

use crate::code::{Code, MOST_UNZIPPED};
use crate::event_invoke::Receiver;
use crate::find::{self, Found};
use crate::function::{Configuration, Function};
use crate::id::Named;
use crate::shapes::{AliasRouting, LayerVersionArn};
use crate::{Call, Lambda, built_in, error, paths};

strongroom_api::operations! { Lambda;
    add_permission::AddPermission,
    create_alias::CreateAlias,
    create_function::CreateFunction,
    delete_alias::DeleteAlias,
    delete_function::DeleteFunction,
    delete_function_concurrency::DeleteFunctionConcurrency,
    delete_function_event_invoke_config::DeleteFunctionEventInvokeConfig,
    delete_layer_version::DeleteLayerVersion,
    get_account_settings::GetAccountSettings,
    get_alias::GetAlias,
    get_function::GetFunction,
    get_function_code_signing_config::GetFunctionCodeSigningConfig,
    get_function_concurrency::GetFunctionConcurrency,
    get_function_configuration::GetFunctionConfiguration,
    get_function_event_invoke_config::GetFunctionEventInvokeConfig,
    get_function_recursion_config::GetFunctionRecursionConfig,
    get_layer_version::GetLayerVersion,
    get_layer_version_by_arn::GetLayerVersionByArn,
    get_policy::GetPolicy,
    get_runtime_management_config::GetRuntimeManagementConfig,
    invoke::Invoke,
    list_aliases::ListAliases,
    list_function_event_invoke_configs::ListFunctionEventInvokeConfigs,
    list_functions::ListFunctions,
    list_layer_versions::ListLayerVersions,
    list_layers::ListLayers,
    list_tags::ListTags,
    list_versions_by_function::ListVersionsByFunction,
    publish_layer_version::PublishLayerVersion,
    publish_version::PublishVersion,
    put_function_concurrency::PutFunctionConcurrency,
    put_function_event_invoke_config::PutFunctionEventInvokeConfig,
    remove_permission::RemovePermission,
    tag_resource::TagResource,
    untag_resource::UntagResource,
    update_alias::UpdateAlias,
    update_function_code::UpdateFunctionCode,
    update_function_configuration::UpdateFunctionConfiguration,
    update_function_event_invoke_config::UpdateFunctionEventInvokeConfig,
}

/// The function as a whole, whatever version it was named with.
async fn unqualified(call: &Call<'_>, name: &str) -> Result<Found> {
    let named = Named { qualifier: None, ..Named::read(call, name, None)? };
    call.service.find(call, &named.arn(), None).await
}

/// That whoever changes a function has seen it as it is now.
fn check_revision(wanted: Option<&str>, actual: &str) -> Result<()> {
    match wanted {
        Some(wanted) if wanted != actual => Err(error::wrong_revision()),
        _ => Ok(()),
    }
}

fn check_policy_revision(wanted: Option<&str>, actual: &str) -> Result<()> {
    match wanted {
        Some(wanted) if wanted != actual => Err(error::wrong_policy_revision()),
        _ => Ok(()),
    }
}

/// That the version or alias that was named is there.
async fn check_qualifier(call: &Call<'_>, found: &Found) -> Result<()> {
    match found.named.qualifier.as_deref() {
        None => Ok(()),
        Some(alias) if found.function.aliases.contains_key(alias) => Ok(()),
        Some(version) => call.service.numbered(&found.function, version).await.map(drop),
    }
}

/// That layers are there, and that they and the code together are not too large.
async fn check_sizes(
    call: &Call<'_>,
    named: &Named,
    layers: &[String],
    unzipped_bytes: u64,
) -> Result<()> {
    let of_layers = call.service.check_layers(&named.account, &named.region, layers).await?;
    match of_layers + unzipped_bytes > MOST_UNZIPPED {
        true => Err(error::unzipped_too_large()),
        false => Ok(()),
    }
}

/// That the execution role is the account's own, and trusts Lambda.
async fn check_role(call: &Call<'_>, role: &str, named: &Named) -> Result<()> {
    if role.split(':').nth(4) != Some(named.account.as_str()) {
        return Err(error::foreign_role());
    }
    // That role is for code that comes with the server, and for none that somebody else has written.
    if role == built_in::role_arn(&named.account) {
        return Err(error::role_not_assumable());
    }
    let roles = &call.service.ports.roles;
    match roles.is_assumable(role, &named.account, &named.region, &named.arn()).await? {
        true => Ok(()),
        false => Err(error::role_not_assumable()),
    }
}

/// That dead letters go to a topic that the role may publish to.
async fn check_dead_letters(
    call: &Call<'_>,
    named: &Named,
    configuration: &Configuration,
) -> Result<()> {
    let Some(target) = &configuration.dead_letter_target else { return Ok(()) };
    match Receiver::of(target) {
        Some(Receiver::Topic) => {}
        Some(Receiver::FifoTopic) => return Err(error::fifo_dead_letters()),
        _ => return Err(error::not_offered("A dead-letter target other than an SNS topic")),
    }
    call.service.check_receiver(named, &configuration.role, target).await
}

/// The values of `lambda:Layer`.
fn layers_condition(layers: Option<&[LayerVersionArn]>) -> Option<strongroom_api::Values<'_>> {
    let arns = layers?.iter().map(|layer| std::borrow::Cow::Borrowed(layer.0.as_str()));
    Some(strongroom_api::Values::Many(arns.collect()))
}

/// What stands for code until it is kept.
fn no_code_yet() -> Code {
    let sha256 = String::new();
    Code { id: String::new(), sha256, bytes: 0, unzipped_bytes: 0, parts: 0 }
}

/// Gives what is being worked on the next number.
fn publish(
    function: &mut Function,
    call: &Call<'_>,
    changes: &mut Changes<'_>,
    description: Option<&str>,
) -> Result<Configuration> {
    function.last_number += 1;
    let number = function.last_number;
    let mut published = function.latest.clone();
    published.version = number.to_string();
    published.revision_id = find::revision_id(call.entropy);
    if let Some(description) = description {
        description.clone_into(&mut published.description);
    }
    let key = paths::version(&function.account, &function.region, &function.name, number);
    changes.create(&key, &published).map_err(error::storage)?;
    Ok(published)
}

/// The other version that an alias leads to, with its share.
async fn routing(
    call: &Call<'_>,
    function: &Function,
    version: &str,
    wanted: Option<&AliasRouting>,
) -> Result<Option<(String, f64)>> {
    let weights = wanted.and_then(|wanted| wanted.additional_version_weights.as_ref());
    let Some(weights) = weights.filter(|weights| !weights.is_empty()) else { return Ok(None) };
    let mut weights = weights.iter();
    match (weights.next(), weights.next()) {
        (Some((other, share)), None) if other != version && (0.0..=1.0).contains(share) => {
            call.service.numbered(function, other).await?;
            Ok(Some((other.clone(), *share)))
        }
        _ => Err(error::bad_routing()),
    }
}

/// Where the code of a version is. Only whoever may see the function learns its hash.
fn code_location(
    call: &Call<'_>,
    function: &Function,
    configuration: &Configuration,
) -> Result<String> {
    let code = &configuration.code;
    if code.parts == 0 {
        // It comes with the server.
        return Ok(format!("strongroom:{}", function.arn()));
    }
    call.service.location(&function.account, &function.region, code, call.now)
}

/// Versions read at once.
const PAGE: usize = 500;

impl Lambda {
    /// All published versions of a function.
    async fn versions(&self, function: &Function) -> Result<Vec<Configuration>> {
        let mut range =
            Range::prefix(paths::versions(&function.account, &function.region, &function.name));
        let mut versions = Vec::new();
        loop {
            let page = self.records.scan::<Configuration>(range.clone(), Direction::Forward, PAGE);
            let page = page.await.map_err(error::storage)?;
            versions.extend(page.records.iter().map(|one| one.value.clone()));
            match page.records.last().filter(|_| page.more) {
                Some(last) => range = range.after(&last.key),
                None => return Ok(versions),
            }
        }
    }

    /// Whether a published version has this code, other than the one named. Whoever goes by it writes
    /// the function's record as well, as everybody does who publishes.
    async fn is_code_of_a_version(
        &self,
        function: &Function,
        code: &Code,
        other_than: Option<&str>,
    ) -> Result<bool> {
        let versions = self.versions(function).await?;
        let mut others = versions.iter().filter(|one| Some(one.version.as_str()) != other_than);
        Ok(others.any(|version| version.code.id == code.id))
    }
}
