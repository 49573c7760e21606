//! DeleteFunction: deletes a function, or one of its versions.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result, Shape};
use strongroom_store::{Direction, Range};

use crate::find::Found;
use crate::function::{Configuration, Function};
use crate::id::{LATEST, is_number};
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, Lambda, error, paths};

/// The operation.
pub struct DeleteFunction;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
}

/// Versions deleted in one transaction.
const BATCH: usize = 50;

impl Operation for DeleteFunction {
    const NAME: &'static str = "DeleteFunction";
    const EVENT: &'static str = "DeleteFunction20150331";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("DELETE", "/2015-03-31/functions/{FunctionName}")
            .status(204)
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        call.service.find(call, &input.function_name.0, qualifier).await
    }

    async fn run(call: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<()> {
        let function = &found.function;
        match found.named.qualifier.as_deref() {
            None => delete_all(call, &found).await?,
            Some(LATEST) => return Err(error::latest_stays()),
            Some(version) => delete_version(call, &found, version).await?,
        }
        call.service.ports.runner.forget(&function.arn());
        Ok(())
    }
}

async fn delete_version(call: &Call<'_>, found: &Found, version: &str) -> Result<()> {
    let function = &found.function;
    if !is_number(version) {
        return Err(error::no_such_function(&function.arn(), &found.named.qualified_arn()));
    }
    let leads = |one: &str| one == version;
    let mut aliases = function.aliases.values();
    let holder = aliases.find(|alias| {
        leads(&alias.version) || alias.additional.as_ref().is_some_and(|(other, _)| leads(other))
    });
    if let Some(alias) = holder {
        return Err(error::version_has_alias(&alias.name));
    }
    let configuration = match call.service.numbered(function, version).await {
        Ok(configuration) => configuration,
        Err(error) if error.is_internal() => return Err(error),
        // AWS says nothing of a version that is not there.
        Err(_) => return Ok(()),
    };
    let number = version.parse().unwrap_or_default();
    let mut new = function.value.clone();
    new.policies.remove(version);
    new.event_invokes.remove(version);
    let code = &configuration.code;
    let is_used = new.latest.code.id == code.id
        || call.service.is_code_of_a_version(&new, code, Some(version)).await?;
    let place = (function.account.as_str(), function.region.as_str());
    let mut changes = call.service.records.changes();
    changes.delete(&paths::version(place.0, place.1, &function.name, number));
    changes.replace(function, &new).map_err(error::storage)?;
    if !is_used {
        call.service.disown_code(call.now, &mut changes, place, code);
    }
    call.service.records.commit(changes).await.map_err(error::storage)?;
    if !is_used {
        call.service.delete_disowned(call.now, place, code).await?;
    }
    Ok(())
}

/// The function goes first, so that nobody finds one that is half deleted.
async fn delete_all(call: &Call<'_>, found: &Found) -> Result<()> {
    let read = &found.function;
    let place = (read.account.as_str(), read.region.as_str());
    let mut changes = call.service.records.changes();
    changes.remove::<Function>(read);
    call.service.disown_code(call.now, &mut changes, place, &read.latest.code);
    call.service.records.commit(changes).await.map_err(error::storage)?;
    call.service.delete_disowned(call.now, place, &read.latest.code).await?;
    match delete_versions(call, place, &read.name).await {
        // Somebody makes one of the same name already, and has deleted what was left.
        Err(error) if error.is_conflict() => Ok(()),
        deleted => deleted,
    }
}

/// Deletes the versions of a function that is gone. Conflicts if there is one of its name again.
pub(super) async fn delete_versions(
    call: &Call<'_>,
    place: (&str, &str),
    name: &str,
) -> Result<()> {
    let records = &call.service.records;
    let range = Range::prefix(paths::versions(place.0, place.1, name));
    loop {
        let page = records.scan::<Configuration>(range.clone(), Direction::Forward, BATCH).await;
        let page = page.map_err(error::storage)?;
        if page.records.is_empty() {
            return Ok(());
        }
        let mut changes = records.changes();
        changes.expect(&paths::function(place.0, place.1, name), 0);
        for version in &page.records {
            call.service.disown_code(call.now, &mut changes, place, &version.code);
            changes.delete(&version.key);
        }
        records.commit(changes).await.map_err(error::storage)?;
        for version in &page.records {
            call.service.delete_disowned(call.now, place, &version.code).await?;
        }
    }
}
