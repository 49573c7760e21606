//! DeleteParameter: deletes a parameter with all of its versions.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::{Found, Slot};
use crate::shapes::Name;
use crate::{Call, Ssm, error, paths};

/// DeleteParameter.
pub struct DeleteParameter;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The name or ARN.
    pub name: Name,
}

impl Operation for DeleteParameter {
    const NAME: &'static str = "DeleteParameter";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Name": "/prod/db/password"}"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slot;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slot> {
        call.service.existing(call, &input.name.0).await
    }

    async fn run(call: &Call<'_>, _: &Input, slot: Authorized<Slot>) -> Result<()> {
        delete(call, slot.parameter()?).await
    }
}

/// Deletes a parameter with its values: one transaction, for there are at most 100 of them.
///
/// # Errors
/// Conflicts, and faults of ours.
pub async fn delete(call: &Call<'_>, parameter: &Found) -> Result<()> {
    let (account, region) = (call.caller.account(), call.region);
    let mut changes = call.service.records.changes();
    changes.remove(parameter);
    for version in &parameter.versions {
        changes.delete(&paths::value(account, region, &parameter.id, version.number));
    }
    if let Some(latest) = parameter.latest() {
        let mut census = call.service.census(account, region).await?;
        census.take(latest.tier);
        census.write(&mut changes)?;
    }
    call.service.records.commit(changes).await.map(drop).map_err(error::of_record)
}
